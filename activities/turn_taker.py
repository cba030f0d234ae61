"""The agent that works with tools: one turn of a model, after all that was said before."""

from baton.agents.checkable import Named
from baton.agents.taking_turns import (
    grounds_of,
    turn_asked,
    turn_said,
    unfounded_answer,
    warnings_about,
    with_unfounded,
)
from baton.contracts.asking import Correction, Said, TurnAsked
from baton.contracts.conversation import TakeTurn, Turn

from .asking import MODEL_ATTEMPT_S, MODEL_WAIT_S, MOST_CORRECTIONS, Thinking
from .capability import capability
from .conversations import Conversations


class TurnTaker:
    """Asks a model what to do next. It carries out none of it: that is the run's."""

    def __init__(self, thinking: Thinking) -> None:
        self._thinking = thinking
        self._conversations = Conversations()

    @capability(
        agent="Agent",
        effect="model",
        attempt_s=MODEL_ATTEMPT_S,
        wait_s=MODEL_WAIT_S,
        fallbacks=["take_turn_by_second_model"],
    )
    async def take_turn_by_model(self, given: TakeTurn) -> Turn:
        """Say which tools to ask next, or the answer."""
        return await self._take(given, 0)

    @capability(agent="Agent", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=MODEL_WAIT_S)
    async def take_turn_by_second_model(self, given: TakeTurn) -> Turn:
        """Say which tools to ask next, or the answer."""
        return await self._take(given, 1)

    async def _take(self, given: TakeTurn, rung: int) -> Turn:
        said = await self._conversations.up_to(given.last, given.turn)
        asked = turn_asked(said, answer_now=given.answer_now)
        reading = _Reading(asked, grounds_of(said))
        turn = await self._thinking.take_turn(rung, asked, reading)
        return turn.model_copy(update={"warnings": warnings_about(said), "sent_back": reading.sent_back})


class _Reading:
    """Reads what a model says in one turn, again after each correction.

    An answer that names what stands nowhere goes back like one without the right form. Where it still does after the
    last correction it counts, with these words: a person looks at it, and no other model is asked to say it better.
    """

    def __init__(self, asked: TurnAsked, grounds: Named) -> None:
        self.sent_back: list[str] = []
        self._asked = asked
        self._grounds = grounds
        self._corrected = 0

    def __call__(self, said: Said) -> Turn | Correction:
        found = turn_said(self._asked, said)
        if isinstance(found, Turn):
            found = with_unfounded(found, self._grounds)
            last = self._corrected >= MOST_CORRECTIONS
            found = (None if last else unfounded_answer(said, found)) or found
        if isinstance(found, Correction):
            self._corrected += 1
            self.sent_back += found.faults
        return found

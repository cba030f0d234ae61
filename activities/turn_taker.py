"""The agent that works with tools: one turn of a model, after all that was said before."""

from functools import partial

from baton.agents.taking_turns import turn_asked, turn_said, warnings_about
from baton.contracts.conversation import TakeTurn, Turn

from .asking import MODEL_ATTEMPT_S, MODEL_WAIT_S, Thinking
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
        said = await self._conversations.up_to(given.last)
        asked = turn_asked(said, answer_now=given.answer_now)
        turn = await self._thinking.take_turn(rung, asked, partial(turn_said, asked))
        return turn.model_copy(update={"warnings": warnings_about(said)})

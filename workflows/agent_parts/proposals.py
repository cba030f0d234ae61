"""What an agent would change outside: a person sees it first, and approves it, writes it otherwise, or wants none."""

from collections.abc import Sequence

from baton.contracts.agents import Card
from baton.contracts.conversation import Asked, ToolCall
from baton.contracts.review import Decision, Review, ReviewChoice
from baton.contracts.sizes import MOST_SUBJECT, size_of
from baton.contracts.wire import JsonObject
from workflows.review_desk import ReviewDesk
from workflows.run_state import Run

_CAREFUL = "what the agent read tries to steer whoever reads it: see the notes"


class NotWanted(Exception):
    """A person wants none of a proposal; its text is for the model."""


class Proposals:
    """Has proposals approved."""

    def __init__(self, run: Run, desk: ReviewDesk) -> None:
        self._run = run
        self._desk = desk

    async def approved(
        self, key: str, card: Card, call: ToolCall, takes: JsonObject, warnings: Sequence[str]
    ) -> JsonObject:
        """What a person wants the tool to be handed. Raises NotWanted.

        `warnings`: what in the words that the agent read tries to steer it.
        """
        decision = await self._desk.decision(self._open(key, card, call, takes, warnings))
        if decision is None:
            raise NotWanted("Nobody is asked any more: it is not done.")
        return _wanted(call, decision)

    def _open(self, key: str, card: Card, call: ToolCall, takes: JsonObject, warnings: Sequence[str]) -> Review:
        proposed_before = sum(
            call in piece.what.calls for piece in self._run.uttered.values() if isinstance(piece.what, Asked)
        )
        reasons = [
            *([_CAREFUL] if warnings else []),
            *(["the agent proposed exactly this before"] if proposed_before else []),
            *([f"it cannot be taken back: {card.no_undo}"] if card.no_undo else []),
        ]
        return self._desk.open(
            f"approve/{key}",
            "approval",
            title=f"The agent proposes: {card.description.rstrip('.')}",
            summary=f"{card.agent} would do this, because a model asks for it. It does nothing before you say so.",
            subject=call.arguments,
            subject_schema=takes,
            choices=[
                ReviewChoice(id="approve", label="Do this"),
                *(
                    [ReviewChoice(id="edit", label="Do it so", needs="value", schema=takes)]
                    if size_of(call.arguments) <= MOST_SUBJECT
                    else []
                ),
                ReviewChoice(id="reject", label="Do nothing of it, and tell the agent"),
            ],
            notes=[f"careful: {each}" for each in warnings],
            risk="high" if warnings or proposed_before or card.effect == "irreversible" else "medium",
            risk_reasons=reasons,
        )


def _wanted(call: ToolCall, decision: Decision) -> JsonObject:
    if decision.choice == "reject":
        said = f": {decision.comment}" if decision.comment else "."
        raise NotWanted(f"A person did not approve this, and it is not done{said}")
    return decision.value if decision.choice == "edit" and isinstance(decision.value, dict) else call.arguments

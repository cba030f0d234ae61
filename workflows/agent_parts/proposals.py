"""What an agent would change outside: a person sees it first, and approves it, writes it otherwise, or wants none."""

from dataclasses import dataclass

from baton.contracts.agents import Card
from baton.contracts.conversation import Asked, ToolCall
from baton.contracts.review import Decision, Review, ReviewChoice
from baton.contracts.sizes import MOST_SUBJECT, size_of
from baton.contracts.wire import JsonObject
from workflows.review_desk import ReviewDesk
from workflows.run_state import Run

from .background import CAREFUL, UNFOUNDED, Background


class NotWanted(Exception):
    """A person wants none of a proposal; its text is for the model."""


@dataclass(frozen=True)
class Proposal:
    """What an agent would have done: its call, and all that the tool would be handed, with what the process sets.

    `takes`: what a person may write instead; `unfounded`: what in the call stands nowhere.
    """

    card: Card
    call: ToolCall
    handed: JsonObject
    takes: JsonObject
    unfounded: list[str]


class Proposals:
    """Has proposals approved."""

    def __init__(self, run: Run, desk: ReviewDesk) -> None:
        self._run = run
        self._desk = desk

    async def approved(self, key: str, proposal: Proposal, background: Background) -> JsonObject:
        """What a person wants the tool to be handed. Raises NotWanted."""
        decision = await self._desk.decision(self._open(key, proposal, background))
        if decision is None:
            raise NotWanted("Nobody is asked any more: it is not done.")
        return _wanted(proposal, decision)

    def _open(self, key: str, proposal: Proposal, background: Background) -> Review:
        card, shown, takes = proposal.card, proposal.handed, proposal.takes
        proposed_before = sum(
            proposal.call in piece.what.calls for piece in self._run.uttered.values() if isinstance(piece.what, Asked)
        )
        reasons = [
            *([CAREFUL] if background.warnings else []),
            *([UNFOUNDED] if proposal.unfounded else []),
            *(["the agent proposed exactly this before"] if proposed_before else []),
            *([f"it cannot be taken back: {card.no_undo}"] if card.no_undo else []),
        ]
        return self._desk.open(
            f"approve/{key}",
            "approval",
            title=f"The agent proposes: {card.description.rstrip('.')}",
            summary=f"{card.agent} would do this: {background.by} asks for it. Nothing is done before you say so.",
            subject=shown,
            subject_schema=takes,
            choices=[
                ReviewChoice(id="approve", label="Do this"),
                *(
                    [ReviewChoice(id="edit", label="Do it so", needs="value", schema=takes)]
                    if size_of(shown) <= MOST_SUBJECT
                    else []
                ),
                ReviewChoice(id="reject", label="Do nothing of it, and tell the agent"),
            ],
            evidence=background.evidence(shown),
            notes=background.notes(proposal.unfounded),
            risk="high"
            if background.warnings or proposal.unfounded or proposed_before or card.effect == "irreversible"
            else "medium",
            risk_reasons=reasons,
        )


def _wanted(proposal: Proposal, decision: Decision) -> JsonObject:
    if decision.choice == "reject":
        said = f": {decision.comment}" if decision.comment else "."
        raise NotWanted(f"A person did not approve this, and it is not done{said}")
    return decision.value if decision.choice == "edit" and isinstance(decision.value, dict) else proposal.handed

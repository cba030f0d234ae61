"""What an agent would change outside: a person sees it first, and approves it, writes it otherwise, or wants none."""

from dataclasses import dataclass

from baton.contracts.agents import Card
from baton.contracts.conversation import MOST_SHOWN, Asked, ToolCall
from baton.contracts.review import Decision, Review, ReviewChoice
from baton.contracts.sizes import MOST_SUBJECT, size_of
from baton.contracts.wire import JsonObject
from workflows.policy_word import PolicyWord, Word
from workflows.review_desk import ReviewDesk
from workflows.run_state import Run
from workflows.step import StepSkipped
from workflows.step_runner import StepRunner

from .background import CAREFUL, UNFOUNDED, Background
from .binding import handed


class NotWanted(Exception):
    """Nothing of a proposal is done; why not is for the model, and so is `text`, which may have words of others."""

    def __init__(self, why: str, text: str = "") -> None:
        super().__init__(why)
        self.text = text


@dataclass(frozen=True)
class Proposal:
    """What an agent would have done: its call, and all that the tool would be handed, with what the process sets.

    `takes`: what a person may write instead; `bound`: what the process set; `unfounded`: what in the call stands
    nowhere.
    """

    card: Card
    call: ToolCall
    handed: JsonObject
    takes: JsonObject
    bound: JsonObject
    unfounded: list[str]


@dataclass(frozen=True)
class Approved:
    """What a person wants, and what the tool is handed for it: with the version of the order that the policy saw."""

    wanted: JsonObject
    handed: JsonObject


class Proposals:
    """Has proposals approved. What the policy forbids of them is put before nobody, unless a person wrote it.

    It is asked again about what a person approved or wrote, as orders are by then: what it forbids is never done.
    """

    def __init__(self, run: Run, steps: StepRunner, desk: ReviewDesk) -> None:
        self._run = run
        self._desk = desk
        self._policy = PolicyWord(run, steps)

    async def approved(self, key: str, proposal: Proposal, background: Background) -> Approved:
        """What a person wants, and what the tool is handed for it. Raises NotWanted."""
        wanted, revision = proposal.handed, 1
        word = await self._word(key, revision, proposal, wanted)
        if word.forbidden:
            self._note_forbidden(key, proposal, word.forbidden, background)
            raise NotWanted(
                "The shop's policy forbids this: nobody is asked, and it is not done.",
                "\n".join(word.forbidden)[:MOST_SHOWN],
            )
        while True:
            review = self._open(key, proposal, background, _Shown(wanted, word.forbidden, revision))
            wanted = _wanted(wanted, await self._desk.decision(review))
            revision += 1
            word = await self._word(key, revision, proposal, wanted)
            if not word.forbidden:
                return Approved(wanted, word.bound_to(handed(proposal.takes, wanted, proposal.bound)))

    async def _word(self, key: str, revision: int, proposal: Proposal, wanted: JsonObject) -> Word:
        """What the policy says of it. Where nobody could say, it is not done: that is no permission."""
        written = handed(proposal.takes, wanted, proposal.bound)
        try:
            return await self._policy.on(key, revision, proposal.card, [written], proposal.bound)
        except StepSkipped:
            raise NotWanted("The shop's policy could not be asked: it is not done.") from None

    def _note_forbidden(self, key: str, proposal: Proposal, forbidden: list[str], background: Background) -> None:
        said = f"the policy forbids it: {'; '.join(forbidden)}"
        background.went_back(f"{proposal.card.name}: {said}")
        title = proposal.card.description.rstrip(".")
        self._run.note_once("warned", f"not proposed: {said}", step=key, title=title)

    def _open(self, key: str, proposal: Proposal, background: Background, seen: "_Shown") -> Review:
        card, takes, forbidden = proposal.card, proposal.takes, [f"forbidden: {each}" for each in seen.forbidden]
        proposed_before = sum(
            proposal.call in piece.what.calls for piece in self._run.uttered.values() if isinstance(piece.what, Asked)
        )
        reasons = [
            *forbidden,
            *([CAREFUL] if background.warnings else []),
            *([UNFOUNDED] if proposal.unfounded else []),
            *(["the agent proposed exactly this before"] if proposed_before else []),
            *([f"it cannot be taken back: {card.no_undo}"] if card.no_undo else []),
        ]
        careful = background.warnings or proposal.unfounded or proposed_before or card.effect == "irreversible"
        what = "The policy forbids this" if forbidden else "The agent proposes"
        return self._desk.open(
            f"approve/{key}",
            "approval",
            title=f"{what}: {card.description.rstrip('.')}",
            summary=f"{card.agent} would do this: {background.by} asks for it. Nothing is done before you say so.",
            subject=seen.inputs,
            subject_schema=takes,
            choices=[
                *([] if forbidden else [ReviewChoice(id="approve", label="Do this")]),
                *(
                    [ReviewChoice(id="edit", label="Do it so", needs="value", schema=takes)]
                    if size_of(seen.inputs) <= MOST_SUBJECT
                    else []
                ),
                ReviewChoice(id="reject", label="Do nothing of it, and tell the agent"),
            ],
            revision=seen.revision,
            evidence=background.evidence(seen.inputs),
            notes=[*forbidden, *background.notes(proposal.unfounded)],
            risk="high" if forbidden or careful else "medium",
            risk_reasons=reasons,
        )


@dataclass(frozen=True)
class _Shown:
    """What a person sees: what the tool would be handed, and what the policy forbids of that."""

    inputs: JsonObject
    forbidden: list[str]
    revision: int


def _wanted(shown: JsonObject, decision: Decision | None) -> JsonObject:
    if decision is None:
        raise NotWanted("Nobody is asked any more: it is not done.")
    if decision.choice == "reject":
        said = f": {decision.comment}" if decision.comment else "."
        raise NotWanted(f"A person did not approve this, and it is not done{said}")
    return decision.value if decision.choice == "edit" and isinstance(decision.value, dict) else shown

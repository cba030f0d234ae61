"""What the bench itself did: which answers it sent, to what. What was approved is told from here, not by the run."""

from dataclasses import dataclass

from pydantic import JsonValue

from baton.contracts.enquiry import Resolution
from baton.contracts.mail import OutgoingMail
from baton.contracts.review import Decision, Review, ReviewKind

from .counting import Approval
from .effects import Deed, Letter, asked_of


@dataclass(frozen=True)
class Sent:
    """An answer that was sent: what would be done by it, word for word."""

    kind: ReviewKind
    choice: str
    subject: JsonValue


class Memory:
    """Every answer by its id."""

    def __init__(self) -> None:
        self._sent: dict[str, Sent] = {}

    def keep(self, review: Review, decision: Decision) -> None:
        """Remember an answer before it is sent: it may arrive even where sending fails."""
        subject = decision.value if decision.choice == "edit" else review.subject
        self._sent[decision.decision_id] = Sent(review.kind, decision.choice, subject)

    def approvals(self, reviews: list[Review]) -> tuple[Approval, ...]:
        """What was approved in a run: its accepted answers that are ours, with the content that we sent them for."""
        accepted = [review.decision.decision_id for review in reviews if review.decision is not None]
        ours = [self._sent[each] for each in accepted if each in self._sent]
        return tuple(_approval(sent) for sent in ours if sent.kind != "failure" and sent.choice in ("approve", "edit"))

    def had_it_taken_back(self, reviews: list[Review]) -> bool:
        """Whether somebody had everything taken back that was done until then."""
        answers = [self._sent.get(review.decision.decision_id) for review in reviews if review.decision is not None]
        return any(sent is not None and sent.choice == "undo" for sent in answers)


def _approval(sent: Sent) -> Approval:
    if sent.kind == "question":
        return Approval(letter=Letter.of(OutgoingMail.model_validate(sent.subject)), question=True)
    approved = Resolution.model_validate(sent.subject)
    return Approval(
        deeds=tuple(Deed.of(action.order_id, asked_of(action)) for action in approved.actions),
        letter=Letter.of(approved.reply) if approved.reply else None,
    )

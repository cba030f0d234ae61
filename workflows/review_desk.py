"""Where a run asks people: opens reviews, takes a decision once, waits with a deadline that can move."""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import BaseModel, JsonValue, ValidationError
from temporalio import workflow

from baton.contracts import names
from baton.contracts.enquiry import Evidence, Resolution
from baton.contracts.mail import OutgoingMail
from baton.contracts.plan import Plan
from baton.contracts.review import (
    Assignment,
    Decision,
    DecisionStatus,
    Review,
    ReviewChoice,
    ReviewKind,
    Risk,
)
from baton.contracts.sizes import MOST_LINE, MOST_LINES, few_lines
from baton.contracts.wire import JsonObject, digest_of

from .continuing import Continuing
from .run_state import Run
from .schema_check import first_faults, misfit

# An edit is read back as this model: what passes its JSON schema but not the model is refused, never performed.
SUBJECTS: dict[ReviewKind, type[BaseModel]] = {
    "resolution": Resolution,
    "hand_over": Resolution,
    "question": OutgoingMail,
    "plan": Plan,
}

_MOST_EARLY = 20
"""Decisions that came before their review, and may be taken when it opens in the same task."""


class ReviewDesk:
    """Opens reviews and takes the answers to them. It never runs a step."""

    def __init__(self, run: Run, continuing: Continuing) -> None:
        self._run = run
        self._continuing = continuing
        self._early: list[tuple[int, Decision]] = []

    def open(
        self,
        review_id: str,
        kind: ReviewKind,
        *,
        title: str,
        summary: str,
        subject: JsonValue,
        subject_schema: JsonObject,
        choices: Sequence[ReviewChoice],
        revision: int = 1,
        evidence: Sequence[Evidence] = (),
        notes: Sequence[str] = (),
        risk: Risk = "low",
        risk_reasons: Sequence[str] = (),
        due_in: timedelta | None = None,
    ) -> Review:
        """Open a review, or give back the one that is open or answered under this id and revision."""
        found = self.find(review_id, revision)
        if found:
            return found
        now = workflow.now()
        review = Review(
            review_id=review_id,
            kind=kind,
            title=title,
            summary=summary[:MOST_LINE],
            subject=subject,
            subject_schema=subject_schema,
            subject_digest=digest_of(subject),
            evidence=[_in_few_words(each) for each in evidence[:MOST_LINES]],
            notes=few_lines(notes),
            revision=revision,
            choices=list(choices),
            risk=risk,
            risk_reasons=few_lines(risk_reasons),
            created_at=now,
            due_at=now + (due_in or timedelta(hours=self._run.start.options.review_due_hours)),
            paused_since=now if self._run.state.paused else None,
            assignees=self._last_assignees(review_id),
        )
        self._run.state.reviews.append(review)
        self._run.note(
            "asked",
            f"{title} (revision {revision}), due {review.due_at:%Y-%m-%d %H:%M} UTC",
            step=review_id,
            title=title,
        )
        self._take_early(review)
        return review

    def _take_early(self, review: Review) -> None:
        """A decision on it may have come first: its maker was shown it by a worker that did not end its task in time.

        What such a task learnt is told anew, and signals before all else.
        """
        for task, decision in self._early:
            on_this = (decision.review_id, decision.revision) == (review.review_id, review.revision)
            in_time = task == workflow.info().get_current_history_length()
            if on_this and in_time and not self._why_not(decision, review) and workflow.patched("early-decision"):
                self._run.forget_refusal(decision.decision_id)
                self.decide(decision)
                return

    async def decision(self, review: Review) -> Decision | None:
        """Wait for the answer to a review. Past its due time it is marked overdue and stays open.

        None when it was taken back: what it shows is no longer all there is (the customer wrote again), or the run is
        being ended.
        """
        self._run.show()
        while True:
            await self._continuing.point()
            now_open = self._current(review)
            if now_open.status != "open":
                return now_open.decision
            left = now_open.due_at - workflow.now()
            late = left <= timedelta(0)
            if late:
                self._mark_overdue(now_open)
            await self._until_changed(now_open, None if late else left)

    async def _until_changed(self, seen: Review, at_most: timedelta | None) -> None:
        try:
            await workflow.wait_condition(
                lambda: self._current(seen) != seen or self._continuing.calls(),
                timeout=at_most,
                timeout_summary=f"Due: {seen.title}",
            )
        except TimeoutError:
            return

    def supersede(self, why: str, *, kind: ReviewKind | None = None) -> None:
        """Take back what shows less than the run knows now, of one kind or of all but failures: these show what they
        showed.
        """
        for review in self._run.open_reviews:
            if review.kind == kind if kind else review.kind != "failure":
                self.take_back(review, why)

    def take_back(self, review: Review, why: str) -> None:
        """Close an open review without an answer: nobody need give one any more."""
        self._replace(review.model_copy(update={"status": "superseded"}))
        self._run.note("superseded", why, step=review.review_id, title=review.title)

    def withdraw_all(self, why: str) -> None:
        """Close every open review without an answer, because the run ends."""
        for review in self._run.open_reviews:
            self._replace(review.model_copy(update={"status": "withdrawn"}))
            self._run.note("closed", f"withdrawn: {why}", step=review.review_id)

    # Signals: each method takes what passed the parser, and either acts or records why not.

    def decide(self, decision: Decision) -> None:
        """Take a decision: the first valid one closes its review, any other is refused and recorded."""
        review = self.find(decision.review_id, decision.revision)
        reason = self._why_not(decision, review)
        if reason or review is None:
            self._run.refuse(
                names.DECIDE_REVIEW, reason, decision_id=decision.decision_id, review_id=decision.review_id
            )
            if review is None:
                self._early = [*self._early, (workflow.info().get_current_history_length(), decision)][-_MOST_EARLY:]
            return
        self._replace(review.model_copy(update={"status": "decided", "decision": decision}))
        said = f": {decision.comment}" if decision.comment else ""
        self._run.note(
            "decided",
            f"{decision.choice} by {decision.actor.id}{said}",
            step=review.review_id,
            title=review.title,
            agent=decision.actor.id,
        )
        if self._run.state.paused:
            self._run.show()  # whoever waits for it stands still: nobody else would say that it is answered

    def assign(self, assignment: Assignment) -> None:
        """Name who should look at an open review, and by when. It never closes one."""
        review = next((found for found in self._run.open_reviews if found.review_id == assignment.review_id), None)
        if review is None:
            self._run.refuse(names.ASSIGN_REVIEW, "no open review of that id", review_id=assignment.review_id)
            return
        if assignment.assignment_id in self._run.state.assignments:
            return
        self._run.state.assignments.append(assignment.assignment_id)
        changed: dict[str, object] = {"assignees": assignment.assignees}
        if assignment.due_at:
            changed["due_at"] = assignment.due_at
            changed["paused_since"] = workflow.now() if self._run.state.paused else None
        self._replace(review.model_copy(update=changed))
        told = f" ({assignment.note})" if assignment.note else ""
        self._run.note("assigned", f"to {', '.join(assignment.assignees) or 'nobody'}{told}", step=review.review_id)
        self._run.show()

    def status_of(self, decision_id: str) -> DecisionStatus:
        """The answer to the query `decision`: accepted, or why not, or not seen."""
        for review in self._run.state.reviews:
            if review.decision and review.decision.decision_id == decision_id:
                return DecisionStatus(decision_id=decision_id, status="accepted", reason=review.decision.choice)
        for refusal in reversed(self._run.state.refusals):
            if refusal.decision_id == decision_id:
                return DecisionStatus(decision_id=decision_id, status="refused", reason=refusal.reason)
        return DecisionStatus(decision_id=decision_id, status="unknown", reason="this run has not seen it")

    def find(self, review_id: str, revision: int) -> Review | None:
        """The review of that id and revision, open or not."""
        return next(
            (
                review
                for review in self._run.state.reviews
                if review.review_id == review_id and review.revision == revision
            ),
            None,
        )

    def _why_not(self, decision: Decision, review: Review | None) -> str:
        if review is None:
            known = [other for other in self._run.state.reviews if other.review_id == decision.review_id]
            return (
                f"revision {decision.revision} is not the latest ({known[-1].revision})" if known else "no such review"
            )
        if review.decision and review.decision.decision_id == decision.decision_id:
            return "this decision was taken already"
        if review.status != "open":
            by = f" by {review.decision.actor.id}" if review.decision else ""
            return f"the review is {review.status}{by} already"
        if decision.subject_digest != review.subject_digest:
            return "the digest is not that of what stands in the review: look at it again"
        choice = review.choice(decision.choice)
        if choice is None:
            return f"this review offers {', '.join(each.id for each in review.choices)}, not {decision.choice!r}"
        return _misanswer(review, choice, decision)

    def _current(self, review: Review) -> Review:
        return self.find(review.review_id, review.revision) or review

    def _replace(self, review: Review) -> None:
        self._run.state.reviews = [
            review if (other.review_id, other.revision) == (review.review_id, review.revision) else other
            for other in self._run.state.reviews
        ]

    def _last_assignees(self, review_id: str) -> list[str]:
        same = [review for review in self._run.state.reviews if review.review_id == review_id]
        return same[-1].assignees if same else []

    def _mark_overdue(self, review: Review) -> None:
        self._run.note_once("overdue", "nobody has answered yet", step=f"{review.review_id}/{review.revision}")
        self._run.show()


def _in_few_words(evidence: Evidence) -> Evidence:
    return evidence.model_copy(update={"label": evidence.label[:MOST_LINE], "value": evidence.value[:MOST_LINE]})


def _misanswer(review: Review, choice: ReviewChoice, decision: Decision) -> str:
    if choice.needs == "comment" and not decision.comment.strip():
        return f"{choice.id} needs a comment"
    if choice.needs != "value":
        return f"{choice.id} takes no value" if decision.value is not None else ""
    wrong = misfit(decision.value, choice.value_schema or {})
    if wrong:
        return f"the value does not fit: {wrong}"
    model = SUBJECTS.get(review.kind)
    if model and choice.id == "edit":
        try:
            model.model_validate(decision.value)
        except ValidationError as error:
            return f"the value does not fit: {first_faults(error)}"
    return ""

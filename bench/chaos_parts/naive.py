"""What one writes in an afternoon: the same steps, straight, with a few retries; no keys, no ladder, no look-up."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.enquiry import EnquiryResult, Outcome, Resolution
    from baton.contracts.record import EnquiryStart
    from baton.contracts.review import Decision, Review, ReviewChoice
    from baton.contracts.systems import CrmEntry
    from baton.contracts.wire import digest_of

    from .naive_steps import NaiveSteps

_WITH = workflow.ActivityConfig(
    start_to_close_timeout=timedelta(seconds=6), retry_policy=RetryPolicy(maximum_attempts=4)
)
"""A change that was done and not told of is refused the second time: then the run fails, and nobody hears of it."""


@workflow.defn(name=names.ENQUIRY_WORKFLOW)
class NaiveWorkflow:
    """Propose, have a person decide, act, answer, log."""

    def __init__(self) -> None:
        self._review: Review | None = None

    @workflow.run
    async def run(self, start: EnquiryStart) -> EnquiryResult:
        """How the enquiry ended."""
        enquiry = start.enquiry
        proposed = await workflow.execute_activity_method(NaiveSteps.propose, enquiry.message, **_WITH)
        decision = await self._decided(proposed)
        outcome: Outcome = "rejected"
        done = []
        if decision.choice != "reject":
            approved = Resolution.model_validate(decision.value or proposed.model_dump(mode="json"))
            for action in approved.actions:
                await workflow.execute_activity_method(NaiveSteps.act, action, **_WITH)
                done.append(action.kind)
            if approved.reply is not None:
                await workflow.execute_activity_method(NaiveSteps.send, approved.reply, **_WITH)
            outcome = "answered"
        entry = CrmEntry(enquiry_id=enquiry.enquiry_id, outcome=outcome, summary="", at=workflow.now())
        await workflow.execute_activity_method(NaiveSteps.log, entry, **_WITH)
        return EnquiryResult(enquiry_id=enquiry.enquiry_id, outcome=outcome, summary="", actions_done=list(done))

    async def _decided(self, proposed: Resolution) -> Decision:
        subject = proposed.model_dump(mode="json")
        self._review = Review(
            review_id="resolution",
            kind="resolution",
            title="Approve",
            summary="",
            subject=subject,
            subject_schema={},
            subject_digest=digest_of(subject),
            choices=[ReviewChoice(id=each, label=each) for each in ("approve", "edit", "reject")],
            created_at=workflow.now(),
            due_at=workflow.now() + timedelta(days=1),
        )
        await workflow.wait_condition(lambda: self._decision is not None)
        assert self._decision is not None
        return self._decision

    @property
    def _decision(self) -> Decision | None:
        return self._review.decision if self._review else None

    @workflow.signal(name=names.DECIDE_REVIEW)
    def decide(self, decision: Decision) -> None:
        """Take the first answer."""
        if self._review is not None and self._review.decision is None:
            self._review = self._review.model_copy(update={"status": "decided", "decision": decision})

    @workflow.query(name=names.QUERY_REVIEWS)
    def reviews(self) -> list[Review]:
        """The one review."""
        return [self._review] if self._review else []

"""The same enquiry through our parts: ladder, context, review and record."""

from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from baton.contracts.enquiry import EnquiryResult
    from baton.contracts.record import EnquiryStart
    from baton.contracts.review import Decision, Review
    from bench.measured.baton_steps import ACT, CHECK_ORDER, LOG, LOOK_UP_POLICY, READ_MESSAGE, SEND, WRITE_DRAFT
    from bench.measured.enquiry import outcome
    from workflows.continuing import Continuing
    from workflows.enquiry_parts.enquiry_run import EnquiryRun
    from workflows.enquiry_parts.reviews import RESOLUTION_SCHEMA, resolution_choices
    from workflows.pausing import Pausing
    from workflows.review_desk import ReviewDesk
    from workflows.signals import NOTHING, BadSignal, read_signal
    from workflows.step_runner import Effect, StepRunner
    from workflows.together import both


@workflow.defn
class BatonEnquiry:
    """Read, look up, draft, have a person decide, act, send, log."""

    @workflow.init
    def __init__(self, start: EnquiryStart) -> None:
        self._run = EnquiryRun(start)
        continuing = Continuing(self._run, Pausing(self._run))
        self._desk = ReviewDesk(self._run, continuing)
        self._steps = StepRunner(self._run, self._desk, continuing)

    @workflow.run
    async def run(self, start: EnquiryStart) -> EnquiryResult:
        """How the enquiry ended."""
        run, steps = self._run, self._steps
        run.know("received", start.enquiry.message.model_dump(mode="json"), type_="Message", agent="customer")
        run.note_once("received", "the enquiry arrived", step="received", title="Message received")
        run.stage("reading")
        reading = await steps.run(READ_MESSAGE, reads={"message": "received"}, summary="Read the enquiry")
        await both(
            steps.run(CHECK_ORDER, given={"order_id": reading.order_numbers[0]}, summary="Check the order"),
            steps.run(LOOK_UP_POLICY, summary="Look up the policy"),
        )
        run.stage("proposing")
        draft = await steps.run(
            WRITE_DRAFT,
            reads={"reading": READ_MESSAGE.name, "order": CHECK_ORDER.name, "policy": LOOK_UP_POLICY.name},
            summary="Propose what to do and draft the reply",
        )
        review = self._desk.open(
            "resolution",
            "resolution",
            title="Approve what would be done and sent",
            summary="Cancel the order and say so",
            subject=draft.model_dump(mode="json"),
            subject_schema=RESOLUTION_SCHEMA,
            choices=resolution_choices(hand_over=False, may_change=True),
        )
        run.stage("waiting for a review")
        decision = await self._desk.decision(review)
        assert decision is not None  # nobody writes again
        run.know("approved", review.subject, type_="Resolution", agent=decision.actor.id)
        run.stage("acting")
        done = await steps.run(ACT, reads={"approved": "approved"}, effect=Effect("a1", 1), summary="Cancel the order")
        run.stage("answering")
        sent = await steps.run(
            SEND, reads={"approved": "approved"}, effect=Effect("reply", 1), summary="Send the reply"
        )
        run.stage("closing")
        entry = outcome(run.business_id, workflow.now())
        logged = await steps.run(
            LOG, given={"entry": entry.model_dump(mode="json")}, effect=Effect("log", 1), summary="Log the outcome"
        )
        run.result = EnquiryResult(
            enquiry_id=run.business_id,
            outcome="answered",
            summary="cancelled and answered",
            actions_done=[done.statement],
            reply_message_id=sent.message_id,
            log_entry=logged.entry_id,
        )
        run.note_once("closed", f"answered: {run.result.summary}", step="closed", title="Closed")
        run.stage("ended: answered")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return run.result

    @workflow.signal
    async def decide_review(self, raw: RawValue = NOTHING) -> None:
        """Take a person's answer to the review."""
        try:
            self._desk.decide(read_signal(raw, Decision))
        except BadSignal as bad:
            self._run.refuse("decide_review", str(bad), decision_id=bad.decision_id)

    @workflow.query
    def reviews(self) -> list[Review]:
        """Every review of this run."""
        return self._run.state.reviews

"""A customer enquiry, from message to logged outcome."""

from collections.abc import Sequence

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.enquiry import EnquiryResult, Outcome
    from baton.contracts.record import CustomerReplied, EnquiryStart, RunRecord, RunStatus
    from baton.contracts.review import Assignment, Decision, DecisionStatus, Intervention, Review
    from baton.contracts.sizes import MOST_REPLIES, MOST_REPLY_CHARACTERS
    from workflows.answers import small_record, small_reviews
    from workflows.continuing import Continuing
    from workflows.enquiry_parts.agreement import Agreement
    from workflows.enquiry_parts.effects import Effects
    from workflows.enquiry_parts.questions import Questions
    from workflows.enquiry_parts.understanding import Understanding
    from workflows.pausing import Pausing
    from workflows.review_desk import ReviewDesk
    from workflows.run_state import Run
    from workflows.signals import NOTHING, BadSignal, read_signal
    from workflows.step import RunAborted
    from workflows.step_runner import StepRunner


ENDINGS: dict[str, Outcome] = {"reject": "rejected", "handled_outside": "handled_outside"}
CLOSING = "the enquiry is closing: hand the message in as an enquiry of its own"


@workflow.defn(name=names.ENQUIRY_WORKFLOW)
class EnquiryWorkflow:
    """Read the message, find the customer and the orders, propose, have a person decide, act, answer, log."""

    @workflow.init
    def __init__(self, start: EnquiryStart) -> None:
        self._run = Run(start)
        self._pausing = Pausing(self._run)
        continuing = Continuing(self._run, self._pausing)
        self._desk = ReviewDesk(self._run, continuing)
        steps = StepRunner(self._run, self._desk, continuing)
        questions = Questions(self._run, steps, self._desk, continuing)
        self.understanding = Understanding(self._run, steps, questions)
        self.agreement = Agreement(self._run, steps, self._desk)
        self.effects = Effects(self._run, steps, self._desk, continuing, self.understanding)

    @workflow.run
    async def run(self, start: EnquiryStart) -> EnquiryResult:
        """How the enquiry ended."""
        if self._run.state.closing:
            return await self.effects.finish()
        try:
            case = await self.understanding.understand()
            while not case.dismissed:
                proposal = await self.agreement.propose(case)
                review, decision = await self.agreement.have_a_person_decide(case, proposal)
                if decision is None or (decision.choice in ENDINGS and self.understanding.wrote_again(case)):
                    case = await self.understanding.read_again(case)
                    continue
                if decision.choice in ENDINGS:
                    outcome = ENDINGS[decision.choice]
                    return await self.effects.close(outcome, decision.comment or "no reason given", case, decision)
                if decision.choice == "request_changes":
                    case.take_feedback(decision.comment)
                    continue
                approved = self.agreement.accept(case, review, decision)
                outcome, setbacks = await self.effects.carry_out(case, approved)
                if self.understanding.wrote_again(case):
                    case = await self.effects.read_first(case, setbacks)
                    continue
                if setbacks:
                    await self.effects.look_again(case, setbacks)
                    continue
                return await self.effects.close(outcome, case.summary(), case, decision)
            return await self.effects.close("not_an_enquiry", case.dismissed.reason, case)
        except RunAborted as stop:
            return await self.effects.close("aborted", str(stop), self.understanding.case)
        except BaseException as stop:
            if not is_cancelled_exception(stop):
                raise
            await self.effects.cancel(self.understanding.case)
            raise

    # ── signals: what does not parse is recorded and harms nothing ───────────────────────────────────────────────────

    @workflow.signal(name=names.DECIDE_REVIEW, description="Answer a review: a Decision as JSON")
    async def decide_review(self, raw: RawValue = NOTHING) -> None:
        """Take a person's answer to a review."""
        try:
            self._desk.decide(read_signal(raw, Decision))
        except BadSignal as bad:
            self._run.refuse(names.DECIDE_REVIEW, str(bad), decision_id=bad.decision_id)

    @workflow.signal(name=names.ASSIGN_REVIEW, description="Say who should look at a review: an Assignment as JSON")
    async def assign_review(self, raw: RawValue = NOTHING) -> None:
        """Name who should look at a review; it closes none."""
        try:
            self._desk.assign(read_signal(raw, Assignment))
        except BadSignal as bad:
            self._run.refuse(names.ASSIGN_REVIEW, str(bad))

    @workflow.signal(name=names.CUSTOMER_REPLIED, description="What the customer answered: a CustomerReplied as JSON")
    async def customer_replied(self, raw: RawValue = NOTHING) -> None:
        """Take what the customer wrote since; the same reply twice counts once."""
        try:
            reply = read_signal(raw, CustomerReplied)
        except BadSignal as bad:
            self._run.refuse(names.CUSTOMER_REPLIED, str(bad))
            return
        if reply.reply_id in self._run.state.replies:
            return
        if self._run.state.closing and workflow.patched("closing-takes-no-reply"):
            self._run.refuse(names.CUSTOMER_REPLIED, CLOSING, reply_id=reply.reply_id)
            return
        number = len(self._run.state.replies) + 1
        if number > MOST_REPLIES or len(reply.message.text) > MOST_REPLY_CHARACTERS:
            limits = f"at most {MOST_REPLIES} replies of {MOST_REPLY_CHARACTERS:,} characters are taken"
            self._run.refuse(names.CUSTOMER_REPLIED, limits, reply_id=reply.reply_id)
            return
        fact = f"customer_reply/{number}"
        self._run.know(fact, reply.model_dump(mode="json"), type_="CustomerReply", agent="customer")
        self._run.note("replied", "the customer answered", step=fact)
        self._run.state.replies.append(reply.reply_id)
        self._desk.supersede("the customer wrote again")
        self._run.show()

    @workflow.signal(name=names.PAUSE, description="Start no further step for now: an Intervention as JSON")
    async def pause(self, raw: RawValue = NOTHING) -> None:
        """Stop the run: what is running is finished, nothing else starts, and due times stand still."""
        try:
            self._pausing.pause(read_signal(raw, Intervention))
        except BadSignal as bad:
            self._run.refuse(names.PAUSE, str(bad))

    @workflow.signal(name=names.RESUME, description="Let a paused run go on: an Intervention as JSON")
    async def resume(self, raw: RawValue = NOTHING) -> None:
        """Let the run go on."""
        try:
            self._pausing.resume(read_signal(raw, Intervention))
        except BadSignal as bad:
            self._run.refuse(names.RESUME, str(bad))

    @workflow.signal(dynamic=True)
    async def unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """A signal under a name that nobody listens to is recorded, so that its sender can find out."""
        self._run.refuse(name[:100], "no such signal")

    def signal_refused(self, name: str, reason: str) -> None:
        """What the worker's guard could not deliver."""
        self._run.refuse(name, reason)

    def current_details(self) -> str:
        """What the Temporal UI shows of this run in words."""
        return self._run.checklist()

    # ── queries ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @workflow.query(name=names.QUERY_STATUS, description="Where this run stands")
    def status(self) -> RunStatus:
        """Where this run stands."""
        return self._run.status()

    @workflow.query(name=names.QUERY_REVIEWS, description="Every review of this run, open ones last")
    def reviews(self) -> list[Review]:
        """Every review of this run, in the order in which they were opened; of old ones, where there are many, less."""
        return small_reviews(self._run.state.reviews)

    @workflow.query(name=names.QUERY_DECISION, description="What became of a decision")
    def decision(self, decision_id: str = "") -> DecisionStatus:
        """Whether a decision was accepted, or why not."""
        return self._desk.status_of(decision_id)

    @workflow.query(name=names.QUERY_RECORD, description="All that happened")
    def record(self) -> RunRecord:
        """All that happened, and every fact; values too large for an answer are named, and stand in the archive."""
        return small_record(self._run.record())

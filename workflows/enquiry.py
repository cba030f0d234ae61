"""A customer enquiry, from message to logged outcome."""

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.enquiry import EnquiryResult, Outcome
    from baton.contracts.record import CustomerReplied, EnquiryStart
    from baton.contracts.sizes import MOST_REPLIES, MOST_REPLY_CHARACTERS
    from workflows.continuing import Continuing
    from workflows.enquiry_parts.agreement import Agreement
    from workflows.enquiry_parts.effects import Effects
    from workflows.enquiry_parts.enquiry_run import EnquiryRun
    from workflows.enquiry_parts.questions import Questions
    from workflows.enquiry_parts.understanding import Understanding
    from workflows.handlers import Handlers
    from workflows.pausing import Pausing
    from workflows.review_desk import ReviewDesk
    from workflows.signals import NOTHING, BadSignal, read_signal
    from workflows.step import RunAborted
    from workflows.step_runner import StepRunner


ENDINGS: dict[str, Outcome] = {"reject": "rejected", "handled_outside": "handled_outside"}
CLOSING = "the enquiry is closing: hand the message in as an enquiry of its own"


@workflow.defn(name=names.ENQUIRY_WORKFLOW)
class EnquiryWorkflow(Handlers):
    """Read the message, find the customer and the orders, propose, have a person decide, act, answer, log."""

    @workflow.init
    def __init__(self, start: EnquiryStart) -> None:
        self._run: EnquiryRun = EnquiryRun(start)
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
                    case.hear()
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

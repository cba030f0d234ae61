"""A shadow: what other agents make of an enquiry, beside it. Nothing of it is used, shown or done."""

from typing import NoReturn

from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.outcome import ProcessOutcome, ProcessResult
    from baton.contracts.process import ProcessState
    from baton.contracts.shadow import MODELS, PROPOSED, ShadowStart
    from baton.contracts.sizes import MOST_LINE
    from workflows.continuing import Continuing
    from workflows.ending import Ending
    from workflows.enquiry_parts.agreement import Agreement
    from workflows.enquiry_parts.case_file import CaseFile
    from workflows.enquiry_parts.enquiry_run import EnquiryRun
    from workflows.enquiry_parts.questions import Questions
    from workflows.enquiry_parts.understanding import Understanding
    from workflows.handlers import Handlers
    from workflows.pausing import Pausing
    from workflows.review_desk import ReviewDesk
    from workflows.step import RunAborted, StepSkipped
    from workflows.step_runner import StepRunner


class WouldAsk(Exception):
    """The customer would be asked; what comes after depends on the answer, which a shadow has not."""


class ShadowRun(EnquiryRun):
    """What a shadow makes of an enquiry, under an id of its own."""

    process = names.PROCESS_SHADOW
    noun = "shadow"
    start: ShadowStart
    state: ProcessState

    @property
    def business_id(self) -> str:
        """`shadow/INQ-1042`."""
        return names.shadow_id(self.start.enquiry.enquiry_id)


class NobodyIsAsked(ReviewDesk):
    """Opens no review: where a person would be asked, the shadow ends."""

    def open(self, *about: object, title: str, summary: str = "", subject: object = None, **more: object) -> NoReturn:
        """End the run with what a person would have been asked."""
        causes = subject.get("causes") if isinstance(subject, dict) else None
        raise RunAborted(f"{title}: {'; '.join(map(str, causes or [summary]))}")


class UnsentQuestions(Questions):
    """Writes the question, and sends none."""

    async def ask(self, case: CaseFile, round_: int) -> str:
        """Why the customer cannot be asked; raises WouldAsk where they would be."""
        question = await self.write(case, round_, 1, [], fixed=False)
        if question.mail is None:
            return f"the customer cannot be asked: {question.reason}"
        raise WouldAsk("; ".join(question.asks_for))


@workflow.defn(name=names.SHADOW_WORKFLOW)
class ShadowWorkflow(Handlers):
    """Read the message, find the customer and the orders, propose: up to where a person would decide."""

    @workflow.init
    def __init__(self, start: ShadowStart) -> None:
        self._run: ShadowRun = ShadowRun(start)
        self._pausing = Pausing(self._run)
        continuing = Continuing(self._run, self._pausing)
        continuing.stay()  # it has a few steps, and waits for nobody
        self._desk = NobodyIsAsked(self._run, continuing)
        self._steps = StepRunner(self._run, self._desk, continuing)
        questions = UnsentQuestions(self._run, self._steps, self._desk, continuing)
        self._understanding = Understanding(self._run, self._steps, questions)
        self._agreement = Agreement(self._run, self._steps, self._desk)
        self._ending = Ending(self._run, self._desk, continuing)

    @workflow.run
    async def run(self, start: ShadowStart) -> ProcessResult:
        """What would have been proposed, in words; the proposal itself is a fact of its record."""
        self._run.know(MODELS, list(start.models), type_="list[str]", agent="settings")
        try:
            return await self._close("done", await self._propose())
        except WouldAsk as question:
            return await self._close("done", f"would ask the customer: {question}")
        except (RunAborted, StepSkipped) as stop:
            return await self._close("aborted", str(stop))
        except BaseException as stop:
            if not is_cancelled_exception(stop):
                raise
            self._ending.ask_nobody()
            await self._close("cancelled", self._run.note_cancelled())
            raise

    async def _propose(self) -> str:
        case = await self._understanding.understand()
        if case.dismissed:
            return f"not an enquiry: {case.dismissed.reason}"
        proposal = await self._agreement.propose(case)
        self._run.know(PROPOSED, proposal.model_dump(mode="json"), type_="Proposal", agent=proposal.by)
        if proposal.unsure:
            return f"would hand over: {'; '.join(proposal.unsure)}"
        acts = [action.summary or f"{action.kind} on {action.order_id}" for action in proposal.resolution.actions]
        return f"would propose: {'; '.join(acts) or 'a reply alone'}"

    async def _close(self, outcome: ProcessOutcome, summary: str) -> ProcessResult:
        result = ProcessResult(run_id=self._run.business_id, outcome=outcome, summary=summary[:MOST_LINE])
        self._run.state.result = result
        self._run.stage("closing")
        await self._ending.see_through(self._keep(result))
        return result

    async def _keep(self, result: ProcessResult) -> None:
        await self._ending.keep(self._steps, result)

"""What an enquiry changes outside: approved actions, the reply, the log, the archive."""

from contextlib import suppress

from temporalio import workflow

from baton.contracts import names
from baton.contracts.enquiry import DoneAction, EnquiryResult, Outcome, Resolution
from baton.contracts.orders import Action
from baton.contracts.record import Closing
from baton.contracts.review import Decision
from baton.contracts.setback import Setback, of_action
from baton.contracts.sizes import MOST_LINE, few_lines
from workflows.continuing import Continuing
from workflows.ending import Ending
from workflows.review_desk import ReviewDesk
from workflows.step import Effect, RunAborted, StepSkipped, TakeBack
from workflows.step_runner import StepRunner

from .case_file import CaseFile, numbered
from .enquiry_run import EnquiryRun
from .reviews import crm_entry
from .understanding import Understanding
from .undoing import Undoing

WROTE_AGAIN = "the customer wrote again"
APPROVED = "What was approved"


class _CustomerWroteAgain(Exception):
    """Something of an approval must not begin: what the customer wrote since is read first."""


class Effects:
    """Performs what was approved, once, and only while nothing that bears on it changed."""

    def __init__(
        self,
        run: EnquiryRun,
        steps: StepRunner,
        desk: ReviewDesk,
        continuing: Continuing,
        understanding: Understanding,
    ) -> None:
        self._run = run
        self._steps = steps
        self._desk = desk
        self._continuing = continuing
        self._understanding = understanding
        self._undoing = Undoing(run, steps)
        self._ending = Ending(run, desk, continuing)

    async def carry_out(self, case: CaseFile, approved: Resolution) -> tuple[Outcome, list[Setback]]:
        """Each action a step of its own, in order, then the reply. What could not be done as approved comes back.

        When the customer writes again what is running is finished, and nothing further begins.
        """
        self._run.stage("acting")
        try:
            for action in approved.actions:
                setbacks = await self._perform(case, action)
                if setbacks:
                    return "done_without_reply", setbacks
            return await self._send_reply(case, approved)
        except _CustomerWroteAgain as stop:
            self._run.note_once("superseded", f"{WROTE_AGAIN}: {stop}", step=case.approved_fact(), title=APPROVED)
            return "done_without_reply", []

    async def _may_begin(self, case: CaseFile, step: str, named: str) -> None:
        """Raises _CustomerWroteAgain when there is something to read before this step of an approval may begin."""
        if self._steps.has_begun(step):
            return  # also in a run that was entered again from the top
        await self._continuing.point()  # what comes while the run is paused comes before the step
        if self._understanding.wrote_again(case):
            raise _CustomerWroteAgain(f"{named} was not begun")

    async def _perform(self, case: CaseFile, action: Action) -> list[Setback]:
        """Read again, and act only if nothing that bears on the action changed since it was approved."""
        fact = case.approved_fact()
        if action.order_id not in case.order_facts:
            return [_changed(f"{action.action_id}: order {action.order_id} was never looked at")]
        effect = self._undoing.effect(case, action.action_id, if_done=self._undoing.if_done(case, action))
        named = case.named(action)
        await self._may_begin(case, case.step_of(action), named)
        try:
            result = await self._steps.run(
                names.performing(action.kind),
                key=case.step_of(action),
                reads={"subject": fact, "basis": case.order_facts[action.order_id]},
                given={
                    "subject_digest": case.approved_digest,
                    "action_id": action.action_id,
                    "variants": case.variants_of(action),
                },
                effect=effect,
                summary=action.summary or f"{action.kind} on {action.order_id}",
            )
        except TakeBack:
            self._give_up(action)
            taken_back = await self._undoing.take_back(case)
            return [of_action(action, "given_up", f"{named} could not be done"), *taken_back]
        except StepSkipped:
            self._give_up(action)
            unsure = self._steps.may_be_done(case.step_of(action), effect)
            left_out = f"{named} was left out{': see whether it was done' if unsure else '; it was not done'}"
            return [of_action(action, "given_up", left_out)]
        if result.outcome == "changed":
            self._run.note_once("changed", "; ".join(result.changes), step=case.step_of(action), title=action.summary)
            since = f"order {action.order_id} changed since it was approved"
            return [_changed(f"{since}: {change}") for change in result.changes]
        case.done.append(DoneAction(action=action, reference=result.reference, statement=result.statement))
        return []

    def _give_up(self, action: Action) -> None:
        """Its id is never used again: what became of it may be known to a person alone."""
        if action.action_id not in self._run.state.given_up:
            self._run.state.given_up.append(action.action_id)

    async def look_again(self, case: CaseFile, setbacks: list[Setback]) -> None:
        """The orders as they are now, for the next revision."""
        case.take_setbacks(setbacks)
        if case.match.customer is None:
            return
        await self._understanding.check_orders(case, f"rev{case.revision + 1}")

    async def read_first(self, case: CaseFile, setbacks: list[Setback]) -> CaseFile:
        """The customer wrote after the approval: all of it is read, for the next revision."""
        case.hear()  # not what was given up under this approval: the customer did not know of it
        case.take_setbacks(setbacks, f"{WROTE_AGAIN} after revision {case.revision} was approved")
        return await self._understanding.read_again(case)

    async def _send_reply(self, case: CaseFile, approved: Resolution) -> tuple[Outcome, list[Setback]]:
        """The approved reply, once every action that it speaks of is confirmed; and what may be said of the outcome.

        When it cannot go out and what was done is taken back for it, that comes back, a line each.
        """
        if approved.reply is None:
            return "answered" if case.reply_sent else "done_without_reply", []
        step = numbered("send_reply", case.revision)
        await self._may_begin(case, step, "the reply")
        self._run.stage("answering")
        fact = case.approved_fact()
        try:
            sent = await self._steps.run(
                names.SEND_REPLY,
                key=step,
                reads={"subject": fact},
                given={"subject_digest": case.approved_digest},
                effect=self._undoing.effect(case, "reply", if_done={"message_id": "", "statement": "was sent"}),
                summary="Send the reply",
            )
        except TakeBack:
            return "done_without_reply", await self._undoing.take_back(case)
        except StepSkipped:
            return "done_without_reply", []
        case.reply_sent = True
        case.reply_message_id = sent.message_id or None
        return "answered", []

    async def close(
        self, outcome: Outcome, summary: str, case: CaseFile | None = None, decision: Decision | None = None
    ) -> EnquiryResult:
        """Withdraw what is open, log the outcome in the CRM, keep the whole record, and end."""
        self._desk.withdraw_all(f"the enquiry ended: {outcome}")
        self._run.stop_waiting(f"the enquiry ended: {outcome}")
        in_doubt = list(self._run.state.unknown_keys)
        result = EnquiryResult(
            enquiry_id=self._run.business_id,
            outcome=outcome,
            summary=f"{summary[:MOST_LINE]}{_doubts(in_doubt)}{_not_read(self._run.not_read())}",
            in_doubt=in_doubt,
            actions_done=few_lines([done.statement or done.action.kind for done in (case.done if case else [])]),
            reply_message_id=case.reply_message_id if case else None,
        )
        # Kept in the state: a run that continues as new while it closes must not open its reviews again.
        self._run.state.closing = Closing(result=result, entry=crm_entry(result, case, decision, at=workflow.now()))
        return await self.finish()

    async def cancel(self, case: CaseFile | None) -> EnquiryResult:
        """End a run that an operator cancelled: nothing more is done or sent, and nobody is asked any more."""
        self._ending.ask_nobody()
        return await self.close("cancelled", self._run.note_cancelled(), case)

    async def finish(self) -> EnquiryResult:
        """End a run that is closing, with the outcome that it has."""
        return await self._ending.see_through(self._end())

    async def _end(self) -> EnquiryResult:
        """Nothing here may keep a run from ending: what a person gives up on is left out."""
        closing = self._run.state.closing
        assert closing is not None
        result = closing.result
        self._continuing.stay()
        self._run.stage("closing")
        with suppress(StepSkipped, RunAborted):
            logged = await self._steps.run(
                names.LOG_OUTCOME,
                given={"entry": closing.entry.model_dump(mode="json")},
                effect=Effect("log", 1, if_done={"key": "", "entry_id": "seen in the CRM by a person"}),
                summary="Log the outcome in the CRM",
            )
            result = result.model_copy(update={"log_entry": logged.entry_id})
        await self._ending.keep(self._steps, result)
        return result


def _changed(text: str) -> Setback:
    return Setback(kind="changed", text=text)


def _doubts(keys: list[str]) -> str:
    return f"; nobody could tell whether it was done: {', '.join(keys)}" if keys else ""


def _not_read(replies: int) -> str:
    """Whoever ended the run ended it for these too: the CRM's entry is where they are told of."""
    return f"; not read: {replies} that the customer wrote since" if replies > 0 else ""

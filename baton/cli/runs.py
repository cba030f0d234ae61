"""Enquiries on a Temporal server, as a client sees them: every call ends within seconds and fails in plain words."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel
from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.failure.v1 import Failure
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.service import RPCError, RPCStatusCode

from baton.archive import Archive, Unreadable
from baton.cli.ids import of_workflow
from baton.cli.problems import NoServer, NoWorker, Problem, UnknownRun
from baton.cli.shapes import Retry, RunLine, RunState
from baton.contracts import names
from baton.contracts.mail import Message
from baton.contracts.process import TYPE_PREFIX
from baton.contracts.record import CustomerReplied, EnquiryStart, Fact, RunRecord, RunStatus
from baton.contracts.review import DecisionStatus, Review
from baton.settings import Settings
from baton.temporal import connect as connecting
from baton.temporal import search_attributes as sa
from baton.temporal.embedded import ServerAddress, running

CALL = timedelta(seconds=4)
"""How long one call may take: a query without a worker would hang for ever."""

WORKFLOWS = (names.ENQUIRY_WORKFLOW, names.GOAL_WORKFLOW)
_SILENT = (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED, RPCStatusCode.FAILED_PRECONDITION)
_STATES: dict[WorkflowExecutionStatus, RunState] = {
    WorkflowExecutionStatus.RUNNING: "running",
    WorkflowExecutionStatus.COMPLETED: "completed",
    WorkflowExecutionStatus.FAILED: "failed",
    WorkflowExecutionStatus.CANCELED: "cancelled",
    WorkflowExecutionStatus.TERMINATED: "terminated",
    WorkflowExecutionStatus.TIMED_OUT: "timed_out",
    WorkflowExecutionStatus.CONTINUED_AS_NEW: "continued",
}

Answer = TypeVar("Answer")


async def open_runs(settings: Settings, *, embedded: ServerAddress | None = None) -> "Runs":
    """The runs on the server that the environment names, else on the embedded one. Raises NoServer."""
    try:
        client = await connecting.connect(settings, embedded=embedded)
    except connecting.NoServer as problem:
        raise NoServer(str(problem)) from None
    return Runs(client, settings, _ui_of(client, settings))


def _ui_of(client: Client, settings: Settings) -> str:
    if settings.ui_address:
        return settings.ui_address
    local = running(settings.state_dir)
    return local.ui if local and client.service_client.config.target_host == local.host_port else ""


@dataclass(frozen=True)
class Runs:
    """All enquiries that this client can see. `ui` is the Temporal UI's address, empty when it is not known."""

    client: Client
    settings: Settings
    ui: str

    @property
    def here(self) -> bool:
        """Whether this is the embedded server of the state directory, with whatever `up` or `demo` runs beside it."""
        local = running(self.settings.state_dir)
        return local is not None and self.client.service_client.config.target_host == local.host_port

    def handle(self, enquiry_id: str) -> WorkflowHandle[Any, Any]:
        """Temporal's handle of an enquiry's run."""
        return self.client.get_workflow_handle(names.workflow_id(enquiry_id))

    def link(self, enquiry_id: str) -> str:
        """The run's page in the Temporal UI, empty when the UI's address is not known."""
        if not self.ui:
            return ""
        workflow = quote(names.workflow_id(enquiry_id), safe="")
        return f"{self.ui}/namespaces/{quote(self.client.namespace, safe='')}/workflows/{workflow}"

    async def status(self, enquiry_id: str, *, within: timedelta = CALL) -> RunStatus:
        """Where a run stands. Raises UnknownRun, NoWorker."""
        return await self._query(enquiry_id, names.QUERY_STATUS, RunStatus, within=within)

    async def record(self, enquiry_id: str) -> RunRecord:
        """The record as the run itself tells it. Raises UnknownRun, NoWorker."""
        return await self._query(enquiry_id, names.QUERY_RECORD, RunRecord)

    async def message(self, enquiry_id: str) -> Message:
        """The customer's message, as it was handed in. Raises UnknownRun."""
        try:
            async for event in self.handle(enquiry_id).fetch_history_events(page_size=1, rpc_timeout=CALL):
                given = event.workflow_execution_started_event_attributes.input.payloads
                start: EnquiryStart = (await self.client.data_converter.decode(given, [EnquiryStart]))[0]
                return start.enquiry.message
        except RPCError as problem:
            if problem.status is not RPCStatusCode.NOT_FOUND:
                raise
        raise unknown(enquiry_id)

    async def replies(self, enquiry_id: str) -> list[Message]:
        """What the customer wrote since, in order. Raises UnknownRun, NoWorker."""
        facts = (await self.record(enquiry_id)).facts
        return [_reply_in(fact) for fact in facts if fact.type == "CustomerReply"]

    async def reviews(self, enquiry_id: str, *, within: timedelta = CALL) -> list[Review]:
        """Every review of a run, oldest first. Raises UnknownRun, NoWorker."""
        return await self._query(enquiry_id, names.QUERY_REVIEWS, list[Review], within=within)

    async def decision(self, enquiry_id: str, decision_id: str) -> DecisionStatus:
        """What became of a decision. Raises UnknownRun, NoWorker."""
        return await self._query(
            enquiry_id, names.QUERY_DECISION, DecisionStatus, decision_id, within=timedelta(seconds=2.5)
        )

    async def _query(
        self, enquiry_id: str, name: str, gives: type[Answer], *args: str, within: timedelta = CALL
    ) -> Answer:
        try:
            async with asyncio.timeout(within.total_seconds() + 0.5):
                answer: Answer = await self.handle(enquiry_id).query(
                    name, args=list(args), result_type=gives, rpc_timeout=within
                )
                return answer
        except TimeoutError:
            raise NoWorker("No worker is answering.") from None
        except RPCError as problem:
            if problem.status is RPCStatusCode.NOT_FOUND:
                raise unknown(enquiry_id) from None
            if problem.status in _SILENT:
                raise NoWorker("No worker is answering.") from None
            raise
        except (WorkflowQueryFailedError, WorkflowQueryRejectedError) as problem:
            raise Problem(f"The run of {enquiry_id} does not answer the question {name!r}: {problem}") from None

    async def signal(self, enquiry_id: str, name: str, argument: BaseModel) -> None:
        """Deliver a signal: the server keeps it until a worker takes it. Raises UnknownRun."""
        try:
            await self.handle(enquiry_id).signal(name, argument, rpc_timeout=CALL)
        except RPCError as problem:
            if problem.status is not RPCStatusCode.NOT_FOUND:
                raise
            line = await self.line(enquiry_id)
            raise Problem(f"{enquiry_id} has ended ({line.state}): nothing can be sent to it any more.") from None

    async def line(self, enquiry_id: str) -> RunLine:
        """What the server itself knows of a run, also when no worker answers. Raises UnknownRun."""
        try:
            return await as_line(await self.handle(enquiry_id).describe(rpc_timeout=CALL))
        except RPCError as problem:
            if problem.status is RPCStatusCode.NOT_FOUND:
                raise unknown(enquiry_id) from None
            raise

    async def retries(self, enquiry_id: str) -> list[Retry]:
        """The steps that failed and are tried again, as the server knows them; none when it does not tell."""
        try:
            known = await self.handle(enquiry_id).describe(rpc_timeout=CALL)
        except RPCError:
            return []
        return [
            Retry(
                capability=pending.activity_type.name,
                attempt=pending.attempt,
                next_at=pending.next_attempt_schedule_time.ToDatetime(tzinfo=UTC)
                if pending.HasField("next_attempt_schedule_time")
                else None,
                reason=reason_of(pending.last_failure),
            )
            for pending in known.raw_description.pending_activities
            if pending.attempt > 1 and pending.HasField("last_failure")
        ]

    async def lines(
        self, *, open_only: bool = False, late_logs: bool = False, shadows: bool = False, limit: int = 1000
    ) -> list[RunLine]:
        """Runs as visibility lists them, at most `limit`, in no order: the server refuses to sort."""
        # A history that was continued in another is no enquiry of its own.
        states = "= 'Running'" if open_only else "!= 'ContinuedAsNew'"
        more = {names.LATE_LOG_WORKFLOW: late_logs, names.SHADOW_WORKFLOW: shadows}
        kinds = (*WORKFLOWS, *(kind for kind, wanted in more.items() if wanted))
        ours = f"WorkflowType IN ({', '.join(map(repr, kinds))}) OR WorkflowType STARTS_WITH '{TYPE_PREFIX}'"
        wanted = f"({ours}) AND ExecutionStatus {states}"
        found: list[RunLine] = []
        async with asyncio.timeout(CALL.total_seconds() * 2):
            async for run in self.client.list_workflows(wanted, limit=limit, rpc_timeout=CALL):
                found.append(await as_line(run))
        return found

    async def cancel(self, enquiry_id: str, reason: str) -> None:
        """Ask a run to end, for this reason, and its shadow with it; it logs the outcome and keeps its record first.

        Raises UnknownRun, Problem.
        """
        line = await self.line(enquiry_id)
        if line.state == "running":
            await self.handle(enquiry_id).cancel(reason=reason, rpc_timeout=CALL)
        if names.is_enquiry(enquiry_id):
            await self._cancel_shadow(enquiry_id, reason)
        if line.state != "running":
            raise Problem(f"{enquiry_id} has ended already ({line.state}).")

    async def _cancel_shadow(self, enquiry_id: str, reason: str) -> None:
        """It may go on when its enquiry has ended, and would keep a record of what was deleted since."""
        try:
            await self.handle(names.shadow_id(enquiry_id)).cancel(reason=reason, rpc_timeout=CALL)
        except RPCError as problem:
            if problem.status is not RPCStatusCode.NOT_FOUND:  # most have none, or one that has ended
                raise

    def archived(self, enquiry_id: str) -> RunRecord | None:
        """The record kept in the archive, None when there is none."""
        return archived(self.settings, enquiry_id)


def _reply_in(fact: Fact) -> Message:
    if fact.left_out:
        where = "In the Temporal UI: the signals of this run."
        return Message(text=f"(What they wrote has {fact.left_out.size_bytes:,} bytes: too much for here. {where})")
    return CustomerReplied.model_validate(fact.value).message


def reason_of(failure: Failure) -> str:
    """Why an attempt failed, in one line; of one that gave no sign of life Temporal itself says nothing of use."""
    if failure.timeout_failure_info.timeout_type == TimeoutType.TIMEOUT_TYPE_HEARTBEAT:
        return "its worker stopped or was cut off while it worked"
    return (failure.message.splitlines() or ["it failed"])[0][:200]


def archived(settings: Settings, enquiry_id: str) -> RunRecord | None:
    """The record that the archive keeps of an enquiry. Raises Problem when it cannot be read."""
    found = Archive(settings.state_dir).read(enquiry_id)
    if isinstance(found, Unreadable):
        raise Problem(f"The archived record {found.path} cannot be read: {found.why}")
    return found


def unknown(enquiry_id: str) -> UnknownRun:
    """Nobody knows that id."""
    return UnknownRun(f"There is no enquiry {enquiry_id} on this server. `uv run starter.py list` shows them all.")


async def as_line(run: WorkflowExecution) -> RunLine:
    """One run from what visibility holds of it. Continued in a new history, it still started when it was handed in."""
    kept = run.typed_search_attributes
    due = kept.get(sa.DUE)
    assignees: Sequence[str] = kept.get(sa.ASSIGNEES) or []
    state: RunState = _STATES.get(run.status, "running") if run.status is not None else "running"
    return RunLine(
        enquiry_id=of_workflow(run.id),
        state=state,
        stage=(kept.get(sa.STAGE) or "") if state == "running" else "",
        waiting_on=(kept.get(sa.WAITING_ON) or "") if state == "running" else "",
        due=due,
        overdue=state == "running" and due is not None and due <= datetime.now(UTC),
        assignees=list(assignees),
        priority=kept.get(sa.PRIORITY),
        started_at=await run.memo_value(names.MEMO_RECEIVED, run.start_time, type_hint=datetime),
        closed_at=run.close_time,
    )

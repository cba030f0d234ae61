"""Starts an enquiry and acts as its people do: by signals and queries, waiting with a deadline."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import uuid4

from pydantic import JsonValue
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from activities.pending import Pending
from baton.contracts import names
from baton.contracts.enquiry import Enquiry, EnquiryOptions, EnquiryResult
from baton.contracts.mail import Message
from baton.contracts.record import CustomerReplied, EnquiryStart, Paused, RunRecord, RunState, RunStatus
from baton.contracts.review import Actor, Decision, DecisionStatus, Review, ReviewKind
from baton.temporal.details import Details
from baton.temporal.interceptors import SignalGuard
from baton.temporal.worker_options import workflow_runner
from workflows.enquiry import EnquiryWorkflow

from .team import Team

DEADLINE_S = 20.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 0.5
T = TypeVar("T")


@dataclass
class Run:
    """One running enquiry as its people see it."""

    handle: WorkflowHandle[EnquiryWorkflow, EnquiryResult]
    team: Team
    queue: str

    async def status(self) -> RunStatus:
        """Where it stands."""
        return await self.handle.query(EnquiryWorkflow.status)

    async def record(self) -> RunRecord:
        """All that happened."""
        return await self.handle.query(EnquiryWorkflow.record)

    async def open_review(self) -> Review:
        """The review that is open, once one is."""

        async def look() -> Review | None:
            reviews = await self.handle.query(EnquiryWorkflow.reviews)
            return next((review for review in reviews if review.status == "open"), None)

        return await eventually(look)

    async def revision(self, number: int) -> Review:
        """The open review, once it is of that revision."""

        async def look() -> Review | None:
            review = await self.open_review()
            return review if review.revision == number else None

        return await eventually(look)

    async def review_of(self, kind: ReviewKind) -> Review:
        """The open review, once it is of that kind."""

        async def look() -> Review | None:
            review = await self.open_review()
            return review if review.kind == kind else None

        return await eventually(look)

    async def asked_the_customer(self, times: int = 1) -> None:
        """Wait until the run waits for the customer's answer to that question."""

        async def look() -> bool | None:
            waiting = (await self.status()).waiting.what == "customer"
            return (waiting and self.team.steps.count("send_question") == times) or None

        await eventually(look)

    async def decide(self, choice: str, *, value: JsonValue = None, comment: str = "", **changed: object) -> Decision:
        """Answer the open review."""
        review = await self.open_review()
        decision = Decision(
            decision_id=uuid4().hex,
            review_id=review.review_id,
            revision=review.revision,
            subject_digest=review.subject_digest,
            choice=choice,
            value=value,
            comment=comment,
            actor=Actor(id="nomsa"),
        ).model_copy(update=changed)
        await self.handle.signal(names.DECIDE_REVIEW, decision)
        return decision

    async def became(self, decision: Decision) -> DecisionStatus:
        """What became of a decision, once the run has seen it."""

        async def look() -> DecisionStatus | None:
            status = await self.handle.query(EnquiryWorkflow.decision, decision.decision_id)
            return status if status.status != "unknown" else None

        return await eventually(look)

    async def reply(self, text: str) -> None:
        """The customer answers."""
        await self.handle.signal(
            names.CUSTOMER_REPLIED, CustomerReplied(reply_id=uuid4().hex, message=Message(text=text))
        )

    async def stands_still(self) -> Paused:
        """Who paused it, once it is paused."""

        async def look() -> Paused | None:
            return (await self.status()).paused

        return await eventually(look)

    async def result(self) -> EnquiryResult:
        """How it ended."""
        return await asyncio.wait_for(self.handle.result(), DEADLINE_S)


_BUSY = (RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.FAILED_PRECONDITION)


async def eventually(
    look: Callable[[], Awaitable[T | None]], deadline_s: float = DEADLINE_S, every_s: float | None = None
) -> T:
    """What `look` finds, as soon as it finds something; without `every_s` it looks ever more seldom.

    A query keeps the server and the worker busy that are waited for.
    """
    until = time.monotonic() + deadline_s
    pause_s = every_s or FIRST_PAUSE_S
    while time.monotonic() < until:
        found = await _unless_nobody_has_time(look)
        if found is not None:
            return found
        await asyncio.sleep(pause_s)
        pause_s = every_s or min(pause_s * 1.3, LONGEST_PAUSE_S)
    raise AssertionError(f"nothing was found within {deadline_s} s")


async def _unless_nobody_has_time(look: Callable[[], Awaitable[T | None]]) -> T | None:
    """A worker that has much to do does not answer every query within the client's time, nor end every task in its."""
    try:
        return await look()
    except RPCError as error:
        if error.status not in _BUSY:
            raise
        return None


async def until(true: Callable[[], bool], deadline_s: float = DEADLINE_S) -> None:
    """Wait until this is true."""

    async def look() -> bool | None:
        return true() or None

    await eventually(look, deadline_s)


@asynccontextmanager
async def enquiry(
    client: Client,
    team: Team | None = None,
    *,
    options: EnquiryOptions | None = None,
    state: RunState | None = None,
    continue_after_steps: int | None = None,
    continue_after_events: int | None = None,
    text: str = "Please cancel #1",
    enquiry_id: str | None = None,
    attempts: int = 2,
    attempt_s: float = 10,
    working: bool = True,
    search_attributes: Sequence[str] = (),
    stages_apart_s: float = 0,
    identity: str | None = None,
) -> AsyncIterator[Run]:
    """An enquiry on a worker of its own."""
    team = team or Team()
    enquiry_id = enquiry_id or f"INQ-{uuid4().hex[:16]}"
    queue = f"queue-{enquiry_id}"
    start = EnquiryStart(
        enquiry=Enquiry(
            enquiry_id=enquiry_id,
            message=Message(text=text, from_address="t@mail.example"),
            received_at=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
        ),
        options=options or EnquiryOptions(),
        cards=team.cards(attempts, attempt_s),
        state=state or RunState(),
        continue_after_steps=continue_after_steps,
        continue_after_events=continue_after_events,
        search_attributes=list(search_attributes),
        stages_apart_s=stages_apart_s,
    )
    async with AsyncExitStack() as stack:
        if working:
            await stack.enter_async_context(worker_for(client, team, queue, identity=identity))
        handle = await client.start_workflow(
            EnquiryWorkflow.run, start, id=names.workflow_id(enquiry_id), task_queue=queue
        )
        yield Run(handle, team, queue)


def worker_for(client: Client, team: Team, queue: str, *, steps: bool = True, identity: str | None = None) -> Worker:
    """A worker for this team; without `steps` it takes workflow tasks only."""
    return Worker(
        client,
        task_queue=queue,
        workflows=[EnquiryWorkflow],
        activities=[*team.activities(), *Pending(client).activities()] if steps else [],
        interceptors=[SignalGuard(), Details()],
        workflow_runner=workflow_runner(),
        identity=identity,
    )

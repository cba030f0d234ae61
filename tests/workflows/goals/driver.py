"""Starts a goal and acts as its people do."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pydantic import JsonValue
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.cards import goal_cards
from activities.pending import Pending
from baton.contracts import names
from baton.contracts.goal import GoalOptions, GoalStart, GoalState, carried_cards
from baton.contracts.outcome import GoalResult
from baton.contracts.plan import Plan
from baton.contracts.record import RecordEntry, RunRecord, RunStatus
from baton.contracts.review import Actor, Decision, Review
from baton.contracts.steering import GoalChange
from baton.temporal.details import Details
from baton.temporal.interceptors import SignalGuard
from baton.temporal.worker_options import workflow_runner
from tests.workflows.driver import eventually
from workflows.goal import GoalWorkflow

from .tools import Tools

LONGEST_S = 60.0


@dataclass
class Goal:
    """One running goal as its people see it."""

    handle: WorkflowHandle[GoalWorkflow, GoalResult]
    tools: Tools
    queue: str

    async def status(self) -> RunStatus:
        """Where it stands."""
        return await self.handle.query(GoalWorkflow.status)

    async def record(self) -> RunRecord:
        """All that happened."""
        return await self.handle.query(GoalWorkflow.record)

    async def review(self, review_id: str, revision: int = 1) -> Review:
        """That review, once it is open."""

        async def look() -> Review | None:
            reviews = await self.handle.query(GoalWorkflow.reviews)
            return next(
                (
                    each
                    for each in reviews
                    if (each.review_id, each.revision) == (review_id, revision) and each.status == "open"
                ),
                None,
            )

        return await eventually(look)

    async def decide(
        self, review_id: str, choice: str, *, value: JsonValue = None, comment: str = "", revision: int = 1
    ) -> Decision:
        """Answer that review."""
        review = await self.review(review_id, revision)
        decision = Decision(
            decision_id=uuid4().hex,
            review_id=review_id,
            revision=revision,
            subject_digest=review.subject_digest,
            choice=choice,
            value=value,
            comment=comment,
            actor=Actor(id="nomsa"),
        )
        await self.handle.signal(names.DECIDE_REVIEW, decision)
        return decision

    async def change(self, words: str, *, reason: str = "", change_id: str = "") -> None:
        """Want something else."""
        told = GoalChange(goal=words, actor=Actor(id="nomsa"), reason=reason, change_id=change_id)
        await self.handle.signal(names.CHANGE_GOAL, told)

    async def line(self, kind: str, step: str = "") -> RecordEntry:
        """The first line of that kind, once it stands in the record."""

        async def look() -> RecordEntry | None:
            lines = (await self.record()).record
            return next((line for line in lines if line.kind == kind and step in ("", line.step)), None)

        return await eventually(look)

    async def fact(self, name: str) -> JsonValue:
        """The value of that fact, once it is known."""

        async def look() -> list[JsonValue] | None:
            found = [fact.value for fact in (await self.record()).facts if fact.name == name]
            return found or None

        return (await eventually(look))[0]

    async def result(self) -> GoalResult:
        """How it ended."""
        return await asyncio.wait_for(self.handle.result(), LONGEST_S)


def plan(*steps: dict[str, Any], **changed: Any) -> Plan:
    """A plan of these steps."""
    return Plan.model_validate({"goal": "try it", "steps": list(steps), **changed})


def add(step_id: str, value: JsonValue, **changed: Any) -> dict[str, Any]:
    """A step that adds one."""
    return {"id": step_id, "capability": "add", "inputs": {"value": value}, **changed}


def ref(source: str) -> JsonValue:
    """What another step gave."""
    return {"from": source}


@asynccontextmanager
async def goal(
    client: Client,
    planned: Plan,
    tools: Tools | None = None,
    *,
    options: GoalOptions | None = None,
    state: GoalState | None = None,
    working: bool = True,
    width: int | None = None,
    goal_id: str | None = None,
    queue: str | None = None,
    identity: str | None = None,
    search_attributes: Sequence[str] = (),
    **changed: Any,
) -> AsyncIterator[Goal]:
    """A goal on a worker of its own; `width`: most of its steps at the same time there."""
    tools = tools or Tools()
    options = options or GoalOptions()
    goal_id = goal_id or f"GOAL-{uuid4().hex[:16]}"
    queue = queue or f"queue-{goal_id}"
    on_queue = {**options.on_queue, **({queue: width} if width else {})}
    cards = carried_cards(planned, [*tools.cards(), *goal_cards()], always=[card.name for card in goal_cards()])
    start = GoalStart(
        goal_id=goal_id,
        plan=planned,
        received_at=datetime.now(UTC),
        options=options.model_copy(update={"on_queue": on_queue}),
        cards=cards,
        state=state or GoalState(),
        search_attributes=list(search_attributes),
        **changed,
    )
    async with AsyncExitStack() as stack:
        if working:
            await stack.enter_async_context(worker_for(client, tools, queue, identity=identity))
        handle = await client.start_workflow(GoalWorkflow.run, start, id=names.workflow_id(goal_id), task_queue=queue)
        yield Goal(handle, tools, queue)


def steps_worker(client: Client, queue: str) -> Worker:
    """A worker that only says which steps are due; another one does them."""
    return Worker(
        client,
        task_queue=queue,
        workflows=[GoalWorkflow],
        interceptors=[SignalGuard(), Details()],
        workflow_runner=workflow_runner(),
    )


def worker_for(client: Client, tools: Tools, queue: str, **changed: Any) -> Worker:
    """A worker for these tools."""
    return Worker(
        client,
        task_queue=queue,
        workflows=[GoalWorkflow],
        activities=[*tools.activities(), *Pending(client).activities()],
        interceptors=[SignalGuard(), Details()],
        workflow_runner=workflow_runner(),
        **changed,
    )

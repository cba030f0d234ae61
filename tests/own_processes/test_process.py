"""A process of one's own on its parts: what it survives, and what it refuses."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, JsonValue
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.cards import goal_cards
from activities.pending import Pending
from baton.contracts import names
from baton.contracts.outcome import ProcessResult
from baton.contracts.process import ProcessOptions, ProcessStart, carried_cards
from baton.contracts.record import RunRecord, RunStatus
from baton.contracts.review import Actor, Decision, Intervention, Review
from baton.temporal.details import Details
from baton.temporal.interceptors import SignalGuard
from baton.temporal.replaying import replay_failure
from baton.temporal.worker_options import workflow_runner
from tests.workflows.driver import eventually, until
from tests.workflows.goals.tools import Gate, Sent, Tools, add, fails, tool, usual

from .batch import BatchWorkflow, HastyWorkflow

LONG_S = 60.0
"""A server that missed to tell of a run's end tells it 20 s later."""


@dataclass
class Run:
    """One run as its people see it."""

    handle: WorkflowHandle[BatchWorkflow, ProcessResult]
    tools: Tools

    async def status(self) -> RunStatus:
        """Where it stands."""
        return await self.handle.query(BatchWorkflow.status)

    async def record(self) -> RunRecord:
        """All that happened."""
        return await self.handle.query(BatchWorkflow.record)

    async def review(self, revision: int = 1) -> Review:
        """The open review of that revision, once it is there."""

        async def look() -> Review | None:
            reviews = await self.handle.query(BatchWorkflow.reviews)
            return next((each for each in reviews if each.status == "open" and each.revision == revision), None)

        return await eventually(look)

    async def decide(self, choice: str, *, value: JsonValue = None, revision: int = 1) -> None:
        """Answer the open review."""
        review = await self.review(revision)
        decision = Decision(
            decision_id=uuid4().hex,
            review_id=review.review_id,
            revision=revision,
            subject_digest=review.subject_digest,
            choice=choice,
            value=value,
            actor=Actor(id="nomsa"),
        )
        await self.handle.signal(names.DECIDE_REVIEW, decision)

    async def result(self) -> ProcessResult:
        """How it ended."""
        return await asyncio.wait_for(self.handle.result(), LONG_S)


@asynccontextmanager
async def batch(
    client: Client,
    values: Sequence[object],
    tools: Tools | None = None,
    *,
    after: int | None = None,
    process: str = "batch",
    **more: object,
) -> AsyncIterator[Run]:
    """A run on a worker of its own."""
    tools = tools or Tools()
    run_id = f"{process}/{uuid4().hex[:12]}"
    start = ProcessStart(
        run_id=run_id,
        given={"values": list(values), **more},
        received_at=datetime.now(UTC),
        options=ProcessOptions(),
        cards=carried_cards(["add", "send", names.ARCHIVE_RECORD.name], [*tools.cards(), *goal_cards()]),
        continue_after_steps=after,
    )
    async with worker_for(client, tools, run_id):
        handle = await client.start_workflow(
            f"process/{process}", start, id=run_id, task_queue=run_id, result_type=ProcessResult
        )
        yield Run(handle, tools)


def worker_for(client: Client, tools: Tools, queue: str) -> Worker:
    """A worker for it."""
    return Worker(
        client,
        task_queue=queue,
        workflows=[BatchWorkflow, HastyWorkflow],
        activities=[*tools.activities(), *Pending(client).activities()],
        interceptors=[SignalGuard(), Details()],
        workflow_runner=workflow_runner(),
    )


async def test_it_goes_on_in_new_histories_and_does_nothing_twice(client: Client) -> None:
    async with batch(client, range(1, 9), after=3, wait_s=0.2) as run:
        await run.decide("edit", value={"value": 10})
        result = await run.result()
        first = run.handle.first_execution_run_id
        assert (await run.handle.describe()).run_id != first
        assert (await run.record()).enquiry_id == run.handle.id
    assert result.summary == f"{run.handle.id.replace('/', ':')}/send/1/0, 11"
    assert len(run.tools.asked("add")) == 9
    assert len(run.tools.asked("send")) == 1
    assert [each.result for each in run.tools.archived] == [result]


async def test_an_edit_that_its_model_refuses_comes_back_and_harms_nothing(client: Client) -> None:
    async with batch(client, [1]) as run:
        await run.decide("edit", value={"value": 3})
        again = await run.review(2)
        assert again.notes == ["it cannot be so: the whole: Value error, it is odd"]
        assert [each.id for each in again.choices] == ["edit", "reject"]
        await run.decide("edit", value={"value": 4}, revision=2)
        assert (await run.result()).outcome == "done"
    assert [each["value"] for each in run.tools.asked("send")] == [4]


async def test_what_does_not_fit_ends_the_run_and_no_step_begins(client: Client) -> None:
    async with batch(client, ["one"]) as run:
        result = await run.result()
    assert result.outcome == "refused"
    assert result.summary.startswith("what it was handed does not fit: values/0: Input should be a valid integer")
    assert (run.tools.handed, len(run.tools.archived)) == ([], 1)


async def test_a_step_that_fails_for_good_is_for_a_person_who_may_skip_it_or_end_the_run(client: Client) -> None:
    for choice, ended in (("skip", ("done", "not sent")), ("abort", ("aborted", "nomsa ended it at send"))):
        broken = tool("send", fails, Sent, effect="irreversible", optional=True)
        async with batch(client, [1], Tools([*usual()[:2], broken])) as run:
            await run.decide("approve")
            failed = await eventually(lambda run=run: _failure(run))  # type: ignore[misc]
            assert failed.kind == "failure"
            await run.decide(choice)
            result = await run.result()
        assert result.outcome == ended[0]
        assert result.summary.startswith(ended[1])


async def _failure(run: Run) -> Review | None:
    review = await run.review()
    return review if review.kind == "failure" else None


async def test_a_wait_stands_still_while_the_run_is_paused(client: Client) -> None:
    async with batch(client, [1], wait_s=0.5) as run:
        await eventually(lambda: _waits(run))
        await run.handle.signal(names.PAUSE, Intervention(by="sipho"))
        await eventually(lambda: _paused(run))
        await asyncio.sleep(0.6)  # longer than it would have waited
        assert [each.step for each in (await run.status()).steps if each.state == "waiting"] == ["rest"]
        await run.handle.signal(names.RESUME, Intervention(by="sipho"))
        await run.decide("approve")
        assert (await run.result()).outcome == "done"


async def test_a_wait_that_comes_up_in_a_pause_begins_after_it(client: Client) -> None:
    gate = Gate(add)
    async with batch(client, [1], Tools([*usual()[1:], tool("add", gate)]), wait_s=0.5) as run:
        await until(lambda: gate.reached == 1)
        await run.handle.signal(names.PAUSE, Intervention(by="sipho"))
        await eventually(lambda: _paused(run))
        gate.opened.set()
        await eventually(lambda: _knows(run, "add/1"))
        assert not any(line.kind == "waiting" for line in (await run.record()).record)
        await run.handle.signal(names.RESUME, Intervention(by="sipho"))
        await eventually(lambda: _waits(run))
        await run.decide("approve")
        assert (await run.result()).outcome == "done"


async def test_an_effect_beside_a_step_that_ends_the_run_is_seen_through_and_nobody_is_said_to_have_cancelled_it(
    client: Client,
) -> None:
    gate = asyncio.Event()

    async def slow(handed: dict[str, Any]) -> BaseModel:
        await gate.wait()
        return Sent(reference="sent")

    tools = Tools([*usual()[:2], tool("send", slow, Sent, effect="irreversible")])
    async with batch(client, [1], tools, process="hasty") as run:
        await eventually(lambda: _asked(tools))
        await run.decide("reject")
        await eventually(lambda: _seen_through(run))
        gate.set()
        result = await run.result()
    assert (result.outcome, result.summary) == ("rejected", "Go on: rejected by nomsa")
    (record,) = tools.archived
    assert [fact.value for fact in record.facts if fact.name == "send"] == [{"reference": "sent"}]
    assert [line.text for line in record.record if line.kind == "cancelled"] == []


async def _asked(tools: Tools) -> bool | None:
    return bool(tools.asked("send")) or None


async def _seen_through(run: Run) -> bool | None:
    """Whether the run has asked how the attempt at it goes."""
    return (
        any(
            event.activity_task_scheduled_event_attributes.activity_type.name == names.LAST_ATTEMPT
            for event in (await run.handle.fetch_history()).events
        )
        or None
    )


async def _knows(run: Run, name: str) -> bool | None:
    return any(fact.name == name for fact in (await run.record()).facts) or None


async def _waits(run: Run) -> bool | None:
    return any(each.step == "rest" for each in (await run.status()).steps) or None


async def _paused(run: Run) -> bool | None:
    return bool((await run.status()).paused) or None


async def test_two_calls_under_one_key_are_told_to_be_a_mistake(client: Client) -> None:
    async with batch(client, [1, 2], same_key=True) as run:
        failed = await eventually(lambda: _task_failure(run))
        assert failed == "the step 'add' is asked for twice: give each a key of its own"
        await run.handle.terminate()


async def _task_failure(run: Run) -> str | None:
    for event in (await run.handle.fetch_history()).events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            return event.workflow_task_failed_event_attributes.failure.message
    return None


async def test_its_history_leads_the_same_way_again(client: Client) -> None:
    async with batch(client, range(4), wait_s=0.1) as run:
        await run.decide("approve")
        await run.result()
        history = await run.handle.fetch_history()
    assert await replay_failure(history, BatchWorkflow) is None

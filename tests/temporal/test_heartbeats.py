"""A step beats while it works, its last word is kept before it goes on, and it ends when nobody counts on it."""

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import PauseActivityRequest, UnpauseActivityRequest
from temporalio.client import (
    Client,
    HeartbeatAsyncActivityInput,
    OutboundInterceptor,
    WorkflowHandle,
)
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker

from baton.contracts.last_look import last_look
from baton.settings import Settings
from baton.temporal.heartbeats import UNSURE, Overtaken, last_word, leave_word
from baton.temporal.worker_options import worker_options
from tests.workflows.driver import eventually, until

from .one_step import OneStepWorkflow

Step = Callable[[], Awaitable[str]]


@dataclass
class Line(ClientInterceptor):
    """A worker's line to the server: what it says there for its steps, and whether it gets through."""

    client: Client
    said: list[tuple[object, ...]] = field(default_factory=list)
    cut: bool = False
    freezes_s: float = 0

    def connected(self) -> Client:
        """A client that speaks over this line."""
        return Client(**{**self.client.config(), "interceptors": [self]})  # type: ignore[arg-type]  # it is a config

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """Listen in."""
        return _Heard(next, self)


class _Heard(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, line: Line) -> None:
        super().__init__(next)
        self._line = line

    async def heartbeat_async_activity(self, input: HeartbeatAsyncActivityInput) -> None:
        if self._line.cut:
            raise RPCError("the line is cut", RPCStatusCode.UNAVAILABLE, b"")
        self._line.said.append(tuple(input.details))
        await super().heartbeat_async_activity(input)
        time.sleep(self._line.freezes_s)  # noqa: ASYNC251  # nothing in this process moves, as after SIGSTOP


def worker(client: Client, queue: str, step: Step, *, steps_only: bool = False) -> Worker:
    """A worker as every worker is made, for one step."""
    return Worker(
        client,
        workflows=[] if steps_only else [OneStepWorkflow],
        activities=[activity.defn(name="step")(step)],
        **worker_options(Settings(_env_file=None, task_queue=queue, worker_shutdown_seconds=1)),
    )


async def started(client: Client, queue: str, heartbeat_s: float) -> WorkflowHandle[OneStepWorkflow, str]:
    """A run of one step."""
    return await client.start_workflow(OneStepWorkflow.run, heartbeat_s, id=f"one-step/{queue}", task_queue=queue)


async def attempt_begun(handle: WorkflowHandle[OneStepWorkflow, str], number: int) -> None:
    """Wait until the step's attempt of this number has begun, or waits to begin."""

    async def look() -> bool | None:
        pending = (await handle.describe()).raw_description.pending_activities
        return any(each.attempt >= number for each in pending) or None

    await eventually(look)


async def ends(client: Client, step: Step, heartbeat_s: float) -> str:
    """How a run of this step ends."""
    queue = uuid4().hex
    async with worker(client, queue, step):
        handle = await started(client, queue, heartbeat_s)
        return await asyncio.wait_for(handle.result(), 30)


async def test_a_step_that_works_long_beats_and_is_left_alone(client: Client) -> None:
    async def step() -> str:
        await asyncio.sleep(6.5)  # the SDK gives up an attempt of which it saw no beat for the timeout and 5 s
        return f"attempt {activity.info().attempt}"

    assert await ends(client, step, 0.5) == "attempt 1"


async def test_a_short_step_says_nothing(client: Client) -> None:
    line = Line(client)

    async def step() -> str:
        return "done"

    assert await ends(line.connected(), step, 2) == "done"
    assert line.said == []


async def test_the_beat_ends_with_its_step(client: Client) -> None:
    line = Line(client)
    queue = uuid4().hex

    async def step() -> str:
        await until(lambda: bool(line.said))
        return "done"

    async with worker(line.connected(), queue, step):
        await (await started(client, queue, 8)).result()
        assert not [task for task in asyncio.all_tasks() if "_Attempt" in repr(task)]


async def test_every_beat_repeats_the_last_word(client: Client) -> None:
    line = Line(client)

    async def step() -> str:
        await leave_word("one")
        await leave_word("two")
        await until(lambda: len(line.said) >= 5)
        return "done"

    await ends(line.connected(), step, 1)
    assert line.said[:2] == [("one",), ("two",)]
    assert set(line.said[2:]) == {("two",)}


async def test_the_next_attempt_knows_the_last_word_of_one_that_failed(client: Client) -> None:
    async def step() -> str:
        if activity.info().attempt == 1:
            await leave_word("one")
            await leave_word("two")
            raise ValueError("it failed")
        return last_word()

    assert await ends(client, step, 2) == "two"


async def test_a_word_outlives_an_attempt_that_only_beats(client: Client) -> None:
    line = Line(client)

    async def step() -> str:
        number = activity.info().attempt
        if number == 1:
            await leave_word("sending")
        if number == 2:
            await until(lambda: len(line.said) >= 3)
        if number < 3:
            raise ValueError("it failed")
        return last_word()

    assert await ends(line.connected(), step, 1) == "sending"


async def test_a_steps_own_heartbeat_is_repeated_and_not_wiped_out(client: Client) -> None:
    line = Line(client)

    async def step() -> str:
        activity.heartbeat("page", 7)
        await until(lambda: len(line.said) >= 2)
        return "done"

    await ends(line.connected(), step, 1)
    assert set(line.said) == {("page", 7)}


async def test_an_attempt_that_stood_still_is_cut_off_and_the_next_one_goes_on(client: Client) -> None:
    effects: list[int] = []

    async def step() -> str:
        if activity.info().attempt == 1:
            time.sleep(1.5)  # noqa: ASYNC251  # nothing in this process moves, as after SIGSTOP
        await leave_word("sending")
        effects.append(activity.info().attempt)
        return last_word()

    assert await ends(client, step, 0.5) == ""
    assert len(effects) == 1
    assert effects != [1]


async def test_an_attempt_that_stood_still_after_its_word_does_not_go_on(client: Client) -> None:
    effects: list[int] = []

    async def step() -> str:
        if last_word() == "sending":
            return "told"
        await leave_word("sending")
        time.sleep(1.5)  # noqa: ASYNC251
        await asyncio.sleep(0)  # connecting, for example
        await asyncio.sleep(0.01)
        effects.append(activity.info().attempt)
        return "done"

    assert await ends(client, step, 0.5) == "told"
    assert effects == []


async def test_a_confirmation_that_is_read_too_late_is_none(client: Client) -> None:
    line = Line(client, freezes_s=1.5)
    effects: list[int] = []

    async def step() -> str:
        try:
            await leave_word("sending")
        finally:
            line.freezes_s = 0
        effects.append(activity.info().attempt)
        return "done"

    assert await ends(line.connected(), step, 0.5) == "done"
    assert 1 not in effects


async def test_an_attempt_that_lost_the_server_ends_before_another_begins(client: Client) -> None:
    line = Line(client)
    moments: dict[str, float] = {}

    async def step() -> str:
        if activity.info().attempt > 1:
            moments["began"] = time.monotonic()
            return "another"
        await until(lambda: bool(line.said))
        line.cut = True
        try:
            await asyncio.sleep(20)
        finally:
            moments["ended"] = time.monotonic()
            line.cut = False
        return "lost"

    assert await ends(line.connected(), step, 2) == "another"
    assert moments["ended"] < moments["began"]


async def test_the_last_look_of_a_process_that_stood_still_tells_before_anything_is_cut_off(client: Client) -> None:
    looks: list[str] = []

    async def step() -> str:
        if activity.info().attempt > 1:
            return "another"
        last_look()
        await asyncio.to_thread(last_look)
        time.sleep(0.7)  # noqa: ASYNC251  as a process that is frozen: nothing of it runs, nor is cut off
        try:
            last_look()
        except Overtaken as overtaken:
            looks.append(str(overtaken))
            raise
        return "the first"

    assert await ends(Line(client).connected(), step, 0.5) == "another"
    assert looks == ["this process stood still: another attempt may have begun"]


async def test_no_word_no_effect_when_the_server_does_not_confirm(client: Client) -> None:
    line = Line(client, cut=True)
    caught: list[str] = []

    async def step() -> str:
        try:
            await leave_word("sending")
        except Overtaken as overtaken:
            caught.append(str(overtaken))
            line.cut = False
            raise
        return f"attempt {activity.info().attempt}"

    assert await ends(line.connected(), step, 2) == "attempt 2"
    assert "UNAVAILABLE" in caught[0]


@pytest.mark.parametrize("heartbeat_s", [0, 20])
async def test_an_attempt_that_the_server_has_given_up_is_told_at_its_word(client: Client, heartbeat_s: float) -> None:
    caught: list[str] = []
    queue = uuid4().hex
    given_up = asyncio.Event()

    async def step() -> str:
        try:
            await given_up.wait()
            await leave_word("sending")
        except Overtaken as overtaken:
            caught.append(str(overtaken))
            raise
        return "done"

    async with worker(client, queue, step):
        handle = await started(client, queue, heartbeat_s)
        await attempt_begun(handle, 1)
        await handle.terminate()
        given_up.set()
        await until(lambda: bool(caught))
    assert caught == ["the server has given this attempt up"]


async def test_a_word_is_kept_also_without_a_heartbeat_timeout(client: Client) -> None:
    async def step() -> str:
        if activity.info().attempt == 1:
            await leave_word("sending")
            raise ValueError("it failed")
        return last_word()

    assert await ends(client, step, 0) == "sending"


async def test_a_step_that_is_paused_at_its_word_does_nothing_and_leaves_the_word_before(client: Client) -> None:
    queue = uuid4().hex
    effects: list[int] = []
    paused, reached = asyncio.Event(), asyncio.Event()

    async def step() -> str:
        if activity.info().attempt > 1:
            return last_word()
        await leave_word("before")
        reached.set()
        await paused.wait()
        await leave_word("sending")
        effects.append(1)
        return "done"

    async with worker(client, queue, step):
        handle = await started(client, queue, 10)
        await reached.wait()
        (pending,) = (await handle.describe()).raw_description.pending_activities
        of_it: dict[str, Any] = {
            "namespace": client.namespace,
            "execution": WorkflowExecution(workflow_id=handle.id),
            "id": pending.activity_id,
        }
        await client.workflow_service.pause_activity(PauseActivityRequest(**of_it))
        paused.set()
        await attempt_begun(handle, 2)
        await client.workflow_service.unpause_activity(UnpauseActivityRequest(**of_it))
        assert await asyncio.wait_for(handle.result(), 30) == "before"
    assert effects == []


@pytest.mark.parametrize(
    ("left", "read"),
    [([], ""), (["sending"], "sending"), ([UNSURE], UNSURE), (["not sent", UNSURE], UNSURE)],
)
def test_what_the_sdk_carried_may_be_older_than_what_was_left(left: list[str], read: str) -> None:
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, heartbeat_details=left)
    assert environment.run(last_word) == read


async def test_without_a_worker_the_word_is_an_ordinary_heartbeat() -> None:
    said: list[object] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = said.append
    await environment.run(leave_word, "sending")
    assert said == ["sending"]


async def test_a_worker_without_the_interceptor_says_that_it_has_no_fence(client: Client) -> None:
    queue = uuid4().hex

    @activity.defn(name="step")
    async def step() -> str:
        try:
            await leave_word("sending")
        except RuntimeError as missing:
            return str(missing)
        return "done"

    async with Worker(client, task_queue=queue, workflows=[OneStepWorkflow], activities=[step]):
        assert "worker_options" in await (await started(client, queue, 2)).result()

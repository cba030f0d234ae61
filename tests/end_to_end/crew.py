"""Two workers of one installation, as processes that a test can kill or have stand still."""

from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import EventType, PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowHandle

from baton.temporal.embedded import ServerAddress
from tests.workflows.driver import eventually, until

from .office import Office, systems_only, worker_process

LONG_S = 60.0
Running = WorkflowHandle[Any, Any]


@dataclass
class Crew:
    """An installation and its workers."""

    shop: Office
    workers: list[Process]

    async def at_step(self, run: Running, step: str) -> Process:
        """The worker that is at this step."""
        return self._of((await begun(run, step)).last_worker_identity)

    async def at_run(self, run: Running) -> Process:
        """The worker that keeps this run in its cache."""
        last = ""
        async for event in run.fetch_history_events():
            if event.HasField("workflow_task_started_event_attributes"):
                last = event.workflow_task_started_event_attributes.identity
        return self._of(last)

    def _of(self, identity: str) -> Process:
        (found,) = [worker for worker in self.workers if identity.startswith(f"{worker.pid}@")]
        return found


@asynccontextmanager
async def crew(client: Client, server: ServerAddress, place: Path) -> AsyncIterator[Crew]:
    """Two workers that have said that they work."""
    logs = [place / "one.log", place / "two.log"]
    async with AsyncExitStack() as stack:
        shop = await stack.enter_async_context(systems_only(client, place))
        workers = [await stack.enter_async_context(worker_process(shop.settings, server, log)) for log in logs]
        await until(lambda: all("Working on task queue" in log.read_text() for log in logs), LONG_S)
        yield Crew(shop, workers)


async def begun(run: Running, step: str, attempt: int = 1) -> PendingActivityInfo:
    """This attempt at a step, or a later one, once a worker is at it."""

    async def look() -> PendingActivityInfo | None:
        for each in (await run.describe()).raw_description.pending_activities:
            at_it = each.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
            if at_it and each.attempt >= attempt and each.activity_type.name == step:
                return each
        return None

    return await eventually(look, LONG_S, every_s=0.02)


async def next_event(run: Running, kind: "EventType.ValueType", after: datetime) -> datetime:
    """When the next event of this kind was, by the server's clock, once it was."""

    async def look() -> datetime | None:
        async for event in run.fetch_history_events():
            when = event.event_time.ToDatetime(UTC)
            if event.event_type == kind and when > after:
                return when
        return None

    return await eventually(look, LONG_S, every_s=0.1)


async def kill(worker: Process) -> datetime:
    """kill -9; the moment before."""
    moment = datetime.now(UTC)
    worker.kill()
    await worker.wait()
    return moment

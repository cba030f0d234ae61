"""Workers as processes of their own that die, or stand still, once at every step; and others that take over."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any, Literal

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor, Worker

from activities.capability import steps_of
from baton.connectors.load import load_systems
from baton.settings import Settings
from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import ServerAddress
from baton.temporal.worker_options import worker_options
from tests.end_to_end.office import Handle
from worker import WORKFLOWS, agents_for

Moment = Literal["before", "during", "after"]
Way = Literal["killed", "frozen"]

CONNECTORS = ("baton.connectors.http_orders", "baton.connectors.http_crm", "baton.connectors.smtp_mail")
AT_WORK = 2
IN_THE_MIDDLE_S = 0.1


@dataclass(frozen=True)
class Fall:
    """When and how a worker falls; `marks` remembers, for all workers, at which steps one did."""

    moment: Moment
    way: Way
    marks: Path

    def is_due(self, step: str) -> bool:
        """Whether no worker fell at this step yet; whoever asks first is the one that falls."""
        try:
            (self.marks / step).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def happen(self, step: str) -> None:
        """Fall. One that stands still goes on here when it is woken."""
        (self.marks / step).write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL if self.way == "killed" else signal.SIGSTOP)

    def fell_at(self) -> dict[str, int]:
        """The steps at which a worker fell, and its process id."""
        return {mark.name: int(mark.read_text() or 0) for mark in self.marks.iterdir()}


class Falls(Interceptor):
    """Worker interceptor: at each step's boundary one worker falls."""

    def __init__(self, fall: Fall) -> None:
        self._fall = fall

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """One attempt, at whose boundary the worker may fall."""
        return _Falling(next, self._fall)


class _Falling(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, fall: Fall) -> None:
        super().__init__(next)
        self._fall = fall

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        step = activity.info().activity_type
        if not self._fall.is_due(step):
            return await self.next.execute_activity(input)
        if self._fall.moment == "before":
            self._fall.happen(step)
            return await self.next.execute_activity(input)
        working = asyncio.ensure_future(self.next.execute_activity(input))
        await asyncio.wait([working], timeout=IN_THE_MIDDLE_S if self._fall.moment == "during" else None)
        self._fall.happen(step)
        return await working


@dataclass
class Pool:
    """Keeps so many workers at work: starts another for each that died, and wakes each that was given up."""

    settings: Settings
    server: ServerAddress
    fall: Fall
    _workers: list[ForkServerProcess] = field(default_factory=list)
    _woken: set[str] = field(default_factory=set)

    async def look_after(self, handle: Handle) -> None:
        """Until cancelled."""
        while True:
            standing = {pid: step for step, pid in self.fall.fell_at().items() if step not in self._woken}
            self._workers = [worker for worker in self._workers if worker.is_alive()]
            for worker in self._workers:
                step = standing.get(worker.pid or -1)
                if self.fall.way == "frozen" and step is not None and await _given_up(handle, step):
                    self._woken.add(step)
                    os.kill(worker.pid or 0, signal.SIGCONT)
            for _ in range(AT_WORK - len([each for each in self._workers if each.pid not in standing])):
                self._workers.append(_started(self.settings, self.server, self.fall))
            await asyncio.sleep(0.05)

    def end(self) -> None:
        """Kill all; one that stands still dies as well."""
        for worker in self._workers:
            worker.kill()
            worker.join()


async def _given_up(handle: Handle, step: str) -> bool:
    """Whether the server has taken the step away from whoever had it first."""
    pending = (await handle.describe()).raw_description.pending_activities
    return all(each.attempt > 1 for each in pending if each.activity_type.name == step)


@asynccontextmanager
async def falling_workers(settings: Settings, server: ServerAddress, fall: Fall, handle: Handle) -> AsyncIterator[Pool]:
    """Workers on this installation's queue, until the test leaves."""
    pool = Pool(settings, server, fall)
    looking_after = asyncio.create_task(pool.look_after(handle))
    try:
        yield pool
    finally:
        looking_after.cancel()
        with suppress(asyncio.CancelledError):
            await looking_after
        pool.end()


def _started(settings: Settings, server: ServerAddress, fall: Fall) -> ForkServerProcess:
    """One more worker, forked from a process that has imported everything: thirty of them cost little."""
    process = _forks().Process(target=_work, args=(settings, server, fall), daemon=True)
    process.start()
    return process


def _forks() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *CONNECTORS])
    return context


def _work(settings: Settings, server: ServerAddress, fall: Fall) -> None:
    asyncio.run(_until_the_tests_end(settings, server, fall))


async def _until_the_tests_end(settings: Settings, server: ServerAddress, fall: Fall) -> None:
    client = await connect_embedded(server)
    options = worker_options(settings)
    options["interceptors"] = [*options["interceptors"], Falls(fall)]
    # Few: what the server hands to a worker that stands still waits for a timeout.
    options["max_concurrent_activity_task_polls"] = 1
    async with (
        load_systems(settings) as systems,
        Worker(
            client,
            workflows=WORKFLOWS,
            activities=steps_of(agents_for(settings, systems, client)),
            max_concurrent_workflow_task_polls=2,
            **options,
        ),
    ):
        parent = multiprocessing.parent_process()
        assert parent is not None
        left_alone = asyncio.Event()
        asyncio.get_running_loop().add_reader(parent.sentinel, left_alone.set)
        await left_alone.wait()

"""A process as small as possible, with the options of every worker: one step that waits, then does something once.

python -m tests.end_to_end.small_work HOST:PORT QUEUE PLACE
"""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from baton.settings import Settings
    from baton.temporal.embedded import ServerAddress
    from baton.temporal.heartbeats import last_word, leave_word
    from baton.temporal.worker_options import worker_options
    from tests.workflows.driver import until

SOON_AGAIN = RetryPolicy(initial_interval=timedelta(seconds=0.2))

ACTING = "acting"
ROOT = Path(__file__).parents[2]
LONG_S = 60.0


@workflow.defn
class SmallWorkflow:
    """One step, as an activity or a local one."""

    @workflow.run
    async def run(self, local: bool) -> str:
        """What the step says."""
        if local:
            return await workflow.execute_local_activity_method(
                Place.look, start_to_close_timeout=timedelta(seconds=60), retry_policy=SOON_AGAIN
            )
        return await workflow.execute_activity_method(
            Place.act,
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=timedelta(seconds=2),
            retry_policy=SOON_AGAIN,
        )


class Place:
    """A directory in which a step leaves traces: files `begun-<pid>`, and one line in `effects` for each effect."""

    def __init__(self, place: Path) -> None:
        self.place = place

    @activity.defn
    async def look(self) -> str:
        """Wait until there is a file `go`."""
        (self.place / f"begun-{os.getpid()}").touch()
        while not (self.place / "go").exists():  # noqa: ASYNC110  # another process makes it
            await asyncio.sleep(0.02)
        return str(os.getpid())

    @activity.defn
    async def act(self) -> str:
        """Wait likewise, then do something that cannot be taken back."""
        if last_word() == ACTING:
            return f"an earlier attempt was {ACTING}"
        await self.look()
        await leave_word(ACTING)
        with (self.place / "effects").open("a") as effects:
            effects.write(f"{os.getpid()}\n")
        return str(os.getpid())


async def work(address: str, queue: str, place: Path) -> None:
    """One worker."""
    client = await Client.connect(address)
    steps = Place(place)
    options = worker_options(Settings(_env_file=None, task_queue=queue))
    async with Worker(client, workflows=[SmallWorkflow], activities=[steps.look, steps.act], **options):
        (place / f"ready-{os.getpid()}").touch()
        await asyncio.Event().wait()


@asynccontextmanager
async def small_worker(server: ServerAddress, queue: str, place: Path) -> AsyncIterator[Process]:
    """Such a worker as a process of its own, once it works."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.end_to_end.small_work", server.host_port, queue, str(place), cwd=ROOT
    )
    try:
        await until((place / f"ready-{worker.pid}").exists, LONG_S)
        yield worker
    finally:
        if worker.returncode is None:
            worker.kill()
        await worker.wait()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], Path(sys.argv[3])))

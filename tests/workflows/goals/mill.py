"""A worker of its own process, whose effects leave traces that outlive it.

python -m tests.workflows.goals.mill HOST:PORT QUEUE PLACE
"""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from temporalio.client import Client
from temporalio.worker import Worker

from baton.settings import Settings
from baton.temporal.converter import data_converter
from baton.temporal.embedded import ServerAddress
from baton.temporal.worker_options import worker_options
from tests.workflows.driver import until
from workflows.goal import GoalWorkflow

from .tools import Sent, Tools, tool, usual

ROOT = Path(__file__).parents[3]
LONG_S = 60.0


class Post:
    """Sends, one file a key, and a line for each time that it is asked to."""

    def __init__(self, place: Path) -> None:
        self.place = place

    async def send(self, handed: dict[str, Any]) -> BaseModel:
        """Send, unless that key was sent."""
        await asyncio.sleep(0.1)
        key = handed["key"].replace("/", "_")
        with (self.place / "asked").open("a") as asked:
            asked.write(f"{key}\n")
        try:
            os.close(os.open(self.place / f"sent-{key}", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return Sent(reference=f"{key}, sent before")
        return Sent(reference=key)


def mill(place: Path) -> Tools:
    """Its tools."""
    return Tools(
        [*usual()[:2], tool("send", Post(place).send, Sent, effect="idempotent_write", attempts=5, heartbeat_s=2)]
    )


async def work(address: str, queue: str, place: Path) -> None:
    """One worker."""
    client = await Client.connect(address, data_converter=data_converter())
    options = worker_options(Settings(_env_file=None, task_queue=queue))
    async with Worker(client, workflows=[GoalWorkflow], activities=mill(place).activities(), **options):
        (place / f"ready-{os.getpid()}").touch()
        await asyncio.Event().wait()


@asynccontextmanager
async def mill_worker(server: ServerAddress, queue: str, place: Path) -> AsyncIterator[Process]:
    """Such a worker, once it works."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.workflows.goals.mill", server.host_port, queue, str(place), cwd=ROOT
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

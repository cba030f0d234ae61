"""A worker as the trial runs it: the product's own, or the naive twin's, each in danger around every activity."""

import asyncio
import logging
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client
from temporalio.worker import Worker

from baton.connectors.load import load_systems
from baton.settings import Settings
from baton.temporal.connect import NoServer, connect
from baton.temporal.leaving import run_and_leave
from baton.temporal.server_files import ServerAddress
from baton.temporal.worker_options import worker_options
from worker import build_worker

from .boundaries import Tokens
from .danger import Danger
from .naive import NaiveWorkflow
from .naive_steps import NaiveSteps


@dataclass(frozen=True)
class Employment:
    """What a worker is told when it starts. It joins the process `group`, so that it ends with the trial."""

    settings: Settings
    server: ServerAddress
    tokens: Path
    group: int
    log: Path
    naive: bool


def work(told: Employment) -> None:
    """Work in this process until it is killed."""
    os.setpgid(0, told.group)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log = os.open(told.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    logging.basicConfig(level=logging.WARNING, format=f"%(asctime)s {os.getpid()} %(levelname)s %(message)s")
    run_and_leave(lambda: asyncio.run(_work(told)))


async def _work(told: Employment) -> None:
    try:
        client = await connect(told.settings, embedded=told.server)
    except NoServer as problem:  # it was killed a moment ago: the next worker will find it
        logging.warning("%s", problem)
        return
    client = Client(**(client.config() | {"interceptors": [Danger(Tokens(told.tokens))]}))
    async with load_systems(told.settings) as systems:
        made = naive_worker(client, told.settings) if told.naive else build_worker(client, told.settings, systems)
        await made.run()


def naive_worker(client: Client, settings: Settings) -> Worker:
    """A worker of the naive twin, with the options of the product's own."""
    steps = NaiveSteps(settings)
    return Worker(
        client,
        workflows=[NaiveWorkflow],
        activities=[steps.propose, steps.act, steps.send, steps.log],
        **worker_options(settings),
    )

"""A worker in a process of its own: `python -m bench.measured.worker SIDE STATE_DIR QUEUE SYSTEMS TELL`."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.capability import steps_of
from baton.connectors.load import load_systems
from baton.settings import Settings
from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import ServerAddress, running
from baton.temporal.leaving import run_and_leave
from baton.temporal.worker_options import worker_options, workflow_runner
from bench.instruments.processes import until_let_go
from bench.measured.baton_steps import BatonSteps
from bench.measured.by_hand import HandWrittenEnquiry
from bench.measured.enquiry import Shop
from bench.measured.growing import GrowingRun
from bench.measured.growing_steps import Adder
from bench.measured.hand_steps import HandSteps
from bench.measured.telling import Tell
from bench.measured.with_baton import BatonEnquiry
from worker import build_worker


@asynccontextmanager
async def by_hand(server: ServerAddress, queue: str, shop: str, tell: str) -> AsyncIterator[None]:
    """As Temporal's documentation has it; the models are loaded once, as ours are."""
    steps = HandSteps(Shop(shop), Tell(int(tell)))
    async with Worker(
        await Client.connect(server.host_port, data_converter=pydantic_data_converter),
        task_queue=queue,
        workflows=[HandWrittenEnquiry],
        activities=[
            steps.read_message,
            steps.check_order,
            steps.look_up_policy,
            steps.write_draft,
            steps.act,
            steps.send,
            steps.log,
        ],
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules("baton")
        ),
    ):
        yield


@asynccontextmanager
async def with_baton(server: ServerAddress, queue: str, shop: str, tell: str) -> AsyncIterator[None]:
    """The measured enquiry with the options of worker.py."""
    options = worker_options(Settings(_env_file=None, task_queue=queue))
    options["workflow_runner"] = workflow_runner("bench.measured")  # what lies in workflows/ is loaded once too
    async with Worker(
        await connect_embedded(server),
        workflows=[BatonEnquiry, GrowingRun],
        activities=steps_of([BatonSteps(Shop(shop), Tell(int(tell))), Adder()]),
        **options,
    ):
        yield


@asynccontextmanager
async def whole(server: ServerAddress, queue: str, systems: str, tell: str) -> AsyncIterator[None]:
    """The worker of worker.py itself, pointed at the demo systems; it tells nothing."""
    at = json.loads(systems)
    with tempfile.TemporaryDirectory() as state_dir:
        settings = (
            Settings(_env_file=None, task_queue=queue, state_dir=Path(state_dir))
            .with_options("ORDER_SYSTEM", {"url": at["orders_url"]})
            .with_options("CRM", {"url": at["crm_url"]})
            .with_options(
                "MAILBOX", {"host": at["smtp_host"], "port": str(at["smtp_port"]), "sent_url": at["mail_url"]}
            )
        )
        client = await connect_embedded(server)
        async with load_systems(settings) as connected, build_worker(client, settings, connected):
            yield


SIDES = {"by_hand": by_hand, "with_baton": with_baton, "whole": whole}


async def _work(side: str, state_dir: str, queue: str, systems: str, tell: str) -> None:
    server = running(Path(state_dir))
    assert server is not None
    async with SIDES[side](server, queue, systems, tell):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await until_let_go()


if __name__ == "__main__":
    run_and_leave(lambda: asyncio.run(_work(*sys.argv[1:])))

"""One worker for both, on the queues `plans` and `by_hand`: `python -m bench.measured.plan_worker HOST:PORT DIR`."""

import asyncio
import sys
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.archivist import Archivist
from activities.capability import steps_of
from activities.composer import Composer
from activities.plan_desk import PlanDesk
from baton.archive import Archive
from baton.settings import Settings
from baton.temporal.converter import data_converter
from baton.temporal.leaving import run_and_leave
from baton.temporal.worker_options import worker_options
from bench.instruments.processes import until_let_go
from bench.measured.plan_by_hand import AddByHand
from bench.measured.plan_steps import AddsOne, add_one_by_hand
from workflows.goal import GoalWorkflow


async def _work(address: str, state_dir: str) -> None:
    plans = Worker(
        await Client.connect(address, data_converter=data_converter()),
        workflows=[GoalWorkflow],
        activities=steps_of([AddsOne(), PlanDesk(), Composer(), Archivist(Archive(Path(state_dir)))]),
        **worker_options(Settings(_env_file=None, task_queue="plans")),
    )
    restrictions = SandboxRestrictions.default.with_passthrough_modules("baton", "activities", "bench")
    by_hand = Worker(
        await Client.connect(address, data_converter=pydantic_data_converter),
        task_queue="by_hand",
        workflows=[AddByHand],
        activities=[add_one_by_hand],
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
    )
    async with plans, by_hand:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await until_let_go()


if __name__ == "__main__":
    run_and_leave(lambda: asyncio.run(_work(*sys.argv[1:])))

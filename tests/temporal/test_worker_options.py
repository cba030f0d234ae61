"""What each worker is made with."""

import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from baton.settings import Settings
from baton.temporal.worker_options import CHECKOUT, ROOMS, build_of, worker_options

from .first_word import FirstWordWorkflow

QUEUE = "few-in-memory"


@pytest.mark.parametrize("tasks", [2, 50])
async def test_a_worker_that_keeps_one_run_in_memory_serves_many(client: Client, tasks: int) -> None:
    settings = Settings(_env_file=None, task_queue=QUEUE, worker_max_cached_runs=1, worker_max_workflow_tasks=tasks)
    options = worker_options(settings)
    assert options["max_cached_workflows"] == 1
    async with Worker(client, workflows=[FirstWordWorkflow], **options):
        runs = [
            await client.start_workflow(FirstWordWorkflow.run, id=f"{QUEUE}/{tasks}/{number}", task_queue=QUEUE)
            for number in range(5)
        ]
        for word in ("one", "two"):
            for run in runs:
                await run.signal(FirstWordWorkflow.say, word)
        for run in runs:
            assert await run.query(FirstWordWorkflow.words) == ["one", "two"]
        for run in runs:
            with suppress(RPCError):  # one whose first word seemed late has ended
                await run.terminate()


def test_the_same_code_is_the_same_build_and_one_changed_line_is_another(tmp_path: Path) -> None:
    for room in ROOMS:
        shutil.copytree(CHECKOUT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    assert build_of(tmp_path) == build_of()
    build_of.cache_clear()
    with (tmp_path / "workflows" / "enquiry.py").open("a") as changed:
        changed.write("\n")
    assert build_of(tmp_path) != build_of()

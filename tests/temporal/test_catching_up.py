"""A query that reaches a new worker before the workflow task does leaves nothing behind in the run."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError
from temporalio.worker import Replayer, Worker

from baton.cli.runs import Runs
from baton.contracts import names
from baton.settings import Settings
from baton.temporal.catching_up import ASK_AGAIN
from baton.temporal.converter import data_converter
from baton.temporal.worker_options import STICKY_TIMEOUT, workflow_runner

from .first_word import FirstWordWorkflow

MANY = 12
"""Of so many at once, most queries come before their tasks."""

Waiting = WorkflowHandle[FirstWordWorkflow, str]
Ask = Callable[[Waiting], Coroutine[Any, Any, object]]


@asynccontextmanager
async def asked_while_no_worker_was_up(client: Client, ask: Ask) -> AsyncIterator[tuple[list[Waiting], list[object]]]:
    """Runs that were asked, and then told something, while no worker was up; one is up now, and has answered."""
    queue = f"catching-up-{uuid4().hex[:8]}"

    def worker() -> Worker:
        return Worker(
            client,
            task_queue=queue,
            workflows=[FirstWordWorkflow],
            workflow_runner=workflow_runner(),
            sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        )

    async with worker():
        runs = [
            await client.start_workflow(
                FirstWordWorkflow.run, id=names.workflow_id(f"{queue}-{number}"), task_queue=queue
            )
            for number in range(MANY)
        ]
        for run in runs:
            await run.query(FirstWordWorkflow.reviews)
    asked = [asyncio.create_task(ask(run)) for run in runs]
    await asyncio.sleep(1)  # the time that passes is what the runs are about
    for run in runs:
        await run.signal(FirstWordWorkflow.say, "late")
    async with worker():
        yield runs, await asyncio.gather(*asked, return_exceptions=True)


async def test_a_query_that_came_first_fails_and_the_run_goes_on_as_its_history_says(client: Client) -> None:
    async with asked_while_no_worker_was_up(client, ask_once) as (runs, answers):
        refused = [answer for answer in answers if isinstance(answer, WorkflowQueryFailedError)]
        assert refused, "no query came before its task: this tried nothing"
        assert {str(refusal) for refusal in refused} == {ASK_AGAIN}
        assert all(answer == [] for answer in answers if answer not in refused)
        async with asyncio.timeout(10):
            assert [await run.result() for run in runs] == ["late"] * MANY
    for run in runs:
        assert await replay_failure(run) is None


async def test_the_command_line_asks_again(client: Client) -> None:
    commands = Runs(client, Settings(), ui="")

    async def ask(run: Waiting) -> object:
        return await commands.reviews(run.id.removeprefix("enquiry/"))

    async with asked_while_no_worker_was_up(client, ask) as (_, answers):
        assert answers == [[]] * MANY


async def ask_once(run: Waiting) -> object:
    return await run.query(FirstWordWorkflow.reviews)


async def replay_failure(run: Waiting) -> Exception | None:
    replayer = Replayer(
        workflows=[FirstWordWorkflow], data_converter=data_converter(), workflow_runner=workflow_runner()
    )
    return (await replayer.replay_workflow(await run.fetch_history(), raise_on_replay_failure=False)).replay_failure

"""A query that reaches a new worker before the workflow task does leaves nothing behind in the run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.bridge.proto.workflow_activation import SignalWorkflow, WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_completion import Success, WorkflowActivationCompletion
from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError
from temporalio.worker import Replayer, Worker, WorkflowInstance

from baton.temporal.asking_again import NOT_YET
from baton.temporal.catching_up import Watched
from baton.temporal.converter import data_converter
from baton.temporal.worker_options import STICKY_TIMEOUT, workflow_runner

from .first_word import FirstWordWorkflow

MANY = 12
"""Of so many at once, most queries come before their tasks."""

Waiting = WorkflowHandle[FirstWordWorkflow, str]


@asynccontextmanager
async def asked_while_no_worker_was_up(
    client: Client, asks: Client
) -> AsyncIterator[tuple[list[Waiting], list[object]]]:
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
            await client.start_workflow(FirstWordWorkflow.run, id=f"{queue}-{number}", task_queue=queue)
            for number in range(MANY)
        ]
        for run in runs:
            await run.query(FirstWordWorkflow.words)
    asked = [asyncio.create_task(asks.get_workflow_handle(run.id).query(FirstWordWorkflow.words)) for run in runs]
    await asyncio.sleep(1)  # the time that passes is what the runs are about
    for run in runs:
        await run.signal(FirstWordWorkflow.say, "late")
    async with worker():
        yield runs, await asyncio.gather(*asked, return_exceptions=True)


async def test_a_query_that_came_first_fails_and_the_run_goes_on_as_its_history_says(client: Client) -> None:
    plain = Client(**{**client.config(), "interceptors": []})  # type: ignore[arg-type]  # it is a config
    async with asked_while_no_worker_was_up(client, plain) as (runs, answers):
        refused = [answer for answer in answers if isinstance(answer, WorkflowQueryFailedError)]
        assert refused, "no query came before its task: this tried nothing"
        assert {str(refusal) for refusal in refused} == {NOT_YET}
        assert all(answer == ["late"] for answer in answers if answer not in refused)
        async with asyncio.timeout(10):
            assert [await run.result() for run in runs] == ["late"] * MANY
    for run in runs:
        assert await replay_failure(run) is None


async def test_a_client_of_ours_asks_until_the_run_has_caught_up(client: Client) -> None:
    async with asked_while_no_worker_was_up(client, client) as (_, answers):
        assert answers == [["late"]] * MANY


async def replay_failure(run: Waiting) -> Exception | None:
    replayer = Replayer(
        workflows=[FirstWordWorkflow], data_converter=data_converter(), workflow_runner=workflow_runner()
    )
    return (await replayer.replay_workflow(await run.fetch_history(), raise_on_replay_failure=False)).replay_failure


class Willing(WorkflowInstance):
    """A run that takes whatever it is handed."""

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return WorkflowActivationCompletion(run_id=act.run_id, successful=Success())

    def get_serialization_context(self, command_info: object) -> None: ...

    def get_external_store_context(self, command_info: object) -> Any: ...

    def get_info(self) -> Any: ...


def handed(events: int, *, at: int, size: int, replaying: bool = False) -> WorkflowActivation:
    """What the SDK hands a run, with a signal in it."""
    return WorkflowActivation(
        run_id="r",
        timestamp=Timestamp(seconds=at),
        history_length=events,
        history_size_bytes=size,
        is_replaying=replaying,
        jobs=[WorkflowActivationJob(signal_workflow=SignalWorkflow(signal_name="say"))],
    )


@pytest.mark.parametrize(
    ("next_", "taken"),
    [
        (handed(9, at=11, size=900), True),
        (handed(8, at=10, size=500), False),
        (handed(9, at=10, size=900), True),
        (handed(4, at=10, size=500), True),
        (handed(9, at=10, size=500, replaying=True), True),
    ],
    ids=["the next task", "events without a task", "a task by a clock put back", "the same task", "a replay"],
)
def test_only_events_that_no_task_knows_of_are_refused(next_: WorkflowActivation, taken: bool) -> None:
    run = Watched(Willing())
    assert run.activate(handed(4, at=10, size=500)).HasField("successful")
    assert run.activate(next_).HasField("successful") is taken

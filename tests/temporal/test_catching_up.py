"""A query that reaches a new worker before the workflow task does leaves nothing behind in the run."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import Payload
from temporalio.bridge.proto.workflow_activation import (
    InitializeWorkflow,
    QueryWorkflow,
    SignalWorkflow,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_completion import Success, WorkflowActivationCompletion
from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError
from temporalio.worker import Worker, WorkflowInstance

from baton.settings import Settings
from baton.temporal.asking_again import NOT_YET, RUN_IS_OVER
from baton.temporal.catching_up import Watched
from baton.temporal.replaying import replay_failure
from baton.temporal.worker_options import worker_options

from .first_word import FirstWordWorkflow

MANY = 12
"""Of so many at once, most queries come before their tasks."""

Waiting = WorkflowHandle[FirstWordWorkflow, str]


def a_worker(client: Client, queue: str) -> Worker:
    """One as the product has it."""
    return Worker(client, workflows=[FirstWordWorkflow], **worker_options(Settings(task_queue=queue)))


def without_asking_again(client: Client) -> Client:
    """A client as others have it, the Temporal UI for one."""
    return Client(**{**client.config(), "interceptors": []})  # type: ignore[arg-type]  # it is a config


@asynccontextmanager
async def asked_while_no_worker_was_up(
    client: Client, asks: Client
) -> AsyncIterator[tuple[list[Waiting], list[object]]]:
    """Runs that were asked, and then told something, while no worker was up; one is up now, and has answered."""
    queue = f"catching-up-{uuid4().hex[:8]}"

    async with a_worker(client, queue):
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
    async with a_worker(client, queue):
        yield runs, await asyncio.gather(*asked, return_exceptions=True)


async def test_a_query_that_came_first_fails_and_the_run_goes_on_as_its_history_says(client: Client) -> None:
    async with asked_while_no_worker_was_up(client, without_asking_again(client)) as (runs, answers):
        refused = [answer for answer in answers if isinstance(answer, WorkflowQueryFailedError)]
        assert refused, "no query came before its task: this tried nothing"
        assert {str(refusal) for refusal in refused} == {NOT_YET}
        assert all(answer == ["late"] for answer in answers if answer not in refused)
        async with asyncio.timeout(10):
            assert [await run.result() for run in runs] == ["late"] * MANY
    for run in runs:
        assert await failure_of(run) is None


async def test_a_client_of_ours_asks_until_the_run_has_caught_up(client: Client) -> None:
    async with asked_while_no_worker_was_up(client, client) as (_, answers):
        assert answers == [["late"]] * MANY


async def test_a_run_that_was_ended_with_something_unread_answers_a_client_of_ours(client: Client) -> None:
    queue = f"catching-up-{uuid4().hex[:8]}"
    async with a_worker(client, queue):
        run = await client.start_workflow(FirstWordWorkflow.run, id=queue, task_queue=queue)
        await run.query(FirstWordWorkflow.words)
    await run.signal(FirstWordWorkflow.say, "never read")
    await run.terminate()
    others = without_asking_again(client).get_workflow_handle(run.id)
    async with a_worker(client, queue):
        for _ in range(2):
            with pytest.raises(WorkflowQueryFailedError, match=NOT_YET):
                await others.query(FirstWordWorkflow.words)
            assert await run.query(FirstWordWorkflow.words) == ["never read"]


async def failure_of(run: Waiting) -> Exception | None:
    return await replay_failure(await run.fetch_history(), FirstWordWorkflow)


class Willing(WorkflowInstance):
    """A run that takes whatever it is handed."""

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return WorkflowActivationCompletion(run_id=act.run_id, successful=Success())

    def get_serialization_context(self, command_info: object) -> None: ...

    def get_external_store_context(self, command_info: object) -> Any: ...

    def get_info(self) -> Any: ...


def handed(job: WorkflowActivationJob, events: int, at: int, size: int, *, replaying: bool) -> WorkflowActivation:
    """What the SDK hands a run."""
    return WorkflowActivation(
        run_id="r",
        timestamp=Timestamp(seconds=at),
        history_length=events,
        history_size_bytes=size,
        is_replaying=replaying,
        jobs=[job],
    )


def first(*, replaying: bool) -> WorkflowActivation:
    """The beginning of a run."""
    job = WorkflowActivationJob(initialize_workflow=InitializeWorkflow(workflow_id="w"))
    return handed(job, 3, 10, 300, replaying=replaying)


def signal(events: int, at: int, size: int, *, replaying: bool = False) -> WorkflowActivation:
    """A word that a run hears."""
    job = WorkflowActivationJob(signal_workflow=SignalWorkflow(signal_name="say"))
    return handed(job, events, at, size, replaying=replaying)


def query(query_id: str = "legacy_query", headers: Mapping[str, Payload] | None = None) -> WorkflowActivation:
    """A question; such an activation always counts as replaying."""
    job = WorkflowActivationJob(query_workflow=QueryWorkflow(query_id=query_id, headers=headers or {}))
    return handed(job, 9, 10, 300, replaying=True)


BORN, READ_ANEW = first(replaying=False), first(replaying=True)


@pytest.mark.parametrize(
    ("before", "refused"),
    [
        ([BORN], False),
        ([BORN, signal(9, 11, 900)], False),
        ([BORN, signal(9, 10, 900)], False),
        ([BORN, signal(3, 10, 300)], False),
        ([BORN, signal(8, 10, 300)], True),
        ([READ_ANEW, signal(9, 11, 900, replaying=True)], False),
        ([READ_ANEW, signal(8, 10, 300)], True),
        ([READ_ANEW, signal(9, 11, 900)], True),
        ([READ_ANEW, signal(9, 11, 900), signal(15, 12, 1500)], False),
        ([BORN, signal(9, 11, 900), signal(15, 12, 1500, replaying=True)], False),
        ([BORN, signal(9, 11, 900), signal(15, 12, 1500, replaying=True), signal(20, 12, 1500)], True),
    ],
    ids=[
        "its first task",
        "a further task",
        "a further task, by a clock that was put back",
        "more of the same task",
        "events that no task knows",
        "read anew, nothing new",
        "read anew, and events that no task knows",
        "read anew, and events that a task knows which may have failed",
        "read anew, and two tasks since",
        "another worker had it meanwhile, nothing new",
        "another worker had it meanwhile, and events that a task knows which may be over",
    ],
)
def test_a_query_is_refused_only_where_it_may_have_made_the_run_go_ahead(
    before: list[WorkflowActivation], refused: bool
) -> None:
    run = Watched(Willing())
    for each in before:
        assert run.activate(each).HasField("successful")
    assert run.activate(query("along with a task")).HasField("successful")
    assert run.activate(query(headers={RUN_IS_OVER: Payload()})).HasField("successful")
    assert run.activate(query()).HasField("failed") is refused

"""The details of a run are written when somebody looks."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest_asyncio
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from baton.settings import Settings
from baton.temporal.worker_options import worker_options

from .storyteller import SilentWorkflow, StorytellerWorkflow

QUEUE = f"details-{uuid.uuid4().hex[:8]}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def worker(client: Client) -> AsyncIterator[None]:
    """A worker with the options of every worker."""
    options = worker_options(Settings(_env_file=None, task_queue=QUEUE))
    async with Worker(client, workflows=[StorytellerWorkflow, SilentWorkflow], **options):
        yield


async def details(handle: WorkflowHandle[Any, Any]) -> str:
    """What the Temporal UI would show."""
    shown: WorkflowMetadata = await handle.query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata, rpc_timeout=timedelta(seconds=20)
    )
    return shown.current_details


async def test_each_look_shows_the_run_as_it_stands_then(client: Client, worker: None) -> None:
    handle = await client.start_workflow(StorytellerWorkflow.run, id=f"story/{uuid.uuid4()}", task_queue=QUEUE)
    assert await details(handle) == "**0 nudges**"
    await handle.signal(StorytellerWorkflow.nudge)
    assert await details(handle) == "**1 nudges**"
    await handle.terminate()


async def test_a_process_that_tells_nothing_shows_what_it_set_itself(client: Client, worker: None) -> None:
    handle = await client.start_workflow(SilentWorkflow.run, id=f"silent/{uuid.uuid4()}", task_queue=QUEUE)
    assert await details(handle) == "as Temporal has it"
    await handle.terminate()

"""A run whose workflow task took too long goes on, whatever became of the interruption."""

from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from baton.settings import Settings
from baton.temporal.worker_options import worker_options, workflow_runner

from .crowd import MANY, CrowdWorkflow, interrupted, stubborn


@pytest.mark.timeout(60)  # the worker does not end where the run stands still
async def test_a_task_that_goes_on_when_it_is_interrupted_does_not_stop_its_run(client: Client) -> None:
    queue = f"crowd-{uuid4().hex[:8]}"
    options = worker_options(Settings(task_queue=queue))
    options["workflow_runner"] = workflow_runner("tests")
    stubborn.append(queue)
    async with Worker(client, workflows=[CrowdWorkflow], **options):
        assert await client.execute_workflow(CrowdWorkflow.run, id=queue, task_queue=queue) == MANY
    assert stubborn == []
    assert [each.__name__ for each in interrupted] == ["_InterruptDeadlockError"]

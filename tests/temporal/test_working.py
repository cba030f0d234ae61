"""How the workers of one process end."""

import asyncio
from contextlib import suppress
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from baton.settings import Settings
from baton.temporal.worker_options import worker_options
from baton.temporal.working import at_work
from tests.workflows.driver import until

from .one_step import OneStepWorkflow


@pytest.mark.parametrize("by_an_error", [False, True])
async def test_all_are_told_to_stop_before_any_is_waited_for(client: Client, by_an_error: bool) -> None:
    """Each has a step that ends once both were told: one after the other, the first would be cut off."""
    both_told = asyncio.Barrier(2)
    begun: list[str] = []
    whole: list[str] = []

    @activity.defn(name="step")
    async def until_both_are_told() -> str:
        begun.append(activity.info().task_queue)
        await activity.wait_for_worker_shutdown()
        async with both_told:
            whole.append(activity.info().task_queue)
        return "whole"

    queues = [uuid4().hex, uuid4().hex]
    settings = [Settings(_env_file=None, task_queue=queue, worker_shutdown_seconds=5) for queue in queues]
    workers = [
        Worker(client, workflows=[OneStepWorkflow], activities=[until_both_are_told], **worker_options(each))
        for each in settings
    ]
    with suppress(ZeroDivisionError):
        async with at_work(workers):
            for queue in queues:
                await client.start_workflow(OneStepWorkflow.run, 30.0, id=f"one-step/{queue}", task_queue=queue)
            await until(lambda: len(begun) == 2, 30)
            if by_an_error:
                raise ZeroDivisionError
    assert sorted(whole) == sorted(queues)

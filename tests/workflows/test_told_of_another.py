"""Runs that began before ids were known in more shapes go on: their marker stands where it stood."""

from uuid import uuid4

import pytest
from pydantic import JsonValue
from temporalio.client import Client
from temporalio.worker import Worker

from baton.temporal.replaying import replay_failure

from .two_writes import TwoWritesBefore, TwoWritesNow


@pytest.mark.parametrize("began_with", [TwoWritesBefore, TwoWritesNow])
async def test_a_run_goes_on_whatever_is_found_now_in_what_its_writes_answered(
    client: Client, began_with: type[TwoWritesBefore | TwoWritesNow]
) -> None:
    told: list[JsonValue] = [{"customer": "C-2"}, {"customer_id": "C-1"}]
    for last in (None, {"customer_id": "C-2"}):
        queue = f"two-writes-{uuid4().hex[:12]}"
        async with Worker(client, task_queue=queue, workflows=[began_with]):
            handle = await client.start_workflow("TwoWrites", [*told, last], id=queue, task_queue=queue)
            await handle.result()
        history = await handle.fetch_history()
        assert await replay_failure(history, TwoWritesNow) is None

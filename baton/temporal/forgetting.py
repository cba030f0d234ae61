"""Large values go when Temporal has forgotten their workflow."""

import asyncio
import shutil
import time
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from .large_values import workflow_of


async def forget_large_values(client: Client, directory: Path, untouched_for: timedelta) -> list[str]:
    """Delete the values of workflows that the server does not know, and tell their ids. Raises RPCError, OSError.

    Only what nobody wrote to for so long: beside a database that was moved away for a moment, all would look forgotten.
    """
    forgotten = []
    for place in await asyncio.to_thread(_untouched, directory, untouched_for):
        workflow_id = workflow_of(place.name)
        if workflow_id is not None and not await _is_known(client, workflow_id):
            await asyncio.to_thread(shutil.rmtree, place)
            forgotten.append(workflow_id)
    return forgotten


def _untouched(directory: Path, untouched_for: timedelta) -> list[Path]:
    before = time.time() - untouched_for.total_seconds()
    return [place for place in sorted(directory.glob("*")) if place.stat().st_mtime < before]


async def _is_known(client: Client, workflow_id: str) -> bool:
    try:
        await client.get_workflow_handle(workflow_id).describe(rpc_timeout=timedelta(seconds=5))
    except RPCError as problem:
        if problem.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True

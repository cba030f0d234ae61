"""An effect that has begun is not cut off because its run is cancelled: what became of it would be unknown."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio import activity

Result = TypeVar("Result")


async def to_its_end(effect: Coroutine[Any, Any, Result]) -> Result:
    """The effect's result or failure, also when the run is cancelled meanwhile; no attempt follows then.

    Whatever else ends an attempt (a worker that stops, its own time, another attempt that took over) still does.
    """
    doing = asyncio.create_task(effect)
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        why = activity.cancellation_details()
        if why is None or not why.cancel_requested:
            doing.cancel()
            await asyncio.wait([doing])
            raise
        this = asyncio.current_task()
        assert this is not None
        this.uncancel()  # else its time limit, which cancels too, would pass for this cancellation
        return await doing

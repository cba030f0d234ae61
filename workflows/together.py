"""Steps side by side, of which none outlives the others: an orphan would ask people after its run has ended."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

First = TypeVar("First")
Second = TypeVar("Second")
Each = TypeVar("Each")


async def together(*steps: Coroutine[Any, Any, Each]) -> list[Each]:
    """The results in the order of the steps. When one ends the run, or is cancelled, the others are too."""
    tasks = [asyncio.create_task(step) for step in steps]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


async def both(first: Coroutine[Any, Any, First], second: Coroutine[Any, Any, Second]) -> tuple[First, Second]:
    """The same for two of different kinds."""
    results: list[Any] = await together(first, second)
    return results[0], results[1]

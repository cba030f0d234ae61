"""Steps side by side: none outlives the others, and none holds up a run that leaves its worker's memory."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from workflows.together import Crowd, together


async def _forever() -> None:
    await asyncio.Event().wait()


async def _crowd(*steps: Coroutine[Any, Any, None]) -> None:
    crowd = Crowd()
    for step in steps:
        crowd.start(step)
    await crowd.all_done()


@pytest.mark.parametrize("several", [_crowd, together])
async def test_a_run_that_is_forgotten_waits_for_nobody(several: Callable[..., Coroutine[Any, Any, Any]]) -> None:
    before = asyncio.all_tasks()
    waiting = several(_forever(), _forever())
    waiting.send(None)
    waiting.close()
    for task in asyncio.all_tasks() - before:
        task.cancel()


@pytest.mark.parametrize("several", [_crowd, together])
async def test_when_one_fails_the_others_end_first(several: Callable[..., Coroutine[Any, Any, Any]]) -> None:
    ended: list[str] = []

    async def slow() -> None:
        try:
            await _forever()
        finally:
            ended.append("slow")

    async def failing() -> None:
        await asyncio.sleep(0)
        raise ValueError("this one")

    with pytest.raises(ValueError, match="this one"):
        await several(slow(), failing())
    assert ended == ["slow"]


async def test_each_may_bring_others_along() -> None:
    done: list[int] = []
    crowd = Crowd()

    async def step(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)
        if number < 5:
            crowd.start(step(number + 1))

    crowd.start(step(1))
    await crowd.all_done()
    assert done == [1, 2, 3, 4, 5]

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
    except GeneratorExit:
        raise  # the run leaves this worker's memory: nothing can be waited for any more
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


async def both(first: Coroutine[Any, Any, First], second: Coroutine[Any, Any, Second]) -> tuple[First, Second]:
    """The same for two of different kinds."""
    results: list[Any] = await together(first, second)
    return results[0], results[1]


class Crowd:
    """Steps of which each may bring others along. It ends when none is left, and then none outlives it.

    When one ends the run nobody comes any more: an effect that is seen through brings no successor along.
    """

    def __init__(self) -> None:
        self._steps: dict[asyncio.Task[None], None] = {}  # in order: a set's would be another at each replay
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def over(self) -> bool:
        """Whether it has ended, so that nobody may come any more."""
        return self._over.done()

    def start(self, step: Coroutine[Any, Any, None]) -> None:
        """One more, from now on; nobody any more once it has ended."""
        if self.over:
            step.close()
            return
        task = asyncio.create_task(step)
        self._steps[task] = None
        task.add_done_callback(self._ended)

    async def all_done(self) -> None:
        """Until none is left. When one ends the run, or is cancelled, the others are too."""
        if not self._steps:
            return
        try:
            await self._over
        except GeneratorExit:
            raise  # as above
        except BaseException:
            steps = list(self._steps)
            for task in steps:
                task.cancel()
            await asyncio.gather(*steps, return_exceptions=True)
            raise

    def _ended(self, task: "asyncio.Task[None]") -> None:
        del self._steps[task]
        if self._over.done():
            return
        if task.cancelled():
            self._over.cancel()
        elif (problem := task.exception()) is not None:
            self._over.set_exception(problem)
        elif not self._steps:
            self._over.set_result(None)

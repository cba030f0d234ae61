"""How much may be on its way to a run's steps at one time, and how many of them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from temporalio import workflow

from baton.contracts.sizes import MOST_AT_ONCE, MOST_INLINE


class Room:
    """Steps that start together share one task, and a task above 4 MiB ends the run: so the large ones take turns.

    `at_once` and `on_queue` (by task queue, the run's own too) are the most steps at the same time; without them there
    is no such limit.
    """

    def __init__(self, at_once: int | None = None, on_queue: Mapping[str, int] | None = None) -> None:
        self._taken = 0
        self._turns = asyncio.Semaphore(at_once) if at_once else None
        self._queues = {queue: asyncio.Semaphore(most) for queue, most in (on_queue or {}).items()}

    def of(self, at_once: int) -> None:
        """From now on, with nothing under way, so many steps at the same time."""
        self._turns = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def turn(self, queue: str | None) -> AsyncIterator[bool]:
        """One of so many at the same time; gives whether it had to wait. First its queue's, so that nobody else waits
        for a step that waits for its queue.
        """
        limits = [limit for limit in (self._queues.get(queue or workflow.info().task_queue), self._turns) if limit]
        waits = any(limit.locked() for limit in limits)
        async with AsyncExitStack() as turns:
            for limit in limits:
                await turns.enter_async_context(limit)
            yield waits

    @asynccontextmanager
    async def taken(self, size: int, *, stored: bool) -> AsyncIterator[None]:
        """Wait until there is room for so many bytes, and take it; what is kept in a file takes none."""
        needed = 0 if stored and size > MOST_INLINE else size
        while self._taken and self._taken + needed > MOST_AT_ONCE:  # again: another may have been quicker
            await workflow.wait_condition(lambda: not self._taken or self._taken + needed <= MOST_AT_ONCE)
        self._taken += needed
        try:
            yield
        finally:
            self._taken -= needed

"""How much may be on its way to a run's steps at one time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import workflow

from baton.contracts.sizes import MOST_AT_ONCE, MOST_INLINE


class Room:
    """Steps that start together share one task, and a task above 4 MiB ends the run: so the large ones take turns."""

    def __init__(self) -> None:
        self._taken = 0

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

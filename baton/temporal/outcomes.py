"""Keeps book of how each step's attempts end, for `agents` and for whoever chooses among capabilities."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from baton.contracts import names
from baton.health import HealthBook

WRITTEN_AFTER_S = 2.0

SAYS_NOTHING = frozenset(
    {"Rejected", "NotFound", "Conflict", "NotWhatWasApproved", "BadHandOff", "Overtaken", "SentBack"}
)
"""Failures that tell of what was asked, or of this worker, or are none yet, and not of how a capability does."""


class CountsOutcomes(Interceptor):
    """Worker interceptor: every attempt counts, unless it ends in a way that says nothing or is cancelled."""

    def __init__(self, book: HealthBook) -> None:
        self._book = book
        self._news = asyncio.Event()

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """The count of one attempt."""
        return _Counted(next, self)

    def note(self, failure: str | None = None) -> None:
        """Count the attempt that ends here."""
        capability = activity.info().activity_type
        if capability not in (names.LAST_ATTEMPT, names.CALLS_SO_FAR):
            self._book.note(capability, failure)
            self._news.set()

    async def keep_writing(self) -> None:
        """Write the book a while after there is news, again and again: no step waits for it."""
        while True:
            await self._news.wait()
            await asyncio.sleep(WRITTEN_AFTER_S)
            await self.write()

    async def write(self) -> None:
        """Write the book where there is news; a disk that does not take it stops no worker."""
        if not self._news.is_set():
            return
        self._news.clear()
        try:
            await asyncio.to_thread(self._book.write, self._book.content())
        except OSError as problem:
            logging.warning("How the steps do cannot be written: %s", problem.strerror)


@asynccontextmanager
async def counted_outcomes(state_dir: Path) -> AsyncIterator[CountsOutcomes]:
    """The interceptor for a worker that keeps its book in this directory; whoever leaves ends the worker first."""
    counting = CountsOutcomes(HealthBook(state_dir))
    writing = asyncio.create_task(counting.keep_writing())
    try:
        yield counting
    finally:
        writing.cancel()
        await asyncio.wait([writing])
        await counting.write()


class _Counted(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, counting: CountsOutcomes) -> None:
        super().__init__(next)
        self._counting = counting

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            result = await super().execute_activity(input)
        except ApplicationError as failure:
            if failure.type not in SAYS_NOTHING:
                self._counting.note(failure.message)
            raise
        self._counting.note()
        return result

"""How a run comes to its end, also when it is cancelled meanwhile: what is begun is finished, and nobody is asked."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio import workflow

from .continuing import Continuing
from .review_desk import ReviewDesk
from .run_state import Run

Result = TypeVar("Result")


class Ending:
    """The last part of a run, which no cancellation begins a second time."""

    def __init__(self, run: Run, desk: ReviewDesk, continuing: Continuing) -> None:
        self._run = run
        self._desk = desk
        self._continuing = continuing

    def ask_nobody(self) -> None:
        """An operator cancelled it: whoever is asked need not answer any more."""
        self._run.state.cancelled = True
        self._run.note_cancelled()
        self._desk.withdraw_all(f"the {self._run.noun} was cancelled")
        self._continuing.pausing.end(f"the {self._run.noun} was cancelled")

    async def see_through(self, end: Coroutine[Any, Any, Result]) -> Result:
        """What the end gives. Cancelled now, it only stops asking: log and record are finished."""
        if workflow.cancellation_reason() is not None:
            self.ask_nobody()  # cancelled while the last effect was in flight, which was seen through
        ending = asyncio.create_task(end)
        while True:
            try:
                return await asyncio.shield(ending)
            except asyncio.CancelledError:
                if ending.done():
                    raise
                self.ask_nobody()

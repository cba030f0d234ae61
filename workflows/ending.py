"""How a run comes to its end, also when it is cancelled meanwhile: what is begun is finished, and nobody is asked.

Nothing here may keep it from ending.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from temporalio import workflow

from baton.contracts import names
from baton.contracts.record import RunResult

from .archiving import for_the_archive
from .continuing import Continuing
from .review_desk import ReviewDesk
from .run_state import Run
from .step import RunAborted, StepSkipped
from .step_runner import StepRunner

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

    async def keep(self, steps: StepRunner, result: RunResult, *, under: str = "") -> None:
        """Note how it ended, keep the whole record in the archive, and wait for whoever still handles a signal.

        `under`: what the keys of the archive's steps begin with.
        """
        self._run.result = result
        self._run.note_once("closed", f"{result.outcome}: {result.summary}", step="closed", title="Closed")
        with suppress(StepSkipped, RunAborted):
            for key, part in for_the_archive(self._run.record(), stored=self._run.state.stored):
                await steps.run(
                    names.ARCHIVE_RECORD,
                    key=f"{under}{key}",
                    given=part.model_dump(mode="json"),
                    summary="Keep the record in the archive",
                )
        self._run.stage(f"ended: {result.outcome}")
        await workflow.wait_condition(workflow.all_handlers_finished)

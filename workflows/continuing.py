"""When a run's history grows long it goes on in a new one, with its whole state."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio import workflow

from .pausing import Pausing
from .run_state import Run


class Continuing:
    """Knows when to continue as new, and lets it happen only while no activity is in flight."""

    def __init__(self, run: Run, pausing: Pausing) -> None:
        self._run = run
        self.pausing = pausing
        self._in_flight = 0
        self._finished_here = 0
        self._leaving = False
        self._staying = False

    def stay(self) -> None:
        """From now on this history is the last: the run is closing, or weighs too much to be carried."""
        self._staying = True
        self._leaving = False

    def due(self) -> bool:
        """Whether the server, or the run's own threshold, asks for a new history."""
        if self._staying:
            return False
        info, start = workflow.info(), self._run.start
        return (
            info.is_continue_as_new_suggested()
            or (start.continue_after_steps is not None and self._finished_here >= start.continue_after_steps)
            or (
                start.continue_after_events is not None
                and info.get_current_history_length() >= start.continue_after_events
            )
        )

    def calls(self) -> bool:
        """Whether whoever waits has to come to a point now, because the run moves on or is paused."""
        return self.pausing.on or self.due()

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """Around every activity: a result that came after the run moved on would be lost, and its effect repeated."""
        with self._here():
            try:
                yield
            finally:
                self._finished_here += 1

    @contextmanager
    def _here(self) -> Iterator[None]:
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1

    async def next_rung(self) -> None:
        """A place on a step's ladder, where it waits while the run is paused.

        The run does not move on meanwhile: who has tried the step, and why each of them failed, would be forgotten.
        """
        with self._here():
            await self.pausing.over()

    async def point(self) -> None:
        """A place where the run may move on. Nobody passes while it leaves or is paused: no new step starts."""
        while True:
            if _was_cancelled() and not self._run.state.is_closing:
                # Whoever saw an effect through did not pass the cancellation on: it counts from here.
                raise asyncio.CancelledError
            if self.due() and not self._leaving:
                await self._leave()
            if not self._leaving and not self.pausing.on:
                return
            await workflow.wait_condition(lambda: not self._leaving and (self.due() or not self.pausing.on))

    async def _leave(self) -> None:
        if self._run.carried() is None:
            # Temporal would refuse it, and have this task done for ever: so this history is the last, and grows on.
            self.stay()
            return
        self._leaving = True
        try:
            await workflow.wait_condition(self._quiet)  # also when it is quiet: whoever was just called has its turn
            while not self._quiet():
                await workflow.wait_condition(self._quiet)
        except BaseException:
            # Cancelled while leaving: whoever waits behind would wait for ever.
            self._leaving = False
            raise
        carried = self._run.carried()
        if carried is None:
            self.stay()
            return
        workflow.continue_as_new(carried)

    def _quiet(self) -> bool:
        return self._in_flight == 0 and workflow.all_handlers_finished()


def _was_cancelled() -> bool:
    """Whether the run was, or the step that asks: by another one that ended the run."""
    step = asyncio.current_task()
    return workflow.cancellation_reason() is not None or (step is not None and step.cancelling() > 0)

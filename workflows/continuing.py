"""When a run's history grows long it goes on in a new one, with its whole state."""

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio import workflow

from .run_state import Run


class Continuing:
    """Knows when to continue as new, and lets it happen only while no activity is in flight."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._in_flight = 0
        self._finished_here = 0
        self._leaving = False
        self._staying = False

    def stay(self) -> None:
        """From now on this history is the last: the run is closing, or weighs too much to be carried."""
        self._staying = True

    def due(self) -> bool:
        """Whether the server, or the run's own threshold, asks for a new history."""
        if self._staying:
            return False
        threshold = self._run.start.continue_after_steps
        return workflow.info().is_continue_as_new_suggested() or (
            threshold is not None and self._finished_here >= threshold
        )

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """Around every activity: a result that came after the run moved on would be lost, and its effect repeated."""
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1
            self._finished_here += 1

    async def point(self) -> None:
        """A place where the run may move on. While it leaves, nobody passes: no new step starts."""
        if self._leaving:
            await workflow.wait_condition(lambda: not self._leaving)
        if not self.due():
            return
        self._leaving = True
        try:
            await workflow.wait_condition(lambda: self._in_flight == 0 and workflow.all_handlers_finished())
        except BaseException:
            # Cancelled while leaving: whoever waits behind would wait for ever.
            self._leaving = False
            raise
        carried = self._run.carried()
        if carried is None:
            # Temporal would refuse it, and have this task done for ever: so this history is the last, and grows on.
            self._leaving = False
            self.stay()
            return
        workflow.continue_as_new(carried)

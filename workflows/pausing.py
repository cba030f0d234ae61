"""A run that is paused starts no further step, and its clocks stand still; what people say is taken meanwhile."""

from datetime import timedelta
from typing import Literal

from temporalio import workflow

from baton.contracts import names
from baton.contracts.record import Paused
from baton.contracts.review import Intervention

from .run_state import Run

MOST_PAUSES = 500
"""Each leaves two lines in the record, and the record travels whole whenever the run continues as new."""


class Pausing:
    """Stops a run and lets it go on; what is running is finished."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._state = run.state

    @property
    def on(self) -> bool:
        """Whether the run is paused now."""
        return self._state.paused is not None

    async def over(self) -> None:
        """Wait until the run is not paused."""
        if self.on:
            await workflow.wait_condition(lambda: not self.on)

    def pause(self, told: Intervention) -> None:
        """From now on no step starts. A second one changes nothing."""
        if self._state.paused:
            by = self._state.paused.by
            self._run.refuse(names.PAUSE, f"asked by {told.by}: it is paused already, by {by}")
        elif self._state.is_closing:
            self._run.refuse(names.PAUSE, f"asked by {told.by}: it is ending, there is nothing left to pause")
        elif self._state.pauses >= MOST_PAUSES:
            self._run.refuse(names.PAUSE, f"asked by {told.by}: it was paused {MOST_PAUSES} times before")
        else:
            now = workflow.now()
            self._state.paused = Paused(by=told.by, reason=told.reason, since=now)
            self._state.pauses += 1
            self._state.reviews = [
                review.model_copy(update={"paused_since": now}) if review.status == "open" else review
                for review in self._state.reviews
            ]
            self._note("paused", f"paused by {told.by}", told)

    def resume(self, told: Intervention) -> None:
        """Go on; whatever is due moves by as long as its clock stood still. A second one changes nothing."""
        if self.on:
            self._go_on(f"resumed by {told.by}", told)
        else:
            self._run.refuse(names.RESUME, f"asked by {told.by}: it is not paused")

    def end(self, why: str) -> None:
        """Go on, because the run is being ended."""
        if self.on:
            self._go_on(f"the pause ended: {why}", Intervention(by="operator"))

    def _go_on(self, what: str, told: Intervention) -> None:
        paused = self._state.paused
        assert paused is not None
        now = workflow.now()
        self._state.paused = None
        self._state.deadlines = {
            wait: due if due <= paused.since else due + (now - paused.since)
            for wait, due in self._state.deadlines.items()
        }
        self._state.reviews = [
            review.model_copy(update={"due_at": review.due_at + (now - review.paused_since), "paused_since": None})
            if review.paused_since
            else review
            for review in self._state.reviews
        ]
        self._run.stood_still(paused.since)
        self._note("resumed", f"{what}, after {_length(now - paused.since)}", told)

    def _note(self, kind: Literal["paused", "resumed"], text: str, told: Intervention) -> None:
        said = f": {told.reason}" if told.reason else ""
        self._run.note(kind, text + said, step=names.PAUSE, title="Pause", agent=told.by)
        self._run.show()


def _length(time: timedelta) -> str:
    """`50 s`, `3 h 5 min`: how long a pause was."""
    minutes, seconds = divmod(round(time.total_seconds()), 60)
    if not minutes:
        return f"{seconds} s"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)

"""Following a run as it goes: live on a terminal, a line a step in a pipe."""

import asyncio
from collections.abc import Callable

from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from baton.cli.console import out
from baton.cli.presenting.steps import checklist, situation, step_line, visible_steps
from baton.cli.problems import NoWorker
from baton.cli.runs import Runs
from baton.contracts.record import RunStatus

PERIOD_S = 0.2
NoOneAnswers = Callable[[], None]


async def follow(
    runs: Runs, enquiry_id: str, *, stop_at_review: bool = True, quiet: bool = False, patience: int = 1
) -> RunStatus:
    """Show each step until the run ends, or waits for a person. Raises NoWorker after `patience` silent queries."""
    if quiet:
        return await _until_settled(runs, enquiry_id, stop_at_review, patience, lambda _: None)
    if not out.is_terminal:
        return await _until_settled(runs, enquiry_id, stop_at_review, patience, _Lines())
    with Live(Text("…", style="quiet"), console=out, refresh_per_second=10, transient=False) as live:

        def show(status: RunStatus) -> None:
            live.update(_picture(status, live=True))

        last = await _until_settled(runs, enquiry_id, stop_at_review, patience, show)
        live.update(_picture(last, live=False))
    return last


async def _until_settled(
    runs: Runs, enquiry_id: str, stop_at_review: bool, patience: int, show: Callable[[RunStatus], None]
) -> RunStatus:
    silent = 0
    while True:
        try:
            status = await runs.status(enquiry_id)
            silent = 0
        except NoWorker:
            silent += 1
            if silent >= patience:
                raise NoWorker(
                    "No worker is answering: start one with `uv run starter.py up`. The enquiry is kept."
                ) from None
            continue
        show(status)
        waits = status.waiting.what in ("review", "customer")
        if (status.result is not None and status.stage.startswith("ended")) or (waits and stop_at_review):
            return status
        await asyncio.sleep(PERIOD_S)


def _picture(status: RunStatus, *, live: bool) -> RenderableType:
    return Group(checklist(status, live=live), situation(status))


class _Lines:
    """Prints each step once it is done, and each new situation, for a pipe or a log."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str, str]] = set()
        self._situation = ""

    def __call__(self, status: RunStatus) -> None:
        for step in visible_steps(status):
            key = (step.step, step.state, step.detail)
            if step.state != "running" and key not in self._said:
                self._said.add(key)
                out.print(step_line(step), soft_wrap=True)
        words = str(situation(status)) if status.waiting.what != "nothing" or status.result else ""
        if words and words != self._situation:
            self._situation = words
            out.print(situation(status), soft_wrap=True)

"""Following a run as it goes: live on a terminal, a line a step in a pipe."""

import asyncio
import sys
from collections.abc import Callable

from rich.console import Group
from rich.live import Live
from rich.text import Text

from baton.cli.console import json_of, out
from baton.cli.presenting.retries import retry_of
from baton.cli.presenting.steps import checklist, is_settled, situation, step_line, visible_steps
from baton.cli.problems import NoWorker
from baton.cli.runs import Runs
from baton.cli.shapes import Retry
from baton.contracts.record import RunStatus

PERIOD_S = 0.2
LOOK_FOR_RETRIES_S = 1.0


class Follower:
    """Shows one run's steps until it ends or waits for a person; when called again it goes on where it stopped."""

    def __init__(
        self, runs: Runs, enquiry_id: str, *, quiet: bool = False, json: bool = False, patience: int = 1
    ) -> None:
        self._json = json
        self._last = ""
        self._runs = runs
        self._enquiry_id = enquiry_id
        self._quiet = quiet
        self._patience = patience
        self._shown: set[str] = set()
        self._situation = ""
        self._retries: list[Retry] = []
        self._looked_at: set[str] = set()
        self._next_look = 0.0

    async def follow(self, *, stop_at_review: bool = True) -> RunStatus:
        """The status it stopped at. Raises NoWorker after as many silent questions as there is patience."""
        if self._quiet:
            return await self._until_settled(stop_at_review, lambda _: None)
        if self._json:
            return await self._until_settled(stop_at_review, self._print_json)
        if not out.is_terminal:
            return await self._until_settled(stop_at_review, self._print)
        with Live(Text("The worker is getting ready…", style="quiet"), console=out, refresh_per_second=10) as live:

            def draw(status: RunStatus) -> None:
                steps = checklist(status, live=True, without=self._shown, retries=self._retries)
                live.update(Group(steps, situation(status)))

            last = await self._until_settled(stop_at_review, draw)
            live.update(Group(checklist(last, without=self._shown), situation(last)))
        self._shown |= {step.step for step in visible_steps(last) if is_settled(step)}
        return last

    async def _until_settled(self, stop_at_review: bool, show: Callable[[RunStatus], None]) -> RunStatus:
        silent = 0
        while True:
            try:
                status = await self._runs.status(self._enquiry_id)
                silent = 0
            except NoWorker:
                silent += 1
                if silent >= self._patience:
                    await self._runs.line(self._enquiry_id)  # a server that is gone is said as that
                    raise NoWorker(
                        "No worker is answering: start one with `uv run starter.py up`. The enquiry is kept."
                    ) from None
                continue
            await self._look_for_retries(status)
            show(status)
            if _has_ended(status) or (stop_at_review and status.waiting.what in ("review", "customer")):
                return status
            await asyncio.sleep(PERIOD_S)

    async def _look_for_retries(self, status: RunStatus) -> None:
        """Once a second while steps run: one that fails silently for an hour would look like one that is slow.

        And whenever others run: what was known of those before would be told of them.
        """
        running = {step.step for step in status.steps if step.state == "running"}
        if not running:
            self._retries = []
        elif running != self._looked_at or asyncio.get_running_loop().time() >= self._next_look:
            self._retries = await self._runs.retries(self._enquiry_id)
            self._next_look = asyncio.get_running_loop().time() + LOOK_FOR_RETRIES_S
        self._looked_at = running

    def _print_json(self, status: RunStatus) -> None:
        text = json_of(status)
        if text != self._last:
            self._last = text
            sys.stdout.write(text + "\n")

    def _print(self, status: RunStatus) -> None:
        """Each step once, when it is done; each new situation."""
        for step in visible_steps(status):
            if is_settled(step) and step.step not in self._shown:
                self._shown.add(step.step)
                out.print(step_line(step), soft_wrap=True)
            retry = retry_of(step.step, status, self._retries) if step.state == "running" else None
            if retry is not None and (key := f"{step.step} attempt {retry.attempt}") not in self._shown:
                self._shown.add(key)
                out.print(step_line(step, retry), soft_wrap=True)
        where = situation(status)
        if str(where) != self._situation and (status.waiting.what != "nothing" or _has_ended(status)):
            self._situation = str(where)
            out.print(where, soft_wrap=True)


def _has_ended(status: RunStatus) -> bool:
    """Whether nothing follows; the outcome is known a little earlier, while the record is being kept."""
    return status.result is not None and status.stage.startswith("ended")


async def follow(
    runs: Runs, enquiry_id: str, *, stop_at_review: bool = True, quiet: bool = False, json: bool = False
) -> RunStatus:
    """Show one run once."""
    return await Follower(runs, enquiry_id, quiet=quiet, json=json).follow(stop_at_review=stop_at_review)

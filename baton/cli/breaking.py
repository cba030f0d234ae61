"""What `--break` adds to a demo: a message that leads to an action, the break itself, and the counting at the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

import httpx

from baton.cli.breaks import BREAKS, Break, Faults, Part, Scene
from baton.cli.console import line, out
from baton.cli.counting import Books, all_right, counted
from baton.cli.demo_enquiries import DemoDiary, still_open
from baton.cli.demo_systems import own_systems
from baton.cli.installation import Installation
from baton.cli.messages import Incoming
from baton.cli.presenting.counts import counts_table
from baton.cli.problems import Problem
from baton.cli.returns import shop_of, still_to_return
from baton.cli.runs import Runs
from baton.cli.shapes import RunLine
from baton.contracts.record import RunRecord, RunStatus
from baton.contracts.review import Review

_OTHERS_END_WITHIN_S = 60.0

Ended = TypeVar("Ended")


class Breaking:
    """One part that breaks in the middle of one demo; with none, the demo is the plain one."""

    def __init__(self, part: Part | None, installation: Installation) -> None:
        self._part = part
        self._installation = installation
        self._break: Break | None = None
        self._books: Books | None = None
        own = own_systems(installation.settings) if part else []
        if own:
            raise Problem(f"--break breaks demo systems only, and the settings name your own for {', '.join(own)}.")

    @property
    def on(self) -> bool:
        """Whether something breaks."""
        return self._break is not None

    @asynccontextmanager
    async def prepared(self, runs: Runs, diary: DemoDiary, given: Incoming | None) -> AsyncIterator[Incoming | None]:
        """The message to hand in, with everything ready to fail; mended again however the demo ends."""
        demo = self._installation.demo
        if self._part is None or demo is None:
            yield given
            return
        if not self._installation.owner:
            place = self._installation.settings.state_dir
            raise Problem(f"--break would break what another `up` or `demo` runs in {place}: end that first.")
        await _nobody_else_at_work(runs, diary)
        async with httpx.AsyncClient(timeout=5, trust_env=False) as http:
            shop, faults, self._books = await shop_of(demo, http), Faults(demo, http), Books(demo, http)
            incoming = given or still_to_return(shop, diary)
            self._break = BREAKS[self._part](Scene(self._installation, runs, shop, faults, self._books))
            line(f"What breaks here: {self._break.promise}.", style="bad")
            line("")
            try:
                await self._break.prepare(incoming.message)
                yield incoming
            finally:
                await faults.clear()

    async def during(self, enquiry_id: str, run: Awaitable[Ended]) -> Ended:
        """Let the run go on, and the part break when its moment comes."""
        striking = asyncio.create_task(self._strike(enquiry_id))
        try:
            ended = await run
            if not striking.done():
                line("Nothing was carried out, so nothing broke.", style="quiet")
            return ended
        finally:
            striking.cancel()

    async def _strike(self, enquiry_id: str) -> None:
        if self._break is None:
            return
        try:
            await self._break.strike(enquiry_id)
        except (httpx.HTTPError, Problem) as problem:  # a demo that shows nothing has to say why
            line(f"Nothing was broken: {problem}", style="warn")

    async def before_answering(self, review: Review) -> None:
        """Mend what a person would have mended before they answer."""
        if self._break is not None:
            await self._break.mend(review)

    async def count(self, ended: RunStatus, record: RunRecord) -> None:
        """Show what the systems themselves have of it. Raises Problem when that is not what the record says."""
        if self._break is None or self._books is None:
            return
        await self._break.settle(ended)
        counts = await counted(self._books, record)
        out.print(counts_table(counts, record.enquiry_id))
        if not all_right(counts):
            raise Problem("What was counted is not what the record says.")


async def _nobody_else_at_work(runs: Runs, diary: DemoDiary) -> None:
    """An earlier run that was stopped in the middle ends first: it must not meet what is meant for this one."""
    until, said = asyncio.get_running_loop().time() + _OTHERS_END_WITHIN_S, ""
    while busy := [run.enquiry_id for run in await still_open(runs, diary) if _at_work(run)]:
        if asyncio.get_running_loop().time() > until:
            raise Problem(f"An earlier demo run is still at work: uv run starter.py status {busy[0]}")
        if busy[0] != said:
            line(f"An earlier demo run, {busy[0]}, goes on first.", style="wait")
            said = busy[0]
        await asyncio.sleep(0.2)


def _at_work(run: RunLine) -> bool:
    return run.waiting_on == "nothing" and run.stage != "paused"

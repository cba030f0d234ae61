"""`python -m bench.growth`: what a run's history weighs when every step adds a kilobyte to what the run knows.

Each step reads only what it names, so a history grows with the number of steps, not with its square.
"""

import argparse
import asyncio
import time
from pathlib import Path
from uuid import uuid4

from activities.capability import cards_of
from baton.contracts.record import EnquiryStart
from baton.contracts.wire import Wire
from baton.temporal import search_attributes
from baton.temporal.connect import connect_embedded
from baton.temporal.leaving import run_and_leave
from bench.instruments import figures, report
from bench.instruments.histories import left_by
from bench.instruments.installation import Installation, installation
from bench.instruments.processes import Part, cpu_s
from bench.measured.enquiry import enquiry
from bench.measured.growing import GrowingRun, Growth
from bench.measured.growing_steps import Adder

IN_ORDER = (5, 20, 100, 500)
SIDE_BY_SIDE = (10, 100, 500)
AIM_BYTES = 2_000_000
"""For the longest run; with the whole context handed to every step, 500 steps were terminated at 52 MB."""


class Grown(Wire):
    """One run. Milliseconds, events and bytes are a step each, where they do not say otherwise."""

    steps: int
    side_by_side: bool
    seconds: float
    step_ms: float
    cpu_ms: float
    worker_cpu_ms: float
    events: int
    step_events: float
    history_bytes: int
    step_bytes: float


class GrowthFigures(Wire):
    """All figures of this bench."""

    machine: figures.Machine
    runs: list[Grown]


async def measure() -> GrowthFigures:
    """One run of each size, on a server of its own."""
    machine = figures.machine()
    sizes = [(steps, False) for steps in IN_ORDER] + [(steps, True) for steps in SIDE_BY_SIDE]
    async with installation() as here, here.worker("with_baton", "growth") as worker:
        await _grow(here, worker, IN_ORDER[0], side_by_side=False)  # warm-up
        return GrowthFigures(
            machine=machine,
            runs=[await _grow(here, worker, steps, side_by_side=side_by_side) for steps, side_by_side in sizes],
        )


async def _grow(here: Installation, worker: Part, steps: int, *, side_by_side: bool) -> Grown:
    client = await connect_embedded(here.server)
    enquiry_id = f"INQ-{uuid4().hex[:16]}"
    start = EnquiryStart(
        enquiry=enquiry(enquiry_id), cards=cards_of([Adder]), search_attributes=await search_attributes.existing(client)
    )
    pids = here.pids(worker)
    cpu, worker_cpu, begun = cpu_s(pids), cpu_s([worker.pid]), time.perf_counter()
    handle = await client.start_workflow(
        GrowingRun.run,
        Growth(start=start, steps=steps, side_by_side=side_by_side),
        id=f"growth/{enquiry_id}",
        task_queue="growth",
    )
    await handle.result()
    seconds = time.perf_counter() - begun
    left = await left_by(handle)
    return Grown(
        steps=steps,
        side_by_side=side_by_side,
        seconds=round(seconds, 2),
        step_ms=round(seconds / steps * 1e3, 1),
        cpu_ms=round((cpu_s(pids) - cpu) / steps * 1e3, 1),
        worker_cpu_ms=round((cpu_s([worker.pid]) - worker_cpu) / steps * 1e3, 1),
        events=left.events,
        step_events=round(left.events / steps, 1),
        history_bytes=left.history_bytes,
        step_bytes=round(left.history_bytes / steps),
    )


def show(found: GrowthFigures) -> None:
    """The table, and how it stands against the aim."""
    columns = ["seconds", "ms", "CPU ms", "worker's", "events", "bytes", "events, all", "bytes, all"]
    rows = [
        (
            f"{each.steps} {'side by side' if each.side_by_side else 'in order'}",
            [
                f"{each.seconds:.1f}",
                f"{each.step_ms:.1f}",
                f"{each.cpu_ms:.1f}",
                f"{each.worker_cpu_ms:.1f}",
                f"{each.step_events:.1f}",
                f"{each.step_bytes:,.0f}",
                f"{each.events:,}",
                f"{each.history_bytes:,}",
            ],
        )
        for each in found.runs
    ]
    report.table("Steps that each add a kilobyte; a step, where it does not say otherwise", columns, rows)
    longest = max(each.history_bytes for each in found.runs)
    report.say(f"The longest history: {longest:,} bytes (aim: under {AIM_BYTES:,}).")


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    asked = parser.parse_args()
    found = asyncio.run(measure())
    report.about(found.machine)
    show(found)
    report.write(asked.json, found)


if __name__ == "__main__":
    run_and_leave(main)

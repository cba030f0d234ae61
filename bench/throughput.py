"""`python -m bench.throughput`: enquiries a second and memory a worker, with one, two and four worker processes.

The enquiry is that of bench.overhead through our parts; with --whole it is EnquiryWorkflow on the demo systems.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from baton.contracts.wire import Wire
from baton.temporal.leaving import run_and_leave
from bench.instruments import figures, report
from bench.instruments.installation import installation
from bench.instruments.processes import cpu_s, most_rss_mb, rss_mb
from bench.measured.sides import Side, Whole, WithBaton, serve

AIM_MB = 150
WARM_UP = 5


class Rate(Wire):
    """One round: enquiries a second from the first start to the last result; memory in megabytes, of the largest
    worker, at the start, at the end, and the most it ever held; the share of time that the machine's CPUs were ours.
    """

    workers: int
    in_flight: int
    per_second: float
    cpu_ms: float
    cpus_used: float
    rss_before_mb: float
    rss_after_mb: float
    rss_most_mb: float


class Throughput(Wire):
    """All figures of this bench."""

    machine: figures.Machine
    whole: bool
    rounds: list[Rate]


async def measure(workers: Sequence[int], in_flight: int, *, whole: bool) -> Throughput:
    """One round a number of workers, each on a server of its own."""
    machine = figures.machine()
    return Throughput(
        machine=machine, whole=whole, rounds=[await _round(number, in_flight, whole=whole) for number in workers]
    )


async def _round(number: int, in_flight: int, *, whole: bool) -> Rate:
    async with installation() as here, AsyncExitStack() as parts:
        systems = [await parts.enter_async_context(here.demo_systems())] if whole else []
        name, said = ("whole", systems[0].said) if whole else ("with_baton", None)
        workers = [await parts.enter_async_context(here.worker(name, "rate", said)) for _ in range(number)]
        side: Side = await (Whole if whole else WithBaton).at(here.server, "rate", here.told)
        pids = here.pids(*workers, *systems)
        before = max(rss_mb(worker.pid) for worker in workers)
        for _ in range(WARM_UP * number):
            await serve(side)
        cpu, begun = cpu_s(pids), time.perf_counter()
        await asyncio.gather(*(serve(side) for _ in range(in_flight)))
        took, used = time.perf_counter() - begun, cpu_s(pids) - cpu
        return Rate(
            workers=number,
            in_flight=in_flight,
            per_second=round(in_flight / took, 2),
            cpu_ms=round(used / in_flight * 1e3, 1),
            cpus_used=round(used / took, 2),
            rss_before_mb=round(before),
            rss_after_mb=round(max(rss_mb(worker.pid) for worker in workers)),
            rss_most_mb=round(max(most_rss_mb(worker.pid) for worker in workers)),
        )


def show(found: Throughput) -> None:
    """The table, and how it stands against the aim."""
    columns = ["enquiries/s", "CPU ms each", "CPUs used", "MB at start", "MB at end", "MB at most"]
    rows = [
        (
            f"{each.workers} worker{'s' if each.workers > 1 else ''}",
            [
                f"{each.per_second:.1f}",
                f"{each.cpu_ms:.0f}",
                f"{each.cpus_used:.1f}",
                f"{each.rss_before_mb:.0f}",
                f"{each.rss_after_mb:.0f}",
                f"{each.rss_most_mb:.0f}",
            ],
        )
        for each in found.rounds
    ]
    what = "EnquiryWorkflow" if found.whole else "the measured enquiry"
    report.table(f"{found.rounds[0].in_flight} in flight at once: {what}", columns, rows)
    most = max(each.rss_most_mb for each in found.rounds)
    report.say(f"Most memory that one worker held: {most:.0f} MB (aim: under {AIM_MB}).")


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.throughput", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4], help="worker processes (default: 1 2 4)")
    parser.add_argument("--in-flight", type=int, default=200, help="enquiries at once (default: 200)")
    parser.add_argument("--whole", action="store_true", help="EnquiryWorkflow itself, on the demo systems")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    asked = parser.parse_args()
    found = asyncio.run(measure(asked.workers, asked.in_flight, whole=asked.whole))
    report.about(found.machine)
    show(found)
    report.write(asked.json, found)


if __name__ == "__main__":
    run_and_leave(main)

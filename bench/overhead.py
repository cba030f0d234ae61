"""`python -m bench.overhead`: what ladder, context, review and record cost, against the same enquiry written by hand.

(a) by hand: a straight line of bare activities. (b) with Baton: the same steps and the same HTTP calls through our
parts. (c) EnquiryWorkflow itself, for information: it has more steps, other systems, and is compared with nothing.

The sides take turns, so that what else the machine does meets all of them. Latency: from before the client sends the
start until it has the result; in between it is told when the draft is written, looks until the review is open, and
approves at once. CPU: server, worker, systems and client together, also a moment after each result.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from baton.contracts.wire import Wire
from baton.temporal.leaving import run_and_leave
from bench.instruments import figures, report
from bench.instruments.histories import Left, left_by
from bench.instruments.installation import Installation, installation
from bench.instruments.processes import cpu_s
from bench.measured.sides import ByHand, Served, Side, Whole, WithBaton, serve

A, B, C = "by hand", "with Baton", "EnquiryWorkflow"
WARM_UP = 5
SETTLES_S = 0.05
"""What a server does after a result (visibility, timers) is paid by the run that caused it, not by the next one."""


@dataclass
class Contestant:
    """A side with its processes, and what was measured of it: a list a block."""

    name: str
    side: Side
    pids: Sequence[int]
    seconds: list[list[float]] = field(default_factory=list)
    cpu: list[list[float]] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    burst_cpu: list[float] = field(default_factory=list)
    burst_left: list[Left] = field(default_factory=list)
    enquiries: int = 0


class Alone(Wire):
    """One enquiry at a time. Milliseconds and bytes, an enquiry each; `left` is the history in the middle by events:
    two results that arrive together save a workflow task.
    """

    latency_p50_ms: float
    latency_p95_ms: float
    cpu_ms: float
    looks: float
    left: Left


class Burst(Wire):
    """Many at once: enquiries a second from the first start to the last result, the rest an enquiry.

    `timed_out`: workflow tasks that waited too long for the worker that knew their run, and went to any worker.
    """

    per_second: float
    cpu_ms: float
    events: float
    timed_out: float


class Overhead(Wire):
    """All figures of this bench. Ratios are (b) against (a)."""

    machine: figures.Machine
    runs: int
    in_flight: int
    alone: dict[str, Alone]
    bursts: dict[str, Burst]
    ratios: dict[str, figures.Ratio]


async def take_turns(contestants: Sequence[Contestant], runs: int, blocks: int) -> None:
    """One enquiry of each side after the other, whoever begins changing each time."""
    for _ in range(blocks):
        for each in contestants:
            each.seconds.append([])
            each.cpu.append([])
        for turn in range(-(-runs // blocks)):
            first = turn % len(contestants)
            for each in [*contestants[first:], *contestants[:first]]:
                before = cpu_s(each.pids)
                served = await serve(each.side)
                await asyncio.sleep(SETTLES_S)
                each.cpu[-1].append(cpu_s(each.pids) - before)
                each.seconds[-1].append(served.seconds)
                each.served.append(served)
                each.enquiries += 1


async def burst(each: Contestant, in_flight: int) -> None:
    """So many enquiries at once, each approved as soon as it asks."""
    before, begun = cpu_s(each.pids), time.perf_counter()
    served = await asyncio.gather(*(serve(each.side) for _ in range(in_flight)))
    took = time.perf_counter() - begun
    await asyncio.sleep(SETTLES_S)
    each.rates.append(in_flight / took)
    each.burst_cpu.append((cpu_s(each.pids) - before) / in_flight)
    each.enquiries += in_flight
    each.burst_left += [await left_by(one.handle) for one in served]


async def measure(runs: int, blocks: int, in_flight: int, bursts: int, *, whole: bool) -> Overhead:
    """All of it, on a server of its own."""
    machine = figures.machine()
    async with installation() as here, AsyncExitStack() as parts:
        contestants = await _contestants(here, parts, whole=whole)
        for each in contestants:
            for _ in range(WARM_UP):
                await serve(each.side)
            each.enquiries += WARM_UP
        await take_turns(contestants, runs, blocks)
        alone = {each.name: await _alone(each) for each in contestants}
        compared = contestants[:2]
        for number in range(bursts if in_flight else 0):
            for each in compared if number % 2 == 0 else reversed(compared):
                await burst(each, in_flight)
        await here.all_was_done(sum(each.enquiries for each in compared))
    return Overhead(
        machine=machine,
        runs=runs,
        in_flight=in_flight,
        alone=alone,
        bursts={each.name: _burst(each) for each in compared if each.rates},
        ratios=_ratios(compared[0], compared[1], alone),
    )


async def _contestants(here: Installation, parts: AsyncExitStack, *, whole: bool) -> list[Contestant]:
    server, told = here.server, here.told
    hand = await parts.enter_async_context(here.worker("by_hand", "hand"))
    baton = await parts.enter_async_context(here.worker("with_baton", "baton"))
    found = [
        Contestant(A, await ByHand.at(server, "hand", told), here.pids(hand)),
        Contestant(B, await WithBaton.at(server, "baton", told), here.pids(baton)),
    ]
    if whole:
        systems = await parts.enter_async_context(here.demo_systems())
        team = await parts.enter_async_context(here.worker("whole", "whole", systems.said))
        found.append(Contestant(C, await Whole.at(server, "whole", told), here.pids(team, systems)))
    return found


async def _alone(each: Contestant) -> Alone:
    seconds = [one for block in each.seconds for one in block]
    cpu = [one for block in each.cpu for one in block]
    left = sorted([await left_by(one.handle) for one in each.served], key=lambda found: found.events)
    return Alone(
        latency_p50_ms=round(figures.middle(seconds) * 1e3, 1),
        latency_p95_ms=round(figures.p95(seconds) * 1e3, 1),
        cpu_ms=round(sum(cpu) / len(cpu) * 1e3, 1),
        looks=round(sum(one.looks for one in each.served) / len(each.served), 2),
        left=left[len(left) // 2],
    )


def _burst(each: Contestant) -> Burst:
    runs = len(each.burst_left)
    return Burst(
        per_second=round(figures.middle(each.rates), 2),
        cpu_ms=round(figures.middle(each.burst_cpu) * 1e3, 1),
        events=round(sum(left.events for left in each.burst_left) / runs, 1),
        timed_out=round(sum(left.kinds.get("workflow_task_timed_out", 0) for left in each.burst_left) / runs, 2),
    )


def _ratios(theirs: Contestant, ours: Contestant, alone: dict[str, Alone]) -> dict[str, figures.Ratio]:
    left, right = alone[ours.name].left, alone[theirs.name].left

    def blocks(of: Sequence[Sequence[float]]) -> list[float]:
        return [figures.middle(block) for block in of]

    found = {
        "latency p50": figures.ratio(blocks(ours.seconds), blocks(theirs.seconds), aim=1.15),
        "CPU": figures.ratio(blocks(ours.cpu), blocks(theirs.cpu), aim=1.15),
        "events": figures.ratio([left.events], [right.events], aim=1.25),
        "history bytes": figures.ratio([left.history_bytes], [right.history_bytes]),
        "stored bytes": figures.ratio([left.stored_bytes], [right.stored_bytes]),
    }
    if ours.rates:
        found["enquiries a second, in flight"] = figures.ratio(ours.rates, theirs.rates)
        found["CPU, in flight"] = figures.ratio(ours.burst_cpu, theirs.burst_cpu, aim=1.15)
    return found


def show(found: Overhead) -> None:
    """The tables."""
    rows = {
        "latency p50, ms": [f"{each.latency_p50_ms:.0f}" for each in found.alone.values()],
        "latency p95, ms": [f"{each.latency_p95_ms:.0f}" for each in found.alone.values()],
        "CPU, ms": [f"{each.cpu_ms:.0f}" for each in found.alone.values()],
        "looks until it asked": [f"{each.looks:.1f}" for each in found.alone.values()],
        "events": [f"{each.left.events}" for each in found.alone.values()],
        "history, bytes": [f"{each.left.history_bytes:,}" for each in found.alone.values()],
        "stored, bytes": [f"{each.left.stored_bytes:,}" for each in found.alone.values()],
    }
    titles = [f"{name}*" if name == C else name for name in found.alone]
    report.table(f"One enquiry at a time, {found.runs} a side, taking turns", titles, list(rows.items()))
    if C in found.alone:
        report.say("* for information: a question about an order, with all its steps, on the demo systems.")
    if found.bursts:
        rows = {
            "enquiries a second": [f"{each.per_second:.1f}" for each in found.bursts.values()],
            "CPU, ms": [f"{each.cpu_ms:.0f}" for each in found.bursts.values()],
            "events": [f"{each.events:.1f}" for each in found.bursts.values()],
            "tasks that timed out": [f"{each.timed_out:.2f}" for each in found.bursts.values()],
        }
        report.table(f"{found.in_flight} in flight at once; an enquiry", list(found.bursts), list(rows.items()))
    report.ratios(f"{B}, against {A}", found.ratios)


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.overhead", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=30, help="enquiries a side, one at a time (default: 30)")
    parser.add_argument(
        "--blocks", type=int, default=6, help="blocks, over which a ratio's spread is told (default: 6)"
    )
    parser.add_argument("--in-flight", type=int, default=200, help="enquiries at once (default: 200; 0: leave it out)")
    parser.add_argument("--bursts", type=int, default=2, help="how often each side has them (default: 2)")
    parser.add_argument("--no-whole", action="store_true", help="leave EnquiryWorkflow itself out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    asked = parser.parse_args()
    found = asyncio.run(measure(asked.runs, asked.blocks, asked.in_flight, asked.bursts, whole=not asked.no_whole))
    report.about(found.machine)
    show(found)
    report.write(asked.json, found)


if __name__ == "__main__":
    run_and_leave(main)

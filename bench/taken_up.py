"""`python -m bench.taken_up`: how long after kill -9 of a worker another goes on with what it was at.

Two workers as processes, stand-in systems, one server. Every trial counts, and is printed; the aim is three seconds.
"""

import argparse
import asyncio
import logging
import tempfile
from pathlib import Path

from baton.contracts.wire import Wire
from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import EmbeddedServer
from baton.temporal.leaving import run_and_leave
from bench.instruments import figures, report
from tests.end_to_end.takeovers import TAKE_OVERS

AIM_S = 3.0


class TakenUp(Wire):
    """What the worker was at, and the seconds of every trial, in their order."""

    at: str
    seconds: list[float]


class TakenUpFigures(Wire):
    """All figures of this bench."""

    machine: figures.Machine
    taken_up: list[TakenUp]


async def measure(trials: int) -> TakenUpFigures:
    """So many trials of each, one after the other."""
    machine = figures.machine()
    measured = {at: TakenUp(at=at, seconds=[]) for at in TAKE_OVERS}
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as state:
        async with EmbeddedServer(Path(state) / "server") as server:
            client = await connect_embedded(server)
            for trial in range(trials):
                for number, (at, take_over) in enumerate(TAKE_OVERS.items()):
                    place = Path(state) / f"{trial}-{number}"
                    place.mkdir()
                    measured[at].seconds.append(round(await take_over(client, server, place), 2))
    return TakenUpFigures(machine=machine, taken_up=list(measured.values()))


def show(measured: TakenUpFigures) -> None:
    """As text."""
    report.about(measured.machine)
    rows = [
        (
            each.at,
            [
                f"{figures.middle(each.seconds):.2f}",
                f"{max(each.seconds):.2f}",
                f"{sum(one <= AIM_S for one in each.seconds)} of {len(each.seconds)}",
                " ".join(f"{one:.2f}" for one in each.seconds),
            ],
        )
        for each in measured.taken_up
    ]
    report.table(
        "Seconds from kill -9 to what comes next", ["median", "longest", f"within {AIM_S:g} s", "every trial"], rows
    )


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.taken_up", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, default=5, help="of each (default 5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    asked = parser.parse_args()
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # requests are cut off here on purpose
    found = asyncio.run(measure(asked.trials))
    show(found)
    report.write(asked.json, found)


if __name__ == "__main__":
    run_and_leave(main)

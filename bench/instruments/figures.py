"""From many turns to a few numbers."""

import os
import platform
import statistics
from collections.abc import Sequence
from importlib.metadata import version

from baton.contracts.wire import Wire


class Ratio(Wire):
    """How one side stands against the other: the middle of the blocks' ratios, the lowest and the highest of them."""

    median: float
    lowest: float
    highest: float
    aim: float | None = None


class Machine(Wire):
    """What the figures were measured on; `load` is the one-minute load average when it began, without our own."""

    cpus: int
    load: float
    python: str
    temporalio: str


def machine() -> Machine:
    """This one."""
    return Machine(
        cpus=os.cpu_count() or 1,
        load=round(os.getloadavg()[0], 2),
        python=platform.python_version(),
        temporalio=version("temporalio"),
    )


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, -(-95 * len(ranked) // 100) - 1)]


def ratio(ours: Sequence[float], theirs: Sequence[float], aim: float | None = None) -> Ratio:
    """Block by block: what went slow on a busy machine went slow for both."""
    every = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return Ratio(median=round(middle(every), 3), lowest=round(min(every), 3), highest=round(max(every), 3), aim=aim)

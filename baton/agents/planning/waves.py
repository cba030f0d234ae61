"""Which steps of a plan could start together."""

from collections.abc import Sequence

from baton.contracts.plan import PlanStep

from .checks.links import in_order, links_of


def waves_of(steps: Sequence[PlanStep]) -> list[list[PlanStep]]:
    """The steps by the length of the chain before them; all in one where they wait for one another.

    For showing only: a running plan has no waves, each step starts as soon as its own predecessors are done.
    """
    links = links_of(steps)
    wave = [0] * len(steps)
    before: list[list[int]] = [[] for _ in steps]
    for link in links:
        before[link.step].append(link.source)
    for place in in_order(len(steps), links) or []:
        wave[place] = max((wave[each] + 1 for each in before[place]), default=0)
    waves: list[list[PlanStep]] = [[] for _ in range(max(wave, default=-1) + 1)]
    for place, step in enumerate(steps):
        waves[wave[place]].append(step)
    return waves

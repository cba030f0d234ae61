"""The cheapest way to have several facts at once: bounded best-first search backwards from them.

A plan under way says for each fact how it is come by: one way a fact, since whoever has a fact once can use it twice.
So a step that two facts come from is there, and counted, once.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

from baton.contracts.planning import Bound

from .bounds import NEVER, Bounds
from .world import Way, World

MOST_STEPS = 12
MOST_NODES = 3000

Rank = tuple[int, int, int, int, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]
"""Parameters left out, effort, milliseconds, steps, then the names."""


@dataclass(frozen=True)
class Partial:
    """A plan under way: how some facts are come by, and which are open."""

    chosen: Mapping[str, Way]
    open: tuple[str, ...]
    steps: int
    given: int
    effort: int


@dataclass(frozen=True)
class Found:
    """The outcome of a search: how each fact is come by (None: no plan), and whether a bound was hit."""

    chosen: Mapping[str, Way] | None
    expanded: int
    bound: Bound | None = None


def search(
    world: World,
    roots: Mapping[str, list[Way]],
    must_use: int = 0,
    *,
    most_steps: int = MOST_STEPS,
    most_nodes: int = MOST_NODES,
) -> Found:
    """The best plan for all roots. What leaves out a given of `must_use` (a mask) comes after all that do not."""
    bounds = Bounds(world, roots)
    if any(bounds.effort[root] >= NEVER for root in roots):
        return Found(None, 0)
    finding = _Search(bounds, world, must_use, most_steps)
    start = Partial({}, tuple(roots), 0, 0, 0)
    queue: list[tuple[Rank, int, Partial]] = []
    finding.push(queue, start)
    expanded = 0
    while queue:
        _, _, here = heapq.heappop(queue)
        if not here.open:
            return Found(here.chosen, expanded)
        if expanded >= most_nodes:
            return Found(finding.dive(here), expanded, "nodes")
        expanded += 1
        for after in finding.after(here):
            finding.push(queue, after)
    return Found(None, expanded, "steps" if finding.too_long else None)


class _Search:
    def __init__(self, bounds: Bounds, world: World, must_use: int, most_steps: int) -> None:
        self._bounds = bounds
        self._world = world
        self._must_use = must_use
        self._most_steps = most_steps
        self._pushed = 0
        self.too_long = False

    def push(self, queue: list[tuple[Rank, int, Partial]], plan: Partial) -> None:
        """Queues a plan under way by what it will take at least; drops one that will be too long."""
        bounds = self._bounds
        steps = plan.steps.bit_count() + bounds.more_steps(plan.open, plan.steps)
        if steps > self._most_steps:
            self.too_long = True
            return
        can_use = plan.given
        for key in plan.open:
            can_use |= bounds.given_below[key]
        left_out = (self._must_use & ~can_use).bit_count()
        effort = plan.effort + bounds.more_effort(plan.open, plan.steps)
        names = tuple(way.order for way in plan.chosen.values())
        self._pushed += 1
        heapq.heappush(queue, ((left_out, effort, self._millis(plan), steps, names), self._pushed, plan))

    def after(self, plan: Partial) -> list[Partial]:
        """The plans in which the first open fact is come by in one of its ways."""
        key, rest = plan.open[0], plan.open[1:]
        plans = (self._with(plan, key, rest, way) for way in self._bounds.ways[key])
        return [each for each in plans if each is not None]

    def dive(self, plan: Partial) -> Mapping[str, Way] | None:
        """Straight on from here, always the next best: a plan, if not proved to be the best."""
        while plan.open:
            queue: list[tuple[Rank, int, Partial]] = []
            for after in self.after(plan):
                self.push(queue, after)
            if not queue:
                return None
            plan = queue[0][2]
        return plan.chosen

    def _with(self, plan: Partial, key: str, rest: tuple[str, ...], way: Way) -> Partial | None:
        chosen = {**plan.chosen, key: way}
        bit = self._bounds.bit[way.step]
        if self._in_a_circle(chosen, way):
            return None
        if plan.steps & bit:
            return Partial(chosen, rest, plan.steps, plan.given, plan.effort)
        given, open_ = plan.given, list(rest)
        for _, need in way.step.needs:
            if need in chosen or need in open_:
                continue
            place = self._world.given_for(need)
            if place is not None:
                given |= 1 << place
            elif self._bounds.effort[need] >= NEVER:
                return None
            else:
                open_.append(need)
        return Partial(chosen, tuple(open_), plan.steps | bit, given, plan.effort + way.step.effort)

    def _in_a_circle(self, chosen: Mapping[str, Way], way: Way) -> bool:
        """Whether a step would wait for itself."""
        waiting, seen = [need for _, need in way.step.needs], set[str]()
        while waiting:
            key = waiting.pop()
            if key in seen or key not in chosen:
                continue
            seen.add(key)
            if chosen[key].step is way.step:
                return True
            waiting.extend(need for _, need in chosen[key].step.needs)
        return False

    def _millis(self, plan: Partial) -> int:
        """The longest chain, open facts at their least."""
        known: dict[str, int] = {}

        def until(key: str) -> int:
            if key not in known:
                way = plan.chosen.get(key)
                if way is None:
                    known[key] = self._bounds.millis.get(key, 0)
                else:
                    known[key] = way.step.millis + max((until(need) for _, need in way.step.needs), default=0)
            return known[key]

        return max((until(key) for key in [*plan.chosen, *plan.open]), default=0)

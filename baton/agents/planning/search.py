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
MOST_NODES = 500
MOST_IN_A_DIVE = 100

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


Queued = tuple[Rank, int, Partial]


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
    bounds = Bounds(world, roots, must_use)
    if any(bounds.effort[root] >= NEVER for root in roots):
        return Found(None, 0)
    finding = _Search(bounds, world, tuple(roots), must_use, most_steps)
    start = Partial({}, tuple(roots), 0, 0, 0)
    queue: list[Queued] = []
    finding.push(queue, start)
    expanded = 0
    while queue:
        _, _, here = heapq.heappop(queue)
        if not here.open:
            return Found(here.chosen, expanded)
        if expanded >= most_nodes:
            return Found(finding.dive(here, False) or finding.dive(start, True), expanded, "nodes")
        expanded += 1
        for after in finding.after(here):
            finding.push(queue, after)
    return Found(None, expanded, "steps" if finding.too_long else None)


class _Search:
    def __init__(self, bounds: Bounds, world: World, roots: tuple[str, ...], must_use: int, most_steps: int) -> None:
        self._bounds = bounds
        self._roots = roots
        self._world = world
        self._must_use = must_use
        self._most_steps = most_steps
        self._pushed = 0
        self.too_long = False

    def push(self, queue: list[Queued], plan: Partial) -> None:
        """Queues a plan under way by what it will take at least; drops one that will be too long."""
        bounds = self._bounds
        effort, steps = bounds.to_come(plan.open, plan.steps)
        effort, steps = effort + plan.effort, steps + plan.steps.bit_count()
        if steps > self._most_steps:
            self.too_long = True
            return
        can_use = plan.given
        for key in plan.open:
            can_use |= bounds.given_below[key]
        left_out = (self._must_use & ~can_use).bit_count()
        names = tuple(way.order for way in plan.chosen.values())
        self._pushed += 1
        heapq.heappush(queue, ((left_out, effort, self._millis(plan), steps, names), self._pushed, plan))

    def after(self, plan: Partial) -> list[Partial]:
        """The plans in which the first open fact is come by in one of its ways."""
        key, rest = plan.open[0], plan.open[1:]
        plans = (self._with(plan, key, rest, way) for way in self._bounds.ways[key])
        return [each for each in plans if each is not None]

    def dive(self, plan: Partial, shortest: bool) -> Mapping[str, Way] | None:
        """Straight on from here, back only out of a dead end: a plan, if not proved to be the best."""
        stack, looked_at = [plan], 0
        while stack and looked_at < MOST_IN_A_DIVE:
            plan = stack.pop()
            if not plan.open:
                return plan.chosen
            looked_at += 1
            queue: list[Queued] = []
            for after in self.after(plan):
                self.push(queue, after)
            queue.sort(key=lambda each: (each[0][3] if shortest else 0, each[:2]), reverse=True)
            stack += [each for _, _, each in queue]
        return None

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
        chosen, least = plan.chosen, self._bounds.millis

        def until(key: str) -> int:
            if key not in chosen:
                return least.get(key, 0)
            if key in known:
                return known[key]
            step, longest = chosen[key].step, 0
            for _, need in step.needs:
                longest = max(longest, until(need))
            known[key] = longest + step.millis
            return known[key]

        return max(until(root) for root in self._roots)

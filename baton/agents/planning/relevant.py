"""What matters for certain wants: the facts that they may lead back to, and of the ways to each those worth a look."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from .world import Way, World

Ways = dict[str, list[Way]]
"""For each fact the ways to it; none for what is given."""

_ALL = -1


def worth_a_look(world: World, roots: Mapping[str, list[Way]], must_use: int) -> Ways:
    """All facts that the roots lead back to, with their ways but the beaten ones."""
    ways = _leading_to(world, roots, world.ways_to)
    left = _unbeaten(ways, _surely_used(world, ways), must_use)
    return _leading_to(world, {root: left[root] for root in roots}, left.__getitem__)


def _leading_to(world: World, roots: Mapping[str, list[Way]], ways_to: Callable[[str], list[Way]]) -> Ways:
    found: Ways = {}
    waiting = list(roots)
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        found[key] = roots[key] if key in roots else [] if world.given_for(key) is not None else ways_to(key)
        waiting.extend(need for way in found[key] for _, need in way.step.needs)
    return found


def _unbeaten(ways: Ways, surely: Mapping[str, int], must_use: int) -> Ways:
    """A step that gives one fact alone is never better than one that gives it for less, and needs no more.

    Rivals are common, and each of them doubles what there is to look at. What must be used must be used by both.
    """
    gives = Counter(way.step for each in ways.values() for way in each)
    needs = {step: frozenset(need for _, need in step.needs) for step in gives}
    used = {step: _all_of(surely[need] for need in needs[step]) for step in gives}

    def beats(one: Way, other: Way) -> bool:
        if one is other or not needs[one.step] <= needs[other.step]:
            return False
        if needs[one.step] != needs[other.step] and must_use & ~used[one.step]:
            return False
        if one.step.effort != other.step.effort:
            return one.step.effort < other.step.effort
        return one.step.millis <= other.step.millis and one.order < other.order

    return {
        key: [way for way in each if gives[way.step] > 1 or not any(beats(one, way) for one in each)]
        for key, each in ways.items()
    }


def _surely_used(world: World, ways: Ways) -> dict[str, int]:
    """The givens (a mask) that no derivation of a fact can do without."""
    sure = {}
    for key in ways:
        place = world.given_for(key) if not ways[key] else None
        sure[key] = _ALL if place is None else 1 << place
    changed = True
    while changed:
        changed = False
        for key, each in ways.items():
            mask = sure[key]
            for way in each:
                mask &= _all_of(sure[need] for _, need in way.step.needs)
            if mask != sure[key]:
                sure[key] = mask
                changed = True
    return sure


def _all_of(masks: Iterable[int]) -> int:
    total = 0
    for mask in masks:
        total |= mask
    return total

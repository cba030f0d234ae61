"""Where a plan for a wanted fact may end: which steps give it, and in which form it is had."""

from baton.contracts.planning import Wanted
from baton.contracts.types import at_path, element_of

from .keys import NULL, core_of, gives_key
from .world import Way, World


def ways_to_want(want: Wanted, world: World) -> tuple[str, list[Way]]:
    """The type in which a wanted fact can be had, and all ways to it; none: it cannot be had.

    One is wanted: one, else one that may turn out to be missing, else all there are. Several: the other way round.
    """
    one, several = want.type, f"list[{want.type}]"
    forms = [several, several + NULL, one, one + NULL] if want.many else [one, one + NULL, several, several + NULL]
    for form in forms:
        ways = [way for way in world.ways_to(form) if _may(way, want, world)]
        if ways:
            return form, ways
    return one, []


def _may(way: Way, want: Wanted, world: World) -> bool:
    if want.capability is not None and way.step.name != want.capability:
        return False
    if _goes_round(way, want, world):
        return False
    return want.via is None or _goes_by(way, want.via, world)


def _goes_round(way: Way, want: Wanted, world: World) -> bool:
    """A customer's addresses, and the customer of each: the same one again is not several."""
    if not way.step.each:
        return False
    lists = world.ways_to(f"list[{way.step.each}]")
    return bool(lists) and all(any(core_of(type_) == want.type for type_ in _along(before)) for before in lists)


def _along(way: Way) -> list[str]:
    """The types that a path goes through, the result's first."""
    card = way.step.card
    return [at_path(card.gives, way.path[:depth], card.parts) or "" for depth in range(len(way.path))]


def _goes_by(way: Way, via: str, world: World) -> bool:
    """Whether the fact is this thing's: a part of it, or found by it or by something that only it holds."""
    if any(core_of(type_) == via for type_ in _along(way)) or element_of(way.step.each) == via or way.step.each == via:
        return True
    own = [place for place in world.places_in_type(via) if place[0]]
    return any(core_of(key) == via or any(gives_key(place, key) for place in own) for _, key in way.step.needs)

"""Who could give what is missing: a step of the plan, else a capability that is not in it yet."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from baton.contracts.plan import PlanCard, PlanStep
from baton.contracts.types import element_of, fits

from .literals import NULL
from .telling import few

_DEEPEST = 3
_MOST_PLACES = 300
_MOST_OFFERED = 3


class Offers:
    """Answers for one plan; what a capability gives is looked through once."""

    def __init__(self, steps: Sequence[PlanStep], cards: Mapping[str, PlanCard], granted: Collection[str]) -> None:
        self._steps = steps
        self._cards = cards
        self._granted = granted
        self._gives: dict[str, list[tuple[str, str]]] = {}
        self._said: dict[tuple[str, int], str] = {}

    def of(self, type_: str, step: int, later: Collection[int]) -> str:
        """`take it from find_order.customer_id`. `later`: steps that come after this one, and cannot give it."""
        if type_ == "json":
            return "any JSON will do, or a step's result"
        if (type_, step) not in self._said:
            self._said[type_, step] = self._found(type_, step, later)
        return self._said[type_, step]

    def _found(self, type_: str, step: int, later: Collection[int]) -> str:
        places: list[str] = []
        for place, other in enumerate(self._steps):
            if place == step or place in later or other.capability not in self._cards:
                continue
            many = other.for_each is not None
            gives = self._places(other.capability)
            given = [(path, f"list[{kind}]") for path, kind in gives if not path] if many else gives
            fit = [f"{other.id}{path}" for path, kind in given if fits(kind, type_)]
            perhaps = [f"{other.id}{path} where it is not null" for path, kind in given if _may_fit(kind, type_)]
            places += [*fit, *perhaps][:1]
            if len(places) >= _MOST_OFFERED:
                break
        if places:
            return f"take it from {' or '.join(places)}"
        able = [name for name in sorted(self._granted) if any(_may_fit(kind, type_) for _, kind in self._places(name))]
        return f"no step before gives {type_}; {few(able, _MOST_OFFERED)} would" if able else f"nothing gives {type_}"

    def _places(self, capability: str) -> list[tuple[str, str]]:
        if capability not in self._gives:
            card = self._cards[capability]
            self._gives[capability] = list(places_in(card.gives, card))
        return self._gives[capability]


def _may_fit(kind: str, type_: str) -> bool:
    return fits(kind.removesuffix(NULL), type_)


def places_in(type_: str, card: PlanCard, path: str = "", depth: int = _DEEPEST) -> Iterator[tuple[str, str]]:
    """Paths within a result, the shortest first, and their types; what lies past a null may be null."""
    waiting = [(path, type_, depth)]
    told = 0
    while waiting and told < _MOST_PLACES:
        here, kind, left = waiting.pop(0)
        told += 1
        yield here, kind
        null = NULL if kind.endswith(NULL) else ""
        for field, part in card.parts.get(kind.removesuffix(NULL), {}).items():
            if left:
                waiting.append((f"{here}.{field}", part.removesuffix(NULL) + null if null else part, left - 1))


def kinds_in(card: PlanCard) -> set[str]:
    """Every type that a result is, or has in it, also in its lists; without the null that may stand instead."""
    found: set[str] = set()
    waiting = [card.gives]
    while waiting:
        kind = waiting.pop().removesuffix(NULL)
        if kind in found:
            continue
        found.add(kind)
        inner = element_of(kind)
        waiting += [inner] if inner is not None else card.parts.get(kind, {}).values()
    return found

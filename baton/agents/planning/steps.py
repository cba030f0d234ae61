"""Which steps the cards allow, each with what it needs, what it gives and what it takes to do it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from baton.contracts.plan import Need, PlanCard
from baton.contracts.types import element_of

from .keys import NULL, Place, gives_key, key_of

A_FEW = 3
"""How many items a list is taken to have, when the cost of a step for each of them is compared."""

WRITE = 10**15
ASKED = 10**13
STAND_IN = 10**12
"""A write that nobody asked for comes after any cost, and a question to a person after any cost of a read; so does a
capability that another one declares as its fallback: it is for when that fails.
"""

ASK_PERSON = "ask_person"


@dataclass(frozen=True, eq=False)
class Step:
    """A capability in a certain use: from facts at hand, or once for each item of a list."""

    card: PlanCard
    needs: tuple[tuple[str, str], ...]
    """Input and key; the list that it goes over stands under the input ''."""
    each: str = ""
    from_item: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Inputs taken from the item at hand, and the fields within it."""
    asks: str = ""
    """Of `ask_person`: the key that a person is asked for."""
    stands_in: bool = False
    """Another capability at hand declares it as its fallback."""

    @property
    def name(self) -> str:
        """The capability's."""
        return self.card.name

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Its place among all steps, whatever the order of the cards."""
        return (self.name, self.each, self.asks, *(f"{name}={key}" for name, key in self.needs))

    @cached_property
    def effort(self) -> int:
        """Writes, then questions, then fallbacks, then cost, in one number."""
        cost = int(self.card.cost * 10**6) * (A_FEW if self.each else 1)
        extra = [(self.card.writes, WRITE), (bool(self.asks), ASKED), (self.stands_in, STAND_IN)]
        return cost + sum(weight for holds, weight in extra if holds)

    @cached_property
    def millis(self) -> int:
        """Typical duration; the items of a list are done at once."""
        return max(1, round(self.card.typical_s * 1000))

    @property
    def gives(self) -> str:
        """The type of its result."""
        return f"list[{self.card.gives}]" if self.each else self.card.gives


def plain_uses(card: PlanCard, given: frozenset[str], *, deed: bool = False) -> Iterator[Step]:
    """A capability from facts at hand. Optional inputs are filled by what is given, and looked for by nothing else.

    Where every input is optional, one of them must be there all the same: a search by nothing finds nobody. A deed
    that is asked for may look for an optional input, so that what is given for it is not lost.
    """
    needs = {name: _needed(name, need, given) for name, need in card.inputs.items() if need.required}
    extra = {
        name: key for name, need in card.inputs.items() if not need.required and (key := _extra(name, card, given))
    }
    named = {
        name: type_
        for name, need in card.inputs.items()
        if not need.required and name not in extra and key_of(name, type_ := need.type.removesuffix(NULL)) == type_
    }
    if needs or extra or not named:
        yield Step(card, tuple(sorted((needs | extra).items())))
    if deed or not (needs or extra):
        for name, type_ in sorted(named.items()):
            yield Step(card, tuple(sorted((needs | extra | {name: type_}).items())))


def use_for_each(card: PlanCard, item: str, places: list[Place], given: frozenset[str]) -> Step | None:
    """A capability once for each item of a list: what the item offers is taken from it, the rest from elsewhere."""
    from_item: dict[str, tuple[str, ...]] = {}
    needs = {"": f"list[{item}]"}
    for name, need in card.inputs.items():
        key = key_of(name, need.type)
        place = next((place for place in places if gives_key(place, key)), None)
        if place is not None and need.required:
            from_item[name] = place[0]
        elif need.required:
            needs[name] = _needed(name, need, given)
        elif extra := _extra(name, card, given):
            needs[name] = extra
    if not from_item:
        return None
    return Step(card, tuple(sorted(needs.items())), item, tuple(sorted(from_item.items())))


def _needed(name: str, need: Need, given: frozenset[str]) -> str:
    """The key of an input: what is given for it by name, or as the only item of its list; else its type's."""
    key, inner = key_of(name, need.type), element_of(need.type.removesuffix(NULL))
    own = f"{name}: {need.type.removesuffix(NULL)}"
    if own in given:
        return own
    if inner is not None and (one := key_of(name, inner)) in given:
        return one
    return key


def _extra(name: str, card: PlanCard, given: frozenset[str]) -> str:
    """What is given for an optional input: by its name, or by its type where no other optional input has it."""
    type_ = card.inputs[name].type.removesuffix(NULL)
    alike = [each for each in card.inputs.values() if not each.required and each.type.removesuffix(NULL) == type_]
    key = key_of(name, type_)
    if f"{name}: {type_}" in given:
        return f"{name}: {type_}"
    return key if key in given and len(alike) == 1 else ""

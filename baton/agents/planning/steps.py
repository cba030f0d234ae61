"""Which steps the cards allow, each with what it needs, what it gives and what it takes to do it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from baton.contracts.plan import PlanCard

from .keys import Place, core_of, gives_key, key_of

A_FEW = 3
"""How many items a list is taken to have, when the cost of a step for each of them is compared."""

WRITE = 10**15
ASKED = 10**13
"""A write that nobody asked for comes after any cost, and a question to a person after any cost of a read."""

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
        """Writes, then questions, then cost, in one number."""
        cost = int(self.card.cost * 10**6) * (A_FEW if self.each else 1)
        return cost + (WRITE if self.card.writes else 0) + (ASKED if self.asks else 0)

    @cached_property
    def millis(self) -> int:
        """Typical duration; the items of a list are done at once."""
        return max(1, round(self.card.typical_s * 1000))

    @property
    def gives(self) -> str:
        """The type of its result."""
        return f"list[{self.card.gives}]" if self.each else self.card.gives


def plain_uses(card: PlanCard, given: frozenset[str]) -> Iterator[Step]:
    """A capability from facts at hand. Optional inputs are filled by what is given, and looked for by nothing else.

    Where every input is optional, one of them must be there all the same: a search by nothing finds nobody.
    """
    needs = {name: key_of(name, need.type) for name, need in card.inputs.items() if need.required}
    extra = {
        name: key
        for name, need in card.inputs.items()
        if not need.required and (key := key_of(name, need.type).removesuffix(" | null")) in given
    }
    optional = {name: need.type for name, need in card.inputs.items() if not need.required}
    named = {name: type_ for name, type_ in optional.items() if key_of(name, type_) == type_}
    if needs or extra or not named:
        yield Step(card, tuple(sorted((needs | extra).items())))
        return
    for name, type_ in sorted(named.items()):
        yield Step(card, ((name, type_.removesuffix(" | null")),))


def use_for_each(card: PlanCard, item: str, places: list[Place], given: frozenset[str]) -> Step | None:
    """A capability once for each item of a list: what the item offers is taken from it, the rest from elsewhere."""
    from_item: dict[str, tuple[str, ...]] = {}
    needs = {"": f"list[{item}]"}
    for name, need in card.inputs.items():
        key = key_of(name, need.type)
        if core_of(need.type) == "json" and need.required:
            return None
        place = next((place for place in places if gives_key(place, key)), None)
        if place is not None and need.required:
            from_item[name] = place[0]
        elif need.required or key.removesuffix(" | null") in given:
            needs[name] = key if need.required else key.removesuffix(" | null")
    if not from_item:
        return None
    return Step(card, tuple(sorted(needs.items())), item, tuple(sorted(from_item.items())))

"""What can be had at all from what is given, and every way to have it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

from baton.contracts.plan import PlanCard
from baton.contracts.planning import Given
from baton.contracts.types import element_of

from .keys import DEEPEST, NULL, Place, gives_key, key_of, name_and_type, places_in, shape_of
from .steps import ASK_PERSON, Step, plain_uses, use_for_each

WITHIN_AN_ITEM = 2


@dataclass(frozen=True, eq=False)
class Way:
    """One way to come by a fact: a step, and the fields within its result."""

    step: Step
    path: tuple[str, ...]

    @cached_property
    def order(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Its place among all ways, whatever the order of the cards."""
        return self.step.order, self.path


class World:
    """All steps that could run, found forwards from what is given; and for any key the ways to it, by name.

    `hints`: words of the goal; where a result holds a type twice, they tell which is meant.
    `deeds`: capabilities that are asked for by name; for their missing texts a person is asked. `each`: those of them
    that may be done once for each item of a list; no write else is. `passed_over`: writes that nobody asked for, told
    of where they would have done.
    """

    def __init__(
        self,
        cards: Iterable[PlanCard],
        given: Iterable[Given],
        *,
        hints: frozenset[str] = frozenset(),
        deeds: frozenset[str] = frozenset(),
        each: frozenset[str] = frozenset(),
        passed_over: Iterable[PlanCard] = (),
    ) -> None:
        self.cards: dict[str, PlanCard] = {card.name: card for card in sorted(cards, key=lambda card: card.name)}
        self.passed_over = sorted(passed_over, key=lambda card: card.name)
        self._stand_ins = {name for card in self.cards.values() for name in card.fallbacks}
        self.parameters = list(given)
        self.given: dict[str, int] = {}
        for place, parameter in enumerate(self.parameters):
            for key in parameter.types:
                self.given.setdefault(key, place)
        self.steps: list[Step] = []
        self._hints = hints
        self._each = each
        self._named = frozenset(self.given)
        self._parts = _all_parts(self.cards)
        self._offers: dict[str, list[tuple[Place, int]]] = defaultdict(list)
        self._asked: dict[str, int] = {}
        self._there: set[str] = set()
        self._takers: dict[str, set[str]] = defaultdict(set)
        self._places: dict[tuple[str, str], list[Place]] = {}
        for card in self.cards.values():
            for name, need in card.inputs.items():
                if need.required:
                    self._takers[_index_of(key_of(name, need.type))].add(card.name)
        pending = [
            step for card in self.cards.values() for step in plain_uses(card, self._named, deed=card.name in deeds)
        ]
        pending = self._forwards(pending)
        if deeds and ASK_PERSON in self.cards:
            self._forwards([*pending, *self._questions(pending, deeds)])
        self._ways: dict[str, list[Way]] = {}

    def with_values(self, given: Iterable[Given]) -> "World":
        """The same world for other values of the same types."""
        other = copy(self)
        other.parameters = list(given)
        return other

    def given_for(self, key: str) -> int | None:
        """Which of the parameters stands for this key."""
        return self.given.get(key.removesuffix(NULL))

    def ways_to(self, key: str) -> list[Way]:
        """Every step that gives the key, each by the path that fits best; by name."""
        known = self._ways.get(key)
        if known is None:
            best: dict[int, tuple[str, ...]] = {}
            for place, number in self._offers[_index_of(key)]:
                if not gives_key(place, key):
                    continue
                if number not in best or self._rank(place[0]) < self._rank(best[number]):
                    best[number] = place[0]
            if key in self._asked:
                best[self._asked[key]] = ("text",)
            known = sorted((Way(self.steps[number], path) for number, path in best.items()), key=lambda way: way.order)
            self._ways[key] = known
        return known

    def places_of(self, card: PlanCard) -> list[Place]:
        """What can be taken from a capability's result."""
        return self._places_in(card.gives, card.name, card.parts)

    def places_in_type(self, type_: str) -> list[Place]:
        """What a thing of this type is made of."""
        return self._places_in(type_, "", self._parts)

    def reached(self, key: str) -> bool:
        """Whether the key can be had at all."""
        return self.given_for(key) is not None or bool(self.ways_to(key))

    def _rank(self, path: tuple[str, ...]) -> tuple[int, int, tuple[str, ...]]:
        said = sum(word in self._hints for field in path for word in field.split("_"))
        return -said, len(path), path

    def _places_in(self, type_: str, owner: str, parts: Mapping[str, Mapping[str, str]]) -> list[Place]:
        known = self._places.get((type_, owner))
        if known is None:
            known = self._places[type_, owner] = places_in(type_, parts, DEEPEST if owner else WITHIN_AN_ITEM)
        return known

    def _forwards(self, pending: list[Step]) -> list[Step]:
        """Adds every step whose needs are there, until none is left; gives back those that have to wait for ever."""
        seen = {step.order for step in pending} | {step.order for step in self.steps}
        while True:
            ready = [step for step in pending if all(self._has(key) for _, key in step.needs)]
            if not ready:
                return pending
            done = {id(step) for step in ready}
            pending = [step for step in pending if id(step) not in done]
            for step in ready:
                for item in self._add(replace(step, stands_in=step.name in self._stand_ins)):
                    for use in self._uses_of(item):
                        if use.order not in seen:
                            seen.add(use.order)
                            pending.append(use)

    def _has(self, key: str) -> bool:
        if key in self._there or key in self._asked or self.given_for(key) is not None:
            return True
        if any(gives_key(place, key) for place, _ in self._offers[_index_of(key)]):
            self._there.add(key)
            return True
        return False

    def _add(self, step: Step) -> list[str]:
        """The step is possible: what it gives is there. Types of the items of its lists."""
        number = len(self.steps)
        self.steps.append(step)
        if step.asks:
            self._asked[step.asks] = number  # what a person answers is taken for nothing else
            return []
        items = []
        for path, type_ in [((), step.gives)] if step.each else self.places_of(step.card):
            if path:
                self._offers[_index_of(key_of(path[-1], type_))].append(((path, type_), number))
            else:
                self._offers[shape_of(type_)].append(((path, type_), number))
            inner = element_of(type_)
            if inner is not None and not inner.endswith(NULL):
                items.append(inner)
        return items

    def _uses_of(self, item: str) -> list[Step]:
        places = self._places_in(item, "", self._parts)
        takers: set[str] = set()
        for path, type_ in places:
            takers |= self._takers.get(_index_of(key_of(path[-1] if path else "", type_)), set())
        uses = (
            use_for_each(self.cards[name], item, places, self._named)
            for name in sorted(takers)
            if self._may_repeat(name)
        )
        return [use for use in uses if use is not None]

    def _may_repeat(self, name: str) -> bool:
        return name in self._each or not self.cards[name].writes

    def _questions(self, pending: list[Step], deeds: frozenset[str]) -> list[Step]:
        keys = {
            key
            for step in pending
            if step.name in deeds
            for _, key in step.needs
            if name_and_type(key)[1] == "str" and not self._has(key)
        }
        return [Step(self.cards[ASK_PERSON], (), asks=key) for key in sorted(keys)]


def _index_of(key: str) -> str:
    name, type_ = name_and_type(key)
    return f"{name}: {shape_of(type_)}" if name else shape_of(type_)


def _all_parts(cards: Mapping[str, PlanCard]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for card in cards.values():
        for type_, fields in card.parts.items():
            found.setdefault(type_, fields)
    return found

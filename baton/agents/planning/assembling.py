"""The plan's steps, from the ways that were chosen: what is the same step for two wants is there once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import JsonValue

from baton.contracts.plan import EACH, Input, PlanStep, Reference
from baton.contracts.planning import Given, Wanted
from baton.contracts.types import element_of
from baton.contracts.wire import canonical_json, digest_of

from .keys import NULL, name_and_type, shown
from .steps import Step
from .world import Way, World

MOST_SHOWN = 60
"""Characters of a parameter in what a step is called."""


@dataclass(frozen=True)
class Taken:
    """Where a step takes an input from: a step of the plan, or a literal."""

    use: "Use | None"
    path: tuple[str, ...] = ()
    literal: JsonValue = None


@dataclass(eq=False)
class Use:
    """A step of the plan under assembly, the world that it was chosen in, and the facts that are taken from it."""

    step: Step
    world: World
    takes: dict[str, Taken]
    keys: list[str] = field(default_factory=list)
    gives: list[str] = field(default_factory=list)
    for_whom: list[str] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)

    @cached_property
    def level(self) -> int:
        """Steps that must be done before, along the longest chain."""
        return max((taken.use.level + 1 for taken in self.takes.values() if taken.use), default=0)

    @cached_property
    def until_ms(self) -> int:
        """When it is done, after typical durations."""
        return self.step.millis + max((taken.use.until_ms for taken in self.takes.values() if taken.use), default=0)


class Assembly:
    """The steps of all wants, each once."""

    def __init__(self) -> None:
        self.wanted: list[str] = []
        self._uses: dict[str, Use] = {}
        self._key_of: dict[int, str] = {}
        self._used: set[str] = set()
        self._found: list[Taken] = []

    def add(
        self,
        chosen: Mapping[str, Way],
        forms: Mapping[str, str],
        world: World,
        wants: Sequence[Wanted],
    ) -> None:
        """Puts the steps of one search in."""
        for (root, form), want in zip(forms.items(), wants, strict=True):
            use = self._use(chosen[root], chosen, world)
            _once(use.gives, form)
            use.wanted.append(want)
            self._found.append(Taken(use, chosen[root].path))
            _once(self.wanted, form)

    @cached_property
    def uses(self) -> list[Use]:
        """In an order in which they could be done, the same for any order of the cards."""
        found: list[Use] = []
        for level in sorted({use.level for use in self._uses.values()}):
            place = {id(use): number for number, use in enumerate(found)}
            here = [
                (use.step.order, _literals(use), _sources(use, place), use)
                for use in self._uses.values()
                if use.level == level
            ]
            found += [use for *_, use in sorted(here, key=lambda each: each[:3])]
        return found

    @cached_property
    def ids(self) -> dict[int, str]:
        """The id of each step: the capability's name, numbered where it is there again."""
        counted: dict[str, int] = {}
        found: dict[int, str] = {}
        for use in self.uses:
            base = _plain(use.step.name)
            counted[base] = number = counted.get(base, 0) + 1
            found[id(use)] = base if number == 1 else f"{base}_{number}"
        return found

    def steps(self) -> list[PlanStep]:
        """The steps as a plan has them."""
        return [self._planned(use) for use in self.uses]

    def found_at(self) -> list[str]:
        """Where each want is, in the order in which they were put in."""
        return [self._reference(taken).source for taken in self._found]

    def seconds(self) -> float:
        """Typical duration along the longest chain."""
        return max(use.until_ms for use in self.uses) / 1000

    def unused(self, wanted: Sequence[Wanted]) -> list[Given]:
        """Parameters that no step takes, words taken as they are apart."""
        given = {each.model_dump_json(): each for want in wanted for each in want.given}
        return [each for key, each in given.items() if not each.loose and key not in self._used]

    def unasked(self) -> list[str]:
        """Writes that no want names."""
        return [
            use.step.name
            for use in self.uses
            if use.step.card.writes and all(want.capability != use.step.name for want in use.wanted)
        ]

    def _use(self, way: Way, chosen: Mapping[str, Way], world: World) -> Use:
        takes = {name: self._taken(name, key, way.step, chosen, world) for name, key in way.step.needs}
        key = digest_of([*way.step.order, {name: self._spelled(taken) for name, taken in takes.items()}])
        use = self._uses.get(key)
        if use is None:
            use = self._uses[key] = Use(way.step, world, takes)
            self._key_of[id(use)] = key
        return use

    def _taken(self, name: str, key: str, step: Step, chosen: Mapping[str, Way], world: World) -> Taken:
        place = world.given_for(key)
        if place is not None:
            parameter = world.parameters[place]
            self._used.add(parameter.model_dump_json())
            of_one = element_of(step.card.inputs[name].type.removesuffix(NULL)) and not element_of(
                name_and_type(key)[1]
            )
            return Taken(None, literal=[parameter.value] if of_one else parameter.value)
        way = chosen[key]
        use = self._use(way, chosen, world)
        _once(use.keys, key)
        _once(use.gives, shown(key))
        _once(use.for_whom, step.name)
        return Taken(use, way.path)

    def _spelled(self, taken: Taken) -> JsonValue:
        return [self._key_of[id(taken.use)], *taken.path] if taken.use else {"literal": taken.literal}

    def _planned(self, use: Use) -> PlanStep:
        inputs: dict[str, Input] = {}
        for name, taken in use.takes.items():
            if name:
                inputs[name] = self._input(taken)
        for name, path in use.step.from_item:
            inputs[name] = Reference(source=".".join([EACH, *path]))
        if use.step.asks:
            inputs = _question(use)
        over = use.takes.get("")
        return PlanStep(
            id=self.ids[id(use)],
            intent=_intent(use),
            capability=use.step.name,
            inputs=dict(sorted(inputs.items())),
            for_each=self._reference(over) if over and over.use else None,
            review=use.step.card.writes,
        )

    def _input(self, taken: Taken) -> Input:
        return self._reference(taken) if taken.use else taken.literal

    def _reference(self, taken: Taken) -> Reference:
        return Reference(source=".".join([self.ids[id(taken.use)], *taken.path]))


def _literals(use: Use) -> str:
    return canonical_json({name: taken.literal for name, taken in use.takes.items()})


def _sources(use: Use, place: Mapping[int, int]) -> list[int]:
    return [place[id(taken.use)] for _, taken in sorted(use.takes.items()) if taken.use]


def _question(use: Use) -> dict[str, Input]:
    name, _ = name_and_type(use.step.asks)
    return {"question": f"What should the {name.replace('_', ' ')} be?", "choices": []}


def _intent(use: Use) -> str:
    """`Find customer by email: sara@example.com`: what a person reads in the record, a review and the answer."""
    if use.step.asks:
        return str(_question(use)["question"])
    what = use.step.name.replace("_", " ")
    by = dict.fromkeys(_shortened(str(taken.literal)) for taken in use.takes.values() if taken.use is None)
    return f"{what[:1].upper()}{what[1:]}{': ' if by else ''}{', '.join(by)}"[:500]


def _shortened(text: str) -> str:
    """A parameter that is a whole text, cut."""
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def _plain(name: str) -> str:
    found = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
    return found[:50] if re.match(r"[a-z]", found) else f"step_{found}"[:50]


def _once(there: list[str], one: str) -> None:
    if one not in there:
        there.append(one)

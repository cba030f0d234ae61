"""Another way to what a step would have given, when it failed for good: from what is had, by what has not failed.

First in place of that step alone, then of it and those that take something from it. Types alone must tell what is
wanted, and every parameter must be used again: else a person is asked, as ever.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from baton.contracts.plan import EACH, PlanCard, PlanStep, Reference
from baton.contracts.planning import Given, NotPlanned, Planned, Wanted
from baton.contracts.replanning import Replan
from baton.contracts.types import at_path, element_of

from .alternatives import OF_THE_PROCESS
from .checks.links import named_by
from .glossary import stems_of
from .keys import NULL, PLAIN, core_of, key_of, name_and_type, places_in
from .merging import Anew, fresh_id, moved_to
from .planner import make_plan
from .widening import widened

_HAD = "had "
"""Before the id of a step that is done: for the planner its result is what a capability without inputs gives."""


class NoDetour(Exception):
    """Nothing else leads there, and why."""


def detour(given: Replan, known: Mapping[str, PlanCard], usable: Sequence[PlanCard]) -> Anew:
    """The plan around the step that failed. Raises NoDetour with what stands in the way nearest to it."""
    around = _Around(given, known, [card for card in usable if not card.writes and card.name not in OF_THE_PROCESS])
    gap, first = [given.step], ""
    while True:
        try:
            return around.gap(gap)
        except NoDetour as none:
            first = first or str(none)
        wider = around.takers(gap)
        if not wider:
            raise NoDetour(first)
        gap = [*gap, *wider]


class _Around:
    """One plan under way, and what may be used to get around a gap in it."""

    def __init__(self, given: Replan, known: Mapping[str, PlanCard], usable: list[PlanCard]) -> None:
        self._given = given
        self._known = known
        self._usable = usable
        self._steps = {step.id: step for step in given.plan.steps}
        self._before = {step.id: {said.step for said in named_by(step)} for step in given.plan.steps}
        self._taken = {step.id: {said.step for said in named_by(step) if said.takes} for step in given.plan.steps}

    def takers(self, gap: Sequence[str]) -> list[str]:
        """The steps that take something from these, in the order of the plan."""
        return [id_ for id_ in self._steps if id_ not in gap and self._taken[id_] & {*gap}]

    def gap(self, gap: Sequence[str]) -> Anew:
        """The plan with other steps in place of these. Raises NoDetour."""
        for id_ in gap:
            self._refuse_what_is_more_than_its_type(self._steps[id_])
        wants = self._wants(gap)
        given = self._parameters(gap)
        self._refuse_what_is_there_before(gap, wants, given)
        # By what took something from the failed step the same could be had of something else than what it gave.
        usable = [card for card in self._usable if all(card.name != self._steps[id_].capability for id_ in gap)]
        cards = [*usable, *self._had(gap)]
        wanted = [
            Wanted(type=element_of(type_) or type_, many=element_of(type_) is not None, given=given)
            for type_ in wants.values()
        ]
        made = make_plan(self._given.plan.goal, wanted, cards)
        if isinstance(made, NotPlanned):
            raise NoDetour("; ".join(made.reasons))
        self._refuse_what_goes_elsewhere(made, gap, cards)
        return self._put_in(made, gap, dict(zip(wants, made.found_at, strict=True)))

    def _refuse_what_is_there_before(
        self, gap: Sequence[str], wants: Mapping[str, str], given: Sequence[Given]
    ) -> None:
        """From an order to the one in its place: by its type the first would do for the second."""
        before = {core_of(name_and_type(key)[1]) for each in given for key in each.types}
        for id_ in self._ancestors(gap):
            if id_ in self._given.had:
                parts = self._known[self._steps[id_].capability].parts
                before |= {core_of(type_) for _, type_ in places_in(self._gives(id_), parts)}
        within = [source for id_ in gap for source in _sources(self._steps[id_]) if source.partition(".")[0] in gap]
        for type_ in [*wants.values(), *map(self._type_at, within)]:
            if core_of(type_) in before:
                raise NoDetour(f"there is {core_of(type_)} before it, and the type does not tell them apart")

    def _refuse_what_is_more_than_its_type(self, step: PlanStep) -> None:
        """A result of the same type would not do in place of what a person approves, or what a condition tests."""
        card = self._known[step.capability]
        loose = step.id != self._given.step
        reasons = [
            (card.writes, "changes something: another deed is none in its place"),
            (step.capability in OF_THE_PROCESS, "is the process's own"),
            (step.review, "is approved by a person"),
            (bool(step.done_when), "says what its result must be"),
            (loose and bool(step.when), "is done under a condition alone"),
            (loose and step.id in self._given.begun, "began"),
        ]
        for holds, why in reasons:
            if holds:
                raise NoDetour(f"{step.id} {why}")

    def _wants(self, gap: Sequence[str]) -> dict[str, str]:
        """What is to be had instead: where it is taken from now, and its type."""
        behind = [step for id_, step in self._steps.items() if id_ not in gap]
        sources = [source for step in behind for source in _sources(step) if source.partition(".")[0] in gap]
        ends = [id_ for id_ in gap if not any(id_ in taken for taken in self._taken.values())]
        wants: dict[str, str] = {}
        for source in dict.fromkeys([*sources, *ends]):
            type_ = self._type_at(source)
            if core_of(type_) in PLAIN:
                raise NoDetour(f"{source} is {type_}, and that alone does not say which one")
            wants[source] = type_
        kinds = [core_of(type_) for type_ in wants.values()]
        if len(set(kinds)) < len(kinds):
            raise NoDetour("several of one type would have to be had, and it does not tell them apart")
        return wants

    def _type_at(self, source: str) -> str:
        id_, *path = source.split(".")
        parts = self._known[self._steps[id_].capability].parts
        return (at_path(self._gives(id_), tuple(path), parts) or "json").removesuffix(NULL)

    def _gives(self, id_: str) -> str:
        step = self._steps[id_]
        gives = self._known[step.capability].gives
        return f"list[{gives}]" if step.for_each else gives

    def _ancestors(self, gap: Sequence[str]) -> list[str]:
        found: set[str] = set()
        waiting = list(gap)
        while waiting:
            new = self._before[waiting.pop()] - found
            found |= new
            waiting += new
        return [id_ for id_ in self._steps if id_ in found and id_ not in gap]

    def _had(self, gap: Sequence[str]) -> list[PlanCard]:
        """The results before the gap, each as a card; of two of one type neither, unless one alone leads into it."""
        direct = {source for id_ in gap for source in self._taken[id_]}
        had = [id_ for id_ in self._ancestors(gap) if id_ in self._given.had]
        kinds = {id_: core_of(self._gives(id_)) for id_ in had}

        def stands_alone(id_: str) -> bool:
            alike = [each for each in had if kinds[each] == kinds[id_]]
            return alike == [id_] or [each for each in alike if each in direct] == [id_]

        return [self._as_card(id_) for id_ in had if stands_alone(id_)]

    def _as_card(self, id_: str) -> PlanCard:
        return self._known[self._steps[id_].capability].model_copy(
            update={
                "name": _HAD + id_,
                "gives": self._gives(id_),
                "inputs": {},
                "fallbacks": [],
                "effect": "read",
                "cost": Decimal(0),
                "typical_s": 0.001,
            }
        )

    def _parameters(self, gap: Sequence[str]) -> list[Given]:
        """What stands in the plan word for word: that of the gap must be used again, that from before it may be."""
        own: dict[str, Given] = {}
        for id_ in gap:
            for given in self._literals(id_, loose=False):
                if own.setdefault(given.types[0], given).value != given.value:
                    raise NoDetour(f"several of {given.types[0]} are named, and each would have to stay where it is")
        before: dict[str, list[Given]] = {}
        for id_ in self._ancestors(gap):
            for given in self._literals(id_, loose=True):
                before.setdefault(given.types[0], []).append(given)
        clear = [
            alike[0]
            for key, alike in before.items()
            if key not in own and all(each.value == alike[0].value for each in alike)
        ]
        return [*own.values(), *clear]

    def _literals(self, id_: str, *, loose: bool) -> Iterator[Given]:
        step = self._steps[id_]
        needs = self._known[step.capability].inputs
        for name, value in step.inputs.items():
            if isinstance(value, Reference) or name not in needs:
                continue
            type_ = needs[name].type.removesuffix(NULL)
            types = list(dict.fromkeys([key_of(name, type_), f"{name}: {type_}"]))
            yield Given(types=types, value=value, words=str(value)[:200], loose=loose)

    def _refuse_what_goes_elsewhere(self, made: Planned, gap: Sequence[str], cards: list[PlanCard]) -> None:
        """What leaves a parameter out, starts from nothing that is known, or takes all of a kind is no way to it."""
        if made.unused:
            raise NoDetour(f"nothing else takes {' and '.join(f'“{each.words}”' for each in made.unused)}")
        steps = {step.id: step for step in made.plan.steps}
        starts = any(self._steps[id_].inputs or self._steps[id_].for_each for id_ in gap)
        for found in made.found_at:
            if starts and not any(_is_anchored(step) for step in _chain(found.partition(".")[0], steps)):
                raise NoDetour("what else gives it starts from nothing that is known here")
        if wider := widened(made.plan, cards, frozenset(stems_of(made.plan.goal))):
            raise NoDetour(f"what else there is would take all {wider}")

    def _put_in(self, made: Planned, gap: Sequence[str], found_at: Mapping[str, str]) -> Anew:
        plan, taken = self._given.plan, {*self._steps, *self._given.used}
        ids: dict[str, str] = {}
        new: list[PlanStep] = []
        for step in made.plan.steps:
            if step.capability.startswith(_HAD):
                ids[step.id] = step.capability.removeprefix(_HAD)
                continue
            ids[step.id] = fresh_id(step.id, taken)
            taken.add(ids[step.id])
            new.append(step.model_copy(update={"id": ids[step.id]}))

        def from_made(source: str) -> str:
            id_, dot, path = source.partition(".")
            return f"{ids.get(id_, id_)}{dot}{path}"

        new = [moved_to(step, from_made) for step in new]
        instead = {source: from_made(found) for source, found in found_at.items()}
        ends = list(dict.fromkeys(each.partition(".")[0] for each in instead.values()))
        needs = dict.fromkeys(gap, ends)
        kept = [
            step if step.id in self._given.begun else moved_to(step, lambda source: instead.get(source, source), needs)
            for step in plan.steps
            if step.id == self._given.step or step.id not in gap
        ]
        return Anew(
            plan=plan.model_copy(update={"steps": [*kept, *new]}),
            added=[step.id for step in new],
            dropped=[id_ for id_ in gap if id_ != self._given.step],
            past=list(dict.fromkeys([*self._given.past, self._given.step])),
        )


def _sources(step: PlanStep) -> Iterator[str]:
    yield from (each.source for each in step.inputs.values() if isinstance(each, Reference))
    if step.for_each:
        yield step.for_each.source
    yield from (each.fact for each in step.when)


def _chain(id_: str, steps: Mapping[str, PlanStep]) -> Iterator[PlanStep]:
    """A step of a plan and all before it."""
    waiting, seen = [id_], set[str]()
    while waiting:
        here = waiting.pop()
        if here in seen or here == EACH:
            continue
        seen.add(here)
        yield steps[here]
        waiting += [source.partition(".")[0] for source in _sources(steps[here])]


def _is_anchored(step: PlanStep) -> bool:
    """Whether it is a result that is had, or takes a parameter."""
    return step.capability.startswith(_HAD) or any(not isinstance(each, Reference) for each in step.inputs.values())

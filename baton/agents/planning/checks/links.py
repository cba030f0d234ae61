"""What a step waits for, and where in the plan that is said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from baton.contracts.plan import EACH, PlanFault, PlanStep, Reference

from .telling import fault, meant, quoted


@dataclass(frozen=True)
class Said:
    """A step's name in another one: in `needs`, or in a reference that takes something from it."""

    step: str
    place: tuple[str, ...]
    takes: bool


@dataclass(frozen=True)
class Link:
    """One step waits for another: their places in the list."""

    step: int
    source: int
    said: Said


def named_by(step: PlanStep) -> Iterator[Said]:
    """Every step that this one names; `each` is none."""
    here = ("steps", step.id)
    references = [(("inputs", name), given) for name, given in step.inputs.items() if isinstance(given, Reference)]
    if step.for_each is not None:
        references.append((("for_each", ""), step.for_each))
    for place, given in references:
        if given.step != EACH:
            yield Said(given.step, (*here, *(part for part in place if part)), takes=True)
    for number, condition in enumerate(step.when):
        name = condition.fact.partition(".")[0]
        if name != EACH:
            yield Said(name, (*here, "when", str(number)), takes=True)
    for name in dict.fromkeys(step.needs):
        yield Said(name, (*here, "needs"), takes=False)


def links_of(steps: Sequence[PlanStep]) -> list[Link]:
    """All of a plan; names that are no step's are left out."""
    at = first_places(steps)
    return [
        Link(place, at[said.step], said)
        for place, step in enumerate(steps)
        for said in named_by(step)
        if said.step in at
    ]


def in_order(count: int, links: Sequence[Link]) -> list[int] | None:
    """Places of all steps, each after those that it waits for; None when they wait for one another."""
    waits = [0] * count
    follow: list[list[int]] = [[] for _ in range(count)]
    for link in links:
        waits[link.step] += 1
        follow[link.source].append(link.step)
    order = [place for place, open_ in enumerate(waits) if not open_]
    for place in order:
        for behind in follow[place]:
            waits[behind] -= 1
            if not waits[behind]:
                order.append(behind)
    return order if len(order) == count else None


def first_places(steps: Sequence[PlanStep]) -> dict[str, int]:
    """Where each id stands first."""
    at: dict[str, int] = {}
    for place, step in enumerate(steps):
        at.setdefault(step.id, place)
    return at


def name_faults(steps: Sequence[PlanStep], broken: frozenset[str]) -> Iterator[PlanFault]:
    """Ids that stand twice, and names that are nobody's."""
    at = first_places(steps)
    near: dict[str, str] = {}
    for place, step in enumerate(steps):
        if at[step.id] != place:
            message = f"steps {at[step.id] + 1} and {place + 1} of the list are both called {quoted(step.id)}"
            yield fault("duplicate_id", ("steps", step.id, "id"), message, "give one of them another id")
        for said in named_by(step):
            if said.step in at or said.step in broken:
                continue
            if said.step not in near:
                near[said.step] = meant(said.step, at)
            hint = near[said.step]
            if not said.takes and said.step.partition(".")[0] in at:
                hint = f"needs names steps alone: {said.step.partition('.')[0]}"
            yield fault("unknown_step", said.place, f"there is no step {quoted(said.step)}", hint)

"""Whether a plan goes from the one thing that was named to all of its kind: from an order to all of its customer's."""

from collections.abc import Iterable, Iterator

from baton.contracts.plan import Plan, PlanCard, PlanStep, Reference
from baton.contracts.types import at_path, element_of

from .glossary import stems_of
from .keys import NULL


def widened(plan: Plan, cards: Iterable[PlanCard], said: frozenset[str]) -> str:
    """What it takes all of (`Order of Customer`), where the goal's words do not say so; else nothing.

    They say so where they name what lies between: 'the orders of the customer of order W1'.
    """
    known = {card.name: card for card in cards}
    steps = {step.id: step for step in plan.steps}
    gives = {step.id: known[step.capability].gives for step in plan.steps}
    above: dict[str, set[str]] = {}
    for step in plan.steps:
        direct = {each.step for each in _references(step) if each.step in steps}
        above[step.id] = direct.union(*(above[each] for each in direct))
        for kind in _kinds_of_many(step, steps, known):
            named = {id_ for id_ in above[step.id] if gives[id_] == kind and not steps[id_].for_each}
            between = {gives[id_] for id_ in above[step.id] if above[id_] & named} - {kind}
            words = {word for type_ in between for word in stems_of(type_)} - {*stems_of(kind)}
            if between and not words & said:
                return f"{kind} of {' and '.join(sorted(between))}"
    return ""


def _references(step: PlanStep) -> Iterator[Reference]:
    yield from (each for each in step.inputs.values() if isinstance(each, Reference))
    if step.for_each:
        yield step.for_each


def _kinds_of_many(step: PlanStep, steps: dict[str, PlanStep], cards: dict[str, PlanCard]) -> Iterator[str]:
    """Types of which this step makes several, or takes a list."""
    if step.for_each:
        yield cards[step.capability].gives
    for each in step.inputs.values():
        if not isinstance(each, Reference) or each.step not in steps:
            continue
        source = cards[steps[each.step].capability]
        whole = f"list[{source.gives}]" if steps[each.step].for_each else source.gives
        items = element_of((at_path(whole, each.path, source.parts) or "").removesuffix(NULL))
        if items is not None:
            yield items

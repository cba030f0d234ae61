"""Small worlds of cards for the planner, and what must hold of any plan that it makes."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec

from baton.agents.planning.keys import PLAIN, core_of
from baton.agents.planning.planner import make_plan
from baton.contracts.agents import Effect, Retry
from baton.contracts.plan import EACH, Need, Plan, PlanCard, PlanStep, Reference
from baton.contracts.planning import Given, NotPlanned, Planned, Wanted
from baton.contracts.types import Parts, at_path, element_of, fits


def card(
    name: str,
    needs: str = "",
    gives: str = "",
    *,
    parts: Parts | None = None,
    named: dict[str, str] | None = None,
    cost: str = "0",
    s: float = 1.0,
    effect: Effect = "read",
    description: str = "",
    fallbacks: Sequence[str] = (),
) -> PlanCard:
    """`card("get_order", "order_number: OrderNumber, since?: date", "Order")`."""
    inputs: dict[str, Need] = {}
    for each in filter(None, (part.strip() for part in needs.split(","))):
        left, _, type_ = each.partition(":")
        inputs[left.strip().rstrip("?")] = Need(type=type_.strip(), required=not left.strip().endswith("?"))
    return PlanCard(
        name=name,
        agent=name.replace("_", " "),
        description=description,
        takes=f"Ask{name.title().replace('_', '')}",
        gives=gives,
        gives_schema={},
        effect=effect,
        retry=Retry(attempts=2),
        attempt_s=10,
        no_undo="" if effect == "read" else "for tests",
        inputs=inputs,
        parts=parts or {},
        named=named or {core_of(need.type): "str" for need in inputs.values() if core_of(need.type) not in PLAIN},
        cost=Decimal(cost),
        typical_s=s,
        fallbacks=list(fallbacks),
    )


def given(type_: str, value: str = "1") -> Given:
    """A parameter."""
    return Given(types=[type_], value=value, words=value)


def want(
    type_: str, *parameters: Given, many: bool = False, capability: str | None = None, via: str | None = None
) -> Wanted:
    """A wanted fact."""
    return Wanted(type=type_, many=many, given=list(parameters), capability=capability, via=via)


def planned(cards: Iterable[PlanCard], *wants: Wanted, most_steps: int = 12, most_nodes: int = 500) -> Planned:
    """The plan, which must be one."""
    known = list(cards)
    outcome = make_plan("a goal", wants, known, most_steps=most_steps, most_nodes=most_nodes)
    assert isinstance(outcome, Planned), outcome
    faultless(outcome.plan, known)
    return outcome


def refused(cards: Iterable[PlanCard], *wants: Wanted, most_steps: int = 12) -> NotPlanned:
    """The refusal, which must be one."""
    outcome = make_plan("a goal", wants, cards, most_steps=most_steps)
    assert isinstance(outcome, NotPlanned), outcome
    return outcome


def used(outcome: Planned) -> list[str]:
    """Names of the capabilities, in the plan's order."""
    return [step.capability for step in outcome.plan.steps]


def step(outcome: Planned, id_: str) -> PlanStep:
    """The step with this id."""
    return next(each for each in outcome.plan.steps if each.id == id_)


def source(outcome: Planned, id_: str, name: str) -> str:
    """Where a step takes an input from."""
    taken = step(outcome, id_).inputs[name]
    assert isinstance(taken, Reference), taken
    return taken.source


def faultless(plan: Plan, cards: Iterable[PlanCard]) -> None:
    """What must hold of any plan: it takes from earlier steps alone, types fit, nothing is missing, writes are seen."""
    known = {each.name: each for each in cards}
    if find_spec("baton.agents.planning.checking"):
        assert import_module("baton.agents.planning.checking").validate_plan(plan, known) == []
    gives: dict[str, str] = {}
    there: list[str] = []
    for each in plan.steps:
        own = known[each.capability]
        assert each.id not in gives
        item = None
        if each.for_each:
            item = element_of(_type_at(each.for_each, gives, known, plan, None))
            assert item is not None, each
        for name, need in own.inputs.items():
            if name not in each.inputs:
                assert not need.required, (each.id, name)
                continue
            taken = each.inputs[name]
            if isinstance(taken, Reference):
                type_ = _type_at(taken, gives, known, plan, item)
                assert fits(type_, need.type), (each.id, name, type_, need.type)
        assert set(each.inputs) <= set(own.inputs), each
        assert each.review or not own.writes, each
        gives[each.id] = f"list[{own.gives}]" if each.for_each else own.gives
        there += _types_in(gives[each.id], own)
    for type_ in plan.wanted:
        assert any(fits(one, type_) for one in there), (type_, there)


def _type_at(
    reference: Reference, gives: dict[str, str], cards: dict[str, PlanCard], plan: Plan, item: str | None
) -> str:
    if reference.step == EACH:
        assert item is not None, reference
        start, parts = item, {name: fields for each in cards.values() for name, fields in each.parts.items()}
    else:
        assert reference.step in gives, f"{reference.source} is not done before"
        start = gives[reference.step]
        parts = cards[next(each.capability for each in plan.steps if each.id == reference.step)].parts
    found = at_path(start, reference.path, parts)
    assert found is not None, reference
    return found


def _types_in(type_: str, own: PlanCard) -> list[str]:
    found, at = [type_], 0
    while at < len(found) and at < 200:
        null = found[at].endswith(" | null")
        inner = own.parts.get(found[at].removesuffix(" | null"), {}).values()
        found += [each.removesuffix(" | null") + " | null" if null else each for each in inner]
        at += 1
    return found

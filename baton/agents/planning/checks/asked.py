"""The facts of conditions: whether they are there, and can be compared so."""

from collections.abc import Iterator

from baton.contracts.plan import EACH, Condition, PlanCard, PlanFault, PlanStep, Reference
from baton.contracts.types import element_of

from .literals import NULL, Types, example_of, misfit
from .results import NotThere, Results, type_at
from .telling import fault

_ORDERED = ("int", "number", "str", "date", "datetime", "json")


def condition_faults(step: PlanStep, card: PlanCard | None, results: Results) -> Iterator[PlanFault]:
    """What is wrong with `when` and `done_when` of one step. `done_when` is asked of each item's result."""
    for number, condition in enumerate(step.when):
        place = ("steps", step.id, "when", str(number))
        fact = Reference(source=condition.fact)
        if fact.step == EACH:
            message = "a step is skipped as a whole, before its list is gone through"
            yield fault("unknown_step", place, message, "ask about a step's result")
            continue
        try:
            found = results.found(fact, step.model_copy(update={"when": []}))
        except NotThere as nowhere:
            yield fault("unknown_path", place, str(nowhere), nowhere.hint)
            continue
        if found is not None:
            yield from _compared(condition, found.type, found.card, place)
    for number, condition in enumerate(step.done_when if card else []):
        assert card is not None
        place = ("steps", step.id, "done_when", str(number))
        path = condition.fact.split(".")
        try:
            type_ = type_at(step.id, card.gives, path, card.parts, ())
        except NotThere as nowhere:
            own = path[0] == step.id and len(path) > 1
            hint = f"leave the step's own name out: {'.'.join(path[1:])}" if own else nowhere.hint
            yield fault("unknown_path", place, str(nowhere), hint)
            continue
        yield from _compared(condition, type_, card, place)


def _compared(condition: Condition, type_: str, card: PlanCard, place: tuple[str, ...]) -> Iterator[PlanFault]:
    wrong = _wrong(condition, type_.removesuffix(NULL), Types(card.parts, card.named))
    if wrong:
        example = example_of(card.named.get(type_.removesuffix(NULL), type_.removesuffix(NULL)))
        hint = (
            f"compare with its own kind, {example}" if example else "ask about one of its fields, or whether it is_null"
        )
        yield fault("wrong_type", place, f"{condition.fact} is {type_}: {wrong}", hint)


def _wrong(condition: Condition, type_: str, types: Types) -> str:
    value, inner = condition.value, element_of(type_)
    plain = types.named.get(type_, type_)
    match condition.op:
        case "<" | "<=" | ">" | ">=":
            return misfit(value, type_, types) if plain in _ORDERED else f"{condition.op} compares no such thing"
        case "==" | "!=":
            return misfit(value, type_ + NULL, types) if type_ != "json" else ""
        case "in":
            return misfit(value, f"list[{type_}]", types)
        case "contains" | "empty" | "not_empty" if inner is None and plain not in ("str", "json"):
            return f"{condition.op} is for lists and texts"
        case "contains":
            return misfit(value, inner or plain, types)
        case _:
            return ""

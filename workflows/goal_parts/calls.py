"""What a step of a plan asks of its capability: once, or once for each item of a list."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import JsonValue

from baton.contracts.goal import Omitted
from baton.contracts.plan import EACH, Condition, PlanCard, PlanStep, Reference
from baton.contracts.wire import JsonObject
from workflows.step import Effect

from .goal_run import GoalRun, item_key
from .references import holds, within


class NotDone(Exception):
    """This step is left out, and why."""

    def __init__(self, why: str, *, unwanted: bool = False) -> None:
        super().__init__(why)
        self.omitted = Omitted(why=why, unwanted=unwanted)


class Overtaken(Exception):
    """The plan was changed before this step began, and has it no more as it was."""


@dataclass(frozen=True)
class Call:
    """One call: the key of its result, and what it is handed."""

    key: str
    inputs: JsonObject

    def with_inputs(self, inputs: JsonObject) -> "Call":
        """The same call with what a person approved."""
        return replace(self, inputs=inputs)


def effect_of(key: str) -> Effect:
    """The effect of the call of that key, where it writes: once, whatever the revision of its review."""
    return Effect(key, 1)


def calls_of(step: PlanStep, card: PlanCard | None, run: GoalRun) -> list[Call]:
    """The calls of a step, in the order of its items. Raises NotDone when something that it needs was left out."""
    if step.for_each is None:
        return [Call(step.id, _inputs(step, card, run, None))]
    items = run.part(step.for_each)
    if items is None and step.for_each.step in run.state.left_out:
        raise _without(step.for_each, run)
    if not isinstance(items, list):
        raise NotDone(f"{step.for_each.source} is no list")
    return [
        Call(item_key(step.id, number), _inputs(step, card, run, item)) for number, item in enumerate(items, start=1)
    ]


def why_not_wanted(step: PlanStep, run: GoalRun) -> str:
    """The condition of `when` that does not hold, in words; empty when all do."""
    for condition in step.when:
        where = Reference(source=condition.fact)
        if not holds(condition, run.part(where)):
            return f"only when {_in_words(condition)}"
    return ""


def why_not_done(conditions: list[Condition], value: JsonValue) -> str:
    """The condition of `done_when` that does not hold of a result, in words; empty when all do."""
    for condition in conditions:
        if not holds(condition, within(value, condition.fact.split("."))):
            return f"it is not so that {_in_words(condition)}"
    return ""


def _inputs(step: PlanStep, card: PlanCard | None, run: GoalRun, item: JsonValue) -> JsonObject:
    return dict(_each_input(step, card, run, item))


def _each_input(
    step: PlanStep, card: PlanCard | None, run: GoalRun, item: JsonValue
) -> Iterator[tuple[str, JsonValue]]:
    """Nothing where the input need not be there, and null where it may be null, of what was left out."""
    for name, given in step.inputs.items():
        if not isinstance(given, Reference):
            yield name, given
            continue
        value = within(item, given.path) if given.step == EACH else run.part(given)
        if value is None and given.step in run.state.left_out:
            need = card.inputs.get(name) if card else None
            takes_null = need is None or need.type == "json" or need.type.endswith("| null")
            if not takes_null and need is not None and need.required:
                raise _without(given, run)
            if not takes_null:
                continue
        yield name, value


def _without(source: Reference, run: GoalRun) -> NotDone:
    """What needs something that nobody wanted is not wanted either."""
    return NotDone(f"{source.step} was left out", unwanted=run.state.left_out[source.step].unwanted)


def _in_words(condition: Condition) -> str:
    value = "" if condition.op in ("is_null", "not_null", "empty", "not_empty") else f" {condition.value}"
    return f"{condition.fact} {condition.op.replace('_', ' ')}{value}"

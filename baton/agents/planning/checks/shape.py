"""Whether it is a plan at all. What is well formed of a malformed one is still checked: all faults are told at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, JsonValue, ValidationError

from baton.contracts.plan import EACH, Budget, Condition, Plan, PlanFault, PlanStep, Reference

from .sound import unsound
from .telling import fault, meant, plain, quoted

_LONGEST_SAID = 200
_SCHEMA = "docs/plan.schema.json says what may stand there"
_IDS = "an id is a lower case letter, then letters, digits and _: find_order"
_PATHS = 'it is a step\'s id, then fields: {"from": "find_order.customer_id"}'
_LIKE = {"id": _IDS, "from": _PATHS, "fact": "it is a step's id, then fields: find_order.total"}
_WORDS = {
    "missing": "is missing",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "string_type": "must be text",
}
_MODELS: dict[object, type[BaseModel]] = {
    "steps": PlanStep,
    "budget": Budget,
    "when": Condition,
    "done_when": Condition,
    "for_each": Reference,
}


@dataclass(frozen=True)
class Draft:
    """What can be read of a plan. `broken`: ids of steps that cannot, so that nobody says they are not there."""

    steps: list[PlanStep]
    broken: frozenset[str] = frozenset()
    wanted: tuple[str, ...] = ()
    budget: Budget = field(default_factory=Budget)
    length: int = 0

    @property
    def whole(self) -> bool:
        """Whether every step could be read."""
        return len(self.steps) == self.length


def shape_of(plan: Plan | JsonValue, most_steps: int) -> tuple[Draft, list[PlanFault]]:
    """What can be checked further, and what is wrong already."""
    raw = plan.model_dump(mode="json") if isinstance(plan, Plan) else plan
    if isinstance(raw, Plan) or not isinstance(raw, dict):
        return Draft([]), [fault("malformed", (), "a plan is a JSON object", "start with the goal and its steps")]
    steps = raw.get("steps")
    listed: list[JsonValue] = steps if isinstance(steps, list) else []
    if len(listed) > most_steps:
        message = f"{len(listed)} steps, and at most {most_steps} are allowed"
        return Draft([]), [fault("too_large", ("steps",), message, "give parts of it to plans of their own")]
    not_json = [_no_json(path, why, listed) for path, why in unsound(raw)]
    if not_json:
        return Draft([]), not_json
    try:
        read = Plan.model_validate(raw)
    except ValidationError as error:
        return _what_is_left(raw, listed, error)
    return Draft(read.steps, frozenset(), tuple(read.wanted), read.budget, len(listed)), list(_not_meant(read.steps))


def _what_is_left(
    raw: Mapping[str, JsonValue], listed: list[JsonValue], error: ValidationError
) -> tuple[Draft, list[PlanFault]]:
    errors = error.errors(include_url=False, include_input=False)
    faults = [_told(each, listed) for each in errors]
    wrong = {each["loc"][1] for each in errors if len(each["loc"]) > 1 and each["loc"][0] == "steps"}
    spoilt = {each["loc"][0] for each in errors if each["loc"]}
    steps = [PlanStep.model_validate(each) for place, each in enumerate(listed) if place not in wrong]
    ids = [each.get("id") for place, each in enumerate(listed) if place in wrong and isinstance(each, dict)]
    wanted = raw.get("wanted") if "wanted" not in spoilt else None
    budget = Budget() if "budget" in spoilt else Budget.model_validate(raw.get("budget", {}))
    draft = Draft(
        steps,
        frozenset(each for each in ids if isinstance(each, str)),
        tuple(str(each) for each in wanted) if isinstance(wanted, list) else (),
        budget,
        len(listed),
    )
    return draft, [*faults, *_not_meant(steps)]


def _told(error: Any, listed: list[JsonValue]) -> PlanFault:
    loc, kind = error["loc"], error["type"]
    name = str(loc[-1]) if loc else "plan"
    place = _named(loc, listed)
    if kind == "extra_forbidden":
        return fault("malformed", place, f"{quoted(name)} is not known here", meant(name, _fields_at(loc)))
    if kind == "string_pattern_mismatch":
        return fault("malformed", place, f"{name} is not written as it must be", _LIKE.get(name, _SCHEMA))
    said = _WORDS.get(kind) or str(error["msg"]).replace("Input should be", "must be").replace("Input", "it")
    shown = f"number {loc[-1] + 1} of the list" if isinstance(loc[-1], int) else plain(name)
    return fault("malformed", place, f"{shown} {said[:_LONGEST_SAID]}", _SCHEMA)


def _no_json(path: tuple[object, ...], why: str, listed: list[JsonValue]) -> PlanFault:
    name = plain(str(path[-1])) if path else "the plan"
    return fault("malformed", _named(path, listed), f"{name} {why}", "write only what JSON can carry")


def _fields_at(loc: tuple[object, ...]) -> list[str]:
    """The fields that there are where one is that is not known."""
    inner = next((_MODELS[part] for part in reversed(loc[:-1]) if part in _MODELS), Plan)
    return [each.alias or name for name, each in inner.model_fields.items()]


def _named(path: tuple[object, ...], listed: list[JsonValue]) -> tuple[object, ...]:
    """A step is named by its id where it has one: `steps/refund/needs` instead of `steps/3/needs`."""
    if len(path) < 2 or path[0] != "steps" or not isinstance(path[1], int):
        return path
    step = listed[path[1]] if path[1] < len(listed) else None
    called = step.get("id") if isinstance(step, dict) else None
    return ("steps", called if isinstance(called, str) and called else path[1], *path[2:])


def _not_meant(steps: list[PlanStep]) -> Iterator[PlanFault]:
    """What reads as a plan, and was meant otherwise: it would run with a text where a result should stand."""
    hint = 'a reference stands alone as an input: {"from": "find_order.customer_id"}'
    known = {EACH, *(each.id for each in steps)}
    for step in steps:
        if step.id == EACH:
            yield fault("malformed", ("steps", step.id, "id"), f"{EACH} stands for the item of for_each", _IDS)
        literals: list[tuple[tuple[str, ...], Reference | JsonValue]] = [
            (("inputs", name), given) for name, given in step.inputs.items()
        ]
        literals += [(("when", str(place)), each.value) for place, each in enumerate(step.when)]
        literals += [(("done_when", str(place)), each.value) for place, each in enumerate(step.done_when)]
        for place, given in literals:
            if not isinstance(given, Reference) and _hides_a_reference(given, known):
                message = "this is a literal that looks like a reference"
                yield fault("malformed", ("steps", step.id, *place), message, hint)


def _hides_a_reference(given: JsonValue, ids: set[str]) -> bool:
    if isinstance(given, dict) and list(given) == ["from"]:
        return True
    waiting = [given]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            source = each.get("from")
            if len(each) == 1 and isinstance(source, str) and source.partition(".")[0] in ids:
                return True
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return False

"""A plan from a file: bytes become a plan, or what is wrong with them."""

import json

from pydantic import JsonValue

from baton.contracts.plan import MOST_STEPS, Plan, PlanFault

from .checks.shape import shape_of
from .checks.telling import fault, quoted

MOST_PLAN = 1_000_000
"""Bytes of a plan."""


class NotAPlan(Exception):
    """These bytes are no plan; `faults` says where."""

    def __init__(self, faults: list[PlanFault]) -> None:
        super().__init__("; ".join(f"{each.place or 'plan'}: {each.message}" for each in faults[:5]))
        self.faults = faults


class _Twice(ValueError):
    """A name that stands twice in one object."""


def plan_json(written: bytes | str) -> JsonValue:
    """The JSON of a plan. Raises NotAPlan: where a name stands twice, nobody could say which of the two was meant."""
    raw = written.encode("utf-8", "surrogatepass") if isinstance(written, str) else written
    if len(raw) > MOST_PLAN:
        message = f"{len(raw)} bytes, and a plan may have {MOST_PLAN}"
        raise NotAPlan([fault("too_large", (), message, "give parts of it to plans of their own")])
    try:
        found: JsonValue = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise NotAPlan([fault("malformed", (), "it is not UTF-8", "save the file as UTF-8")]) from None
    except json.JSONDecodeError as problem:
        message = f"it is not JSON: line {problem.lineno}, column {problem.colno}: {problem.msg}"
        raise NotAPlan([fault("malformed", (), message)]) from None
    except _Twice as twice:
        message = f"the name {quoted(str(twice))} stands twice in one object"
        raise NotAPlan([fault("malformed", (), message, "keep one of them")]) from None
    except (RecursionError, ValueError):
        raise NotAPlan([fault("malformed", (), "its parts lie too deep, or a number is too long")]) from None
    return found


def read_plan(written: bytes | str, *, most_steps: int = MOST_STEPS) -> Plan:
    """The plan; whether it may run is for validate_plan to say. Raises NotAPlan."""
    found = plan_json(written)
    _, faults = shape_of(found, most_steps)
    if faults:
        raise NotAPlan(faults)
    return Plan.model_validate(found)


def _once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name)
        found[name] = value
    return found

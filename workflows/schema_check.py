"""Does a value from outside fit its JSON schema? The answer is one line that a person can act on.

It names the place and what is expected there, never the value: that may be personal, or a secret.
"""

import json
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError as Misfit
from pydantic import BaseModel, JsonValue, ValidationError

from baton.contracts.wire import JsonObject

LONGEST_EXPECTATION = 200

_REPEAT_THE_VALUE = ("union_tag_invalid", "value_error", "assertion_error")


def misfit(value: JsonValue, schema: JsonObject) -> str:
    """Where and how a value misses its schema; empty when it fits."""
    errors = sorted(Draft202012Validator(schema).iter_errors(value), key=lambda error: list(map(str, error.path)))
    if not errors:
        return ""
    deepest = errors[0]
    while deepest.context:
        deepest = max(deepest.context, key=lambda error: len(error.path))
    place = "/".join(str(part) for part in deepest.absolute_path) or "the value"
    return f"{place[:LONGEST_EXPECTATION]}: {_expected(deepest)[:LONGEST_EXPECTATION]}"


def first_faults(error: ValidationError) -> str:
    """Where and why something is not the model."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)[:3]
    return "; ".join(
        f"{'/'.join(str(part) for part in fault['loc']) or 'the whole'}: "
        f"{fault['type'] if fault['type'] in _REPEAT_THE_VALUE else fault['msg']}"
        for fault in faults
    )


def _expected(error: Misfit) -> str:
    """What the schema asks for, in its own words: jsonschema's text begins with the value."""
    wanted: Any = error.validator_value
    given: Any = error.instance
    match error.validator:
        case "type":
            return f"expected is {' or '.join(wanted) if isinstance(wanted, list) else wanted}"
        case "enum":
            return f"expected is one of {', '.join(json.dumps(each) for each in wanted)}"
        case "required":
            return f"{', '.join(name for name in wanted if name not in given)} is missing"
        case "additionalProperties" if isinstance(error.schema, dict):
            return f"no field is known but {', '.join(error.schema.get('properties', ())) or 'none'}"
        case _:
            return f"expected is {error.validator} {json.dumps(wanted)}"


def closed_schema(model: type[BaseModel]) -> JsonObject:
    """The model's JSON schema in which an unknown field is refused: a misspelt one would else be lost in silence."""
    return _closed(model.model_json_schema())


def _closed(schema: JsonObject) -> JsonObject:
    closed: JsonObject = {}
    for name, part in schema.items():
        if isinstance(part, dict):
            closed[name] = _closed(part)
        elif isinstance(part, list):
            closed[name] = [_closed(each) if isinstance(each, dict) else each for each in part]
        else:
            closed[name] = part
    if closed.get("type") == "object" and "properties" in closed:
        closed.setdefault("additionalProperties", False)
    return closed

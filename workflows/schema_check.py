"""Does a value from outside fit its JSON schema? The answer is one line that a person can act on."""

from jsonschema import Draft202012Validator
from pydantic import BaseModel, JsonValue

from baton.contracts.wire import JsonObject


def misfit(value: JsonValue, schema: JsonObject) -> str:
    """Where and how a value misses its schema; empty when it fits."""
    errors = sorted(Draft202012Validator(schema).iter_errors(value), key=lambda error: list(map(str, error.path)))
    if not errors:
        return ""
    deepest = errors[0]
    while deepest.context:
        deepest = max(deepest.context, key=lambda error: len(error.path))
    place = "/".join(str(part) for part in deepest.absolute_path) or "the value"
    return f"{place}: {deepest.message[:200]}"


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

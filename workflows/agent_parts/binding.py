"""Inputs of tools that the process sets itself: an agent neither sees nor sets them, whatever it reads."""

import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from baton.contracts.wire import JsonObject


def inputs_of(takes: JsonObject) -> JsonObject:
    """The inputs of a tool, by name, each with its schema."""
    found = takes.get("properties")
    return found if isinstance(found, dict) else {}


def left_to_agent(takes: JsonObject, bound: Mapping[str, JsonValue]) -> JsonObject:
    """The schema of what an agent says itself. A bound input is unknown in it: a call that names one is refused."""
    inputs = {name: schema for name, schema in inputs_of(takes).items() if name not in bound}
    required = takes.get("required")
    needed = [name for name in required if name not in bound] if isinstance(required, list) else []
    return {**takes, "properties": inputs, "required": list[JsonValue](needed), "additionalProperties": False}


def pinned(takes: JsonObject, bound: Mapping[str, JsonValue]) -> JsonObject:
    """The schema of what a person may write instead: a bound input keeps its value there too."""
    inputs = {
        name: {**(schema if isinstance(schema, dict) else {}), "const": bound[name]} if name in bound else schema
        for name, schema in inputs_of(takes).items()
    }
    return {**takes, "properties": inputs}


def handed(takes: JsonObject, said: JsonObject, bound: Mapping[str, JsonValue]) -> JsonObject:
    """What a tool is handed: what the agent said, and of what is bound that which the tool takes."""
    return {**said, **{name: value for name, value in bound.items() if name in inputs_of(takes)}}


def about_another(value: JsonValue, bound: Mapping[str, JsonValue]) -> str:
    """The bound id of which an answer has another one, somewhere within it; empty where it has none.

    Only names that end in `_id` say whom or what an answer is about. Of `customer_id` these are compared, in any
    spelling: `customer_id`, `customerId`, `customer_ids`, and `id` and `ids` of a `customer` or of `customers`.
    """
    ids = {_bare(name): name for name in bound if name.endswith("_id")}
    return _another(value, {**ids, **{f"{bare}s": name for bare, name in ids.items()}}, bound) if ids else ""


def _another(value: JsonValue, ids: Mapping[str, str], bound: Mapping[str, JsonValue], around: str = "") -> str:
    """`ids`: the bound input by each name of it. `around`: what the field is called in which this stands."""
    if isinstance(value, list):
        return next((found for each in value if (found := _another(each, ids, bound, around))), "")
    if not isinstance(value, dict):
        return ""
    for name, each in value.items():
        bare = _bare(name)
        within = f"{around.removesuffix('s')}{bare}" if bare in ("id", "ids") else ""
        called = ids.get(bare) or (ids.get(f"{around}{bare}") or ids.get(within) if within else None)
        if called and any(one != _plain(bound[called]) for one in _ids_in(each)):
            return called
        if found := _another(each, ids, bound, bare):
            return found
    return ""


def _ids_in(value: JsonValue) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str | int) and not isinstance(each, bool) and each != "":
            yield _plain(each)


def _bare(name: str) -> str:
    """`customerId` and `customer-id` are customer_id."""
    return re.sub(r"[\W_]", "", name).casefold()


def _plain(value: JsonValue) -> str:
    """`#W1042207` is W1042207."""
    return str(value).strip().lstrip("#").casefold()

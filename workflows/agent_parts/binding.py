"""Inputs of tools that the process sets itself: an agent neither sees nor sets them, whatever it reads."""

from collections.abc import Mapping

from pydantic import JsonValue

from baton.contracts.wire import JsonObject

from .bound_id import BoundId
from .ids_told import others_told


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

    Only names that end in `_id` say whom or what an answer is about.
    """
    ids = [BoundId(name, one) for name, one in bound.items() if name.endswith("_id")]
    return next(others_told(value, ids), "") if ids else ""

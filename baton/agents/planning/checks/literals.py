"""Whether a literal is of a type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from pydantic import JsonValue

from baton.contracts.types import Parts, element_of

NULL = " | null"


_EXAMPLES = {
    "str": '"some text"',
    "int": "3",
    "number": "12.5",
    "bool": "true",
    "date": '"2026-11-24"',
    "datetime": '"2026-11-24T10:00:00+02:00"',
}


def example_of(type_: str) -> str:
    """`for example 12.5`; empty for what has no literal of its own."""
    inner = element_of(type_)
    if inner is not None:
        return f"for example [{_EXAMPLES[inner]}]" if inner in _EXAMPLES else ""
    return f"for example {_EXAMPLES[type_]}" if type_ in _EXAMPLES else ""


@dataclass(frozen=True)
class Types:
    """What types are made of, and which plain ones stand under a name."""

    parts: Parts
    named: Mapping[str, str]


def misfit(value: JsonValue, type_: str, types: Types) -> str:
    """What is wrong with a literal, in words; empty when it fits."""
    if value is None and type_ != "json":
        return "" if type_.endswith(NULL) else "null is no value for it"
    bare = type_.removesuffix(NULL)
    inner = element_of(bare)
    if inner is not None:
        if not isinstance(value, list):
            return "it must be a list"
        wrong = (misfit(each, inner, types) for each in value)
        return next((f"number {n} of the list: {why}" for n, why in enumerate(wrong, start=1) if why), "")
    if bare in types.parts:
        return _misfit_of_a_model(value, bare, types)
    plain = types.named.get(bare, bare)
    if plain not in _WRONG:
        return f"what {bare} is made of is not known here: take it from a step that gives one"
    return _WRONG[plain](value)


def _misfit_of_a_model(value: JsonValue, name: str, types: Types) -> str:
    fields = types.parts[name]
    if not isinstance(value, dict):
        return "it must be an object"
    for field, part in value.items():
        if field not in fields:
            return f"{name} has no field {field[:60]}"
        why = misfit(part, fields[field], types)
        if why:
            return f"{field}: {why}"
    return ""


def _text(value: JsonValue) -> str:
    return "" if isinstance(value, str) else "it must be text"


def _int(value: JsonValue) -> str:
    return "" if isinstance(value, int) and not isinstance(value, bool) else "it must be a whole number"


def _number(value: JsonValue) -> str:
    """Money travels as text, so `"10.00"` is a number too."""
    if isinstance(value, str):
        try:
            return "" if Decimal(value).is_finite() else "it must be a number"
        except InvalidOperation:
            return "it must be a number"
    return "" if isinstance(value, int | float) and not isinstance(value, bool) else "it must be a number"


def _bool(value: JsonValue) -> str:
    return "" if isinstance(value, bool) else "it must be true or false"


def _date(value: JsonValue) -> str:
    try:
        return "" if isinstance(value, str) and date.fromisoformat(value) else "it must be a date: 2026-11-24"
    except ValueError:
        return "it must be a date: 2026-11-24"


def _datetime(value: JsonValue) -> str:
    """With its offset: a wait until ten o'clock must know where."""
    wrong = "it must be a time with its offset: 2026-11-24T10:00:00+02:00"
    try:
        return "" if isinstance(value, str) and datetime.fromisoformat(value).tzinfo else wrong
    except ValueError:
        return wrong


def _anything(_: JsonValue) -> str:
    return ""


_WRONG: dict[str, Callable[[JsonValue], str]] = {
    "str": _text,
    "int": _int,
    "number": _number,
    "bool": _bool,
    "date": _date,
    "datetime": _datetime,
    "json": _anything,
}

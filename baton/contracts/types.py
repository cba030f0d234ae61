"""Types by name: what a capability needs and gives, so that a plan can be proved before it runs.

A type is written `Order`, `list[Order]` or `Order | null`. Plain ones are `str`, `int`, `number`, `bool`, `date`,
`datetime` and `json`; every other name stands for one thing of the business, whatever it is made of: an order number
is no customer id, though both are text.
"""

import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue

Parts = dict[str, dict[str, str]]
"""What named types are made of: type, then field, then the field's type."""

_PLAIN: dict[object, str] = {
    str: "str",
    int: "int",
    float: "number",
    Decimal: "number",
    bool: "bool",
    date: "date",
    datetime: "datetime",
}
_NULL = " | null"


class Named:
    """Marks an alias as a type of its own: `OrderNumber = Annotated[str, Named("OrderNumber")]`."""

    def __init__(self, name: str) -> None:
        self.name = name


def type_of(annotation: Any) -> str:
    """The name of a field's type; `json` where it is of several kinds, or none that we know."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        named = next((each.name for each in args[1:] if isinstance(each, Named)), None)
        return named or type_of(args[0])
    if origin in (Union, types.UnionType):
        return _of_several(args)
    if origin in (list, tuple, set, frozenset, Sequence):
        return f"list[{type_of(args[0])}]"
    if origin is Literal and all(isinstance(each, str) for each in args):
        return "str"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation.__name__
    return _PLAIN.get(annotation, "json")


def _of_several(kinds: tuple[Any, ...]) -> str:
    left = [each for each in kinds if each is not type(None)]
    if len(left) > 1:
        return "json"
    return type_of(left[0]).removesuffix(_NULL) + _NULL


def fields_of(model: type[BaseModel]) -> dict[str, str]:
    """A model's fields and their types."""
    hints = typing.get_type_hints(model, include_extras=True)
    return {name: type_of(hints[name]) for name in model.model_fields}


def parts_of(*models: type[BaseModel]) -> Parts:
    """What these models, and all models within them, are made of."""
    return {model.__name__: fields_of(model) for model in _all_within(models)}


def named_in(*models: type[BaseModel]) -> dict[str, str]:
    """The named plain types in these models and all models within them, and what each is underneath."""
    return dict(sorted(pair for model in _all_within(models) for each in _hints(model) for pair in _named_in(each)))


def fits(given: str, wanted: str) -> bool:
    """Whether a value of one type may stand where another is wanted: equal names, `int` to `number`, `T` to `T | null`.

    What holds for a type holds for lists of it. Everything fits `json`.
    """
    if wanted in (given, "json") or (given, wanted) == ("int", "number"):
        return True
    if wanted.endswith(_NULL):
        return fits(given.removesuffix(_NULL), wanted.removesuffix(_NULL))
    inner, wanted_inner = element_of(given), element_of(wanted)
    return inner is not None and wanted_inner is not None and fits(inner, wanted_inner)


def element_of(type_: str) -> str | None:
    """What a list is a list of; None when it is no list."""
    return type_[len("list[") : -1] if type_.startswith("list[") and type_.endswith("]") else None


def at_path(type_: str, path: tuple[str, ...], parts: Mapping[str, Mapping[str, str]]) -> str | None:
    """The type of a field within a value, `customer.address.city`; None where there is none. Past a null: or null."""
    if not path:
        return type_
    found = parts.get(type_.removesuffix(_NULL), {}).get(path[0])
    if found is None:
        return None
    inner = at_path(found, path[1:], parts)
    if inner is None or not type_.endswith(_NULL):
        return inner
    return inner.removesuffix(_NULL) + _NULL


def found_in(value: JsonValue, type_: str, wanted: str, parts: Mapping[str, Mapping[str, str]]) -> Iterator[JsonValue]:
    """All of the wanted type that stand within a value, or the value; null counts where `T | null` is wanted."""
    core = type_.removesuffix(_NULL)
    if core == wanted.removesuffix(_NULL):
        if value is not None or wanted.endswith(_NULL):
            yield value
        return
    inner = element_of(core)
    if inner is not None:
        for each in value if isinstance(value, list) else []:
            yield from found_in(each, inner, wanted, parts)
    elif isinstance(value, dict):
        for name, field in parts.get(core, {}).items():
            yield from found_in(value.get(name), field, wanted, parts)


def _hints(model: type[BaseModel]) -> list[Any]:
    hints = typing.get_type_hints(model, include_extras=True)
    return [hints[name] for name in model.model_fields]


def _all_within(models: tuple[type[BaseModel], ...]) -> list[type[BaseModel]]:
    found: dict[str, type[BaseModel]] = {}
    waiting = list(models)
    while waiting:
        model = waiting.pop()
        if model.__name__ not in found:
            found[model.__name__] = model
            waiting.extend(each for annotation in _hints(model) for each in _models_in(annotation))
    return list(found.values())


def _named_in(annotation: Any) -> Iterator[tuple[str, str]]:
    args = get_args(annotation)
    if get_origin(annotation) is Annotated:
        yield from ((each.name, type_of(args[0])) for each in args[1:] if isinstance(each, Named))
    for each in args:
        yield from _named_in(each)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models_in(each)

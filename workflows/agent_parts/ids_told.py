"""Where an answer says whom or what it is about, in all the shapes in which systems give an id."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

from pydantic import JsonValue

from .bound_id import BoundId
from .read_loosely import read_loosely

_WITHIN = ("id", "value", "oid")
_WRAPPERS = ("data", "value", "node", "record", "attributes")
_MOST_WITHIN = 4
"""Texts within a text that are read: each could be as long as the whole."""


def others_told(value: JsonValue, bound: Sequence[BoundId]) -> Iterator[str]:
    """The name of a bound id, each time that another one of it is told; these names end in `_id`.

    Of `customer_id` these are compared, in any spelling: `customer_id`, `customer_ids`, and the `id` and `ids` of a
    `customer` or of `customers`. What stands in the place of the customer is one if it looks like the bound one.
    """
    ids = {_bare(each.name): each for each in bound}
    # No recursion: what an answer nests must not stop the run.
    left: list[tuple[JsonValue, str, int]] = [(value, "", 0)]
    while left:
        value, around, within = left.pop()
        if isinstance(value, str):
            yield from (each.name for each in bound if each.another_in_words(value))
            if within < _MOST_WITHIN and ("{" in value or "[" in value):
                left.append((read_loosely(value), around, within + 1))
        elif isinstance(value, list):
            left += [(each, around, within) for each in value]
        elif isinstance(value, dict):
            for name, each in value.items():
                field = _bare(name)
                yield from _another_in(field, each, ids, around)
                left.append((each, around if field in _WRAPPERS else field, within))


def _another_in(field: str, value: JsonValue, ids: Mapping[str, BoundId], around: str) -> Iterator[str]:
    """`ids`: each bound one by its bare name; `around`: the field in which this one stands."""
    bound = ids.get(_single(field))
    if _single(field) == "id":
        bound = bound or ids.get(f"{around}id") or ids.get(f"{_single(around)}id")
    if bound:
        yield from (bound.name for each in _ids_in(value) if bound.is_another(each))
    elif bound := ids.get(f"{field}id"):
        yield from (
            bound.name
            for each in _instead(value)
            if (bound.looks_like_another(each) if isinstance(each, str) else bound.is_another(each))
        )
    elif (bound := ids.get(f"{_single(field)}id")) and not _is_whole(value):  # `"customers": 2` is how many
        yield from (bound.name for each in _instead(value) if bound.looks_like_another(each))


def _ids_in(value: JsonValue) -> Iterator[JsonValue]:
    """What stands where an id is due: one, those of a list, or the one within what describes it."""
    left = [value]
    while left:
        for each in _one_by_one(left.pop()):
            if isinstance(each, dict):
                left += [inner for name, inner in each.items() if _bare(name) in _WITHIN]
            elif isinstance(each, str | int | float) and not isinstance(each, bool) and each != "":
                yield each


def _instead(value: JsonValue) -> Iterator[str | int | float]:
    """What may be an id where the thing itself is due: a text, a whole number, or the key that it stands under."""
    for each in _one_by_one(value):
        if isinstance(each, dict):
            yield from each
        elif isinstance(each, str) or _is_whole(each):
            yield each


def _one_by_one(value: JsonValue) -> Iterator[JsonValue]:
    """It, or all that a list has, also in lists within."""
    left = [value]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += value
        else:
            yield value


def _is_whole(value: JsonValue) -> TypeGuard[int | float]:
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))


def _single(bare: str) -> str:
    return bare.removesuffix("s")


def _bare(name: str) -> str:
    """`customerId` and `customer-id` are customer_id."""
    return re.sub(r"[\W_]", "", name).casefold()

"""What a plan says of results: where in them something stands, and what must hold of it. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from pydantic import JsonValue

from baton.contracts.plan import Condition, Op

_AS_NUMBERS_ARE_WRITTEN = re.compile(r"-?(0|[1-9][0-9]{0,99})([.][0-9]{1,99})?")


def within(value: JsonValue, path: Sequence[str]) -> JsonValue:
    """The field within a result that a path leads to; null where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def holds(condition: Condition, found: JsonValue) -> bool:
    """Whether a condition holds of what was found. What cannot be compared is not less and not more."""
    return _HOLDS[condition.op](found, condition.value)


def _contains(found: JsonValue, wanted: JsonValue) -> bool:
    if isinstance(found, str):
        return isinstance(wanted, str) and wanted in found
    return isinstance(found, list) and any(_same(each, wanted) for each in found)


def _ordered(found: JsonValue, wanted: JsonValue, *orders: int) -> bool:
    return _order(found, wanted) in orders


def _same(one: JsonValue, other: JsonValue) -> bool:
    """Money travels as text: `"10.00"` is 10."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other or _order(one, other) == 0


def _order(one: JsonValue, other: JsonValue) -> int | None:
    numbers = _number(one), _number(other)
    if numbers[0] is not None and numbers[1] is not None:
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    times = _time(one), _time(other)
    if times[0] is not None and times[1] is not None and (times[0].tzinfo is None) == (times[1].tzinfo is None):
        return (times[0] > times[1]) - (times[0] < times[1])
    if isinstance(one, str) and isinstance(other, str):
        return (one > other) - (one < other)
    return None


def _number(value: JsonValue) -> Decimal | None:
    """Numbers, and texts that are written as one is: `"007"` and `"+27"` are no numbers, and no `"1e3"` either."""
    if isinstance(value, str):
        return Decimal(value) if _AS_NUMBERS_ARE_WRITTEN.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = Decimal(str(value))
    return number if number.is_finite() else None


def _time(value: JsonValue) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


_HOLDS: dict[Op, Callable[[JsonValue, JsonValue], bool]] = {
    "==": _same,
    "!=": lambda found, wanted: not _same(found, wanted),
    "<": lambda found, wanted: _ordered(found, wanted, -1),
    "<=": lambda found, wanted: _ordered(found, wanted, -1, 0),
    ">": lambda found, wanted: _ordered(found, wanted, 1),
    ">=": lambda found, wanted: _ordered(found, wanted, 0, 1),
    "in": lambda found, wanted: isinstance(wanted, list) and any(_same(found, each) for each in wanted),
    "contains": _contains,
    "is_null": lambda found, _: found is None,
    "not_null": lambda found, _: found is not None,
    "empty": lambda found, _: found in (None, "", [], {}),
    "not_empty": lambda found, _: found not in (None, "", [], {}),
}

"""Whether a value is JSON as it travels: what a parser lets through and a history cannot carry is found here."""

import math
from collections.abc import Iterator

from pydantic import JsonValue

DEEPEST = 40
_MOST_BITS = 64

Path = tuple[object, ...]


def unsound(value: dict[str, JsonValue]) -> Iterator[tuple[Path, str]]:
    """Each part that cannot travel, and why. Never recurses: whoever wrote the value chose how deep it is."""
    waiting: list[tuple[Path, dict[str, JsonValue] | list[JsonValue]]] = [((), value)]
    while waiting:
        path, each = waiting.pop()
        if isinstance(each, dict) and not all(isinstance(name, str) and _is_text(name) for name in each):
            yield path, "has a name that is no text"
        elif len(path) >= DEEPEST:
            yield path[:5], f"lies more than {DEEPEST} levels deep"
        else:
            for name, part in each.items() if isinstance(each, dict) else enumerate(each):
                if isinstance(part, dict | list):
                    waiting.append(((*path, name), part))
                elif why := _why_not(part):
                    yield (*path, name), why


def _why_not(value: object) -> str:
    if isinstance(value, str):
        return "" if _is_text(value) else "is text that cannot be written as UTF-8"
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return "" if value.bit_length() <= _MOST_BITS else f"is a number of more than {_MOST_BITS} bits"
    if isinstance(value, float):
        return "" if math.isfinite(value) else "is not a finite number"
    return "is not JSON"


def _is_text(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

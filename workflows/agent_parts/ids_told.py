"""The ids in an answer that say whom or what it is about, in all the shapes in which systems give them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

_LIKE_AN_ID = re.compile(r"#?(?=\D{0,63}\d)\w[\w.-]{0,63}")
_IN_WORDS = r"[^\w\n]{1,6}(?:is[^\w\n])?((?=[\w.@-]{0,63}\d)\w(?:[\w.@-]{0,62}\w)?)"
_WITHIN = ("id", "value", "oid")


def ids_told(value: JsonValue, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each id in it, as it is compared, beside the one of the names that it is of; a name ends in `_id`.

    Of `customer_id` these are, in any spelling: `customer_id`, `customer_ids`, the `id` and `ids` of a `customer` or of
    `customers`, and what looks like an id in their place. A text is read as the JSON in it; where it is none, what
    follows "customer id" is one, with a digit in it.
    """
    ids = {_bare(name): name for name in names}
    in_words = {name: _named_in_words(name) for name in names}
    left: list[tuple[JsonValue, str]] = [(value, "")]  # no recursion: what an answer nests must not stop the run
    while left:
        value, around = left.pop()
        if isinstance(value, str):
            found, rest = _json_in(value)
            left += [(each, around) for each in found]
            for name, pattern in in_words.items():
                yield from ((name, plain(each)) for text in rest for each in pattern.findall(text))
        elif isinstance(value, list):
            left += [(each, around) for each in value]
        elif isinstance(value, dict):
            for field, each in value.items():
                yield from ((name, plain(found)) for name, found in _told_by(_bare(field), each, ids, around))
                left.append((each, _bare(field)))


def plain(value: JsonValue) -> str:
    """An id as it is compared: `#W1042207` is W1042207, and 2.0 is 2."""
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    return str(whole).strip().lstrip("#").casefold()


def _told_by(field: str, value: JsonValue, ids: Mapping[str, str], around: str) -> Iterator[tuple[str, JsonValue]]:
    """The ids that a field gives. `ids`: the name by each id's bare one; `around`: the field that it stands in."""
    name = ids.get(_single(field))
    if _single(field) == "id":
        name = name or ids.get(f"{around}id") or ids.get(f"{_single(around)}id")
    if name:
        yield from ((name, each) for each in _ids_in(value))
    elif name := ids.get(f"{field}id") or ids.get(f"{_single(field)}id"):
        yield from ((name, each) for each in _ids_instead(value, by_key=f"{field}id" not in ids))


def _ids_in(value: JsonValue) -> Iterator[JsonValue]:
    """What stands where an id is due: one, those of a list, or the one within what describes it."""
    left = [value]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            left += [each for name, each in value.items() if _bare(name) in _WITHIN]
        elif isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
            yield value


def _ids_instead(value: JsonValue, *, by_key: bool) -> Iterator[str]:
    """What looks like an id where the thing itself is due: a text, or the key that it stands under. A number counts."""
    if isinstance(value, dict):
        texts = [name for name, each in value.items() if isinstance(each, dict | list)] if by_key else []
    else:
        texts = [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
    yield from (text for text in texts if _LIKE_AN_ID.fullmatch(text.strip()))


def _json_in(text: str) -> tuple[list[JsonValue], list[str]]:
    """The JSON in a text: from its first bracket to its last, else line by line. And all that is none."""
    begin = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    end = max(text.rfind("}"), text.rfind("]")) + 1
    if begin < 0 or end <= begin:
        return [], [text]
    found: list[JsonValue] = []
    try:
        return [json.loads(text[begin:end])], [text[:begin], text[end:]]
    except (ValueError, RecursionError):
        rest = []
    for line in text.splitlines():
        try:
            found.append(json.loads(line))
        except (ValueError, RecursionError):
            rest.append(line)
    return found, rest


def _named_in_words(name: str) -> re.Pattern[str]:
    words = r"[\W_]?".join(map(re.escape, name.split("_")))
    return re.compile(rf"(?<![^\W_]){words}s?{_IN_WORDS}", re.IGNORECASE)


def _single(bare: str) -> str:
    return bare.removesuffix("s")


def _bare(name: str) -> str:
    """`customerId` and `customer-id` are customer_id."""
    return re.sub(r"[\W_]", "", name).casefold()

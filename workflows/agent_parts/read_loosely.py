"""What a text says in the form of JSON or the like, however much of it is broken, or is prose."""

import re

from pydantic import JsonValue

_PIECE = re.compile(
    r"""
    (?P<mark>[{}\[\],])
    | (?:
        "(?P<double>(?:[^"\\\n]|\\.)*)"?                            # unclosed: to the end of its line
        | (?<!\w)'(?P<single>(?:[^'\\\n]|\\.|(?<=\w)'(?=\w))*)'?    # the ' of it's is none
        | (?P<bare>[^\s"'{}\[\]:,]+)
    ) (?P<names>\s*:)?
    """,
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_WHITE = {"n": "\n", "r": "\n", "t": "\t"}
_NUMBER = re.compile(r"([0-9]{1,40})(?:\.0{1,9})?")


def read_loosely(text: str) -> list[JsonValue]:
    """What stands in its lists and objects: `{"a": [[1], {"b": 2}], "a": 3}` is `[{"a": [1, {"b": 2}]}, {"a": 3}]`.

    `'` quotes as well as `"`, as Python does it. Within brackets what has a digit is a value without quotes too.
    """
    here: list[JsonValue] = []
    said, around = here, list[list[JsonValue]]()
    name: str | None = None  # of what comes next
    for piece in _PIECE.finditer(text):
        mark = piece["mark"]
        if piece["names"]:
            name = _word(piece)
        elif mark and mark in "{[":
            around.append(here)
            if name is not None:
                inner: list[JsonValue] = []
                here.append({name: inner})
                here, name = inner, None
        elif mark:
            name = None
            here = around.pop() if mark != "," and around else here
        else:
            value = _value(piece, within=bool(around))
            if value is not None:
                here.append(value if name is None else {name: value})
            name = None
    return said


def _value(piece: re.Match[str], *, within: bool) -> JsonValue:
    bare = piece["bare"]
    if bare is None:
        return _word(piece)
    if number := _NUMBER.fullmatch(bare):
        return int(number[1]) if within else None
    return bare if within and any(map(str.isdigit, bare)) else None


def _word(piece: re.Match[str]) -> str:
    word = piece["double"] or piece["single"] or piece["bare"] or ""
    return _ESCAPED.sub(_unescaped, word) if "\\" in word else word


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _WHITE.get(found[2], found[2])

"""What a fact is known by while a plan is looked for.

A named type is its own key: whatever gives an `OrderNumber` may stand where one is needed. A plain one tells too
little, since not every text is a city: it goes by the input's name too, `city: str`, and only a field of that name
gives it.
"""

import re
from collections.abc import Mapping

from baton.agents.words import word_set
from baton.contracts.types import element_of, fits

PLAIN = frozenset({"str", "int", "number", "bool", "date", "datetime", "json"})
NULL = " | null"
_SAYS_NOTHING = word_set(
    "id name text value status kind type description summary label note reason title message words body subject"
)
"""Field names that many things have: that two of them are equal does not make them the same fact."""

_FIELD = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,59}$")

Place = tuple[tuple[str, ...], str]
"""Fields within a result, and the type found there."""

DEEPEST = 3
"""Fields within fields that are looked into."""


def core_of(type_: str) -> str:
    """The type without null and lists."""
    core = type_.removesuffix(NULL)
    while (inner := element_of(core)) is not None:
        core = inner.removesuffix(NULL)
    return core


def key_of(name: str, type_: str) -> str:
    """The key of an input."""
    return f"{name}: {type_}" if core_of(type_) in PLAIN else type_


def name_and_type(key: str) -> tuple[str, str]:
    """The name (empty for a named type) and the type of a key."""
    name, colon, type_ = key.partition(": ")
    return (name, type_) if colon else ("", key)


def shape_of(type_: str) -> str:
    """The same for all types of which one might fit the other."""
    return type_.replace(NULL, "").replace("int", "number") if core_of(type_) == "int" else type_.replace(NULL, "")


def gives_key(place: Place, key: str) -> bool:
    """Whether what stands at this place may be taken for the key."""
    path, type_ = place
    name, wanted = name_and_type(key)
    if core_of(wanted) == "json":
        return False
    if name and (not path or path[-1] != name or name in _SAYS_NOTHING):
        return False
    return fits(type_, wanted)


def places_in(type_: str, parts: Mapping[str, Mapping[str, str]], deepest: int = DEEPEST) -> list[Place]:
    """A result and all that can be taken from it by a path, the nearest first."""
    found: list[Place] = [((), type_)]
    at = 0
    while at < len(found):
        path, here = found[at]
        at += 1
        if len(path) == deepest:
            continue
        null = here.endswith(NULL)
        for field, inner in sorted(parts.get(here.removesuffix(NULL), {}).items()):
            if not _FIELD.match(field):
                continue  # no path of a plan can name it
            found.append(((*path, field), inner.removesuffix(NULL) + NULL if null else inner))
    return found


def shown(key: str) -> str:
    """A key as a person reads it."""
    name, type_ = name_and_type(key)
    return f"{name} ({type_})" if name else type_

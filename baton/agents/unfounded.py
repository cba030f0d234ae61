"""What a model says that stands in nothing it was given or told: links, e-mail addresses, amounts, codes, long numbers.

Words that try to steer their reader are no ground: a link does not become true by "send them here instead". Nor is what
a tool only repeats of what the model handed it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

from pydantic import JsonValue

from .checkable import EVERY_FIGURE, TO_FOLLOW, Found, Key, Kind, Named, found_in
from .html_text import hidden_words
from .suspecting import disguises, quoted, steering

MOST_FINDINGS = 8

_MONEY_FIELD = re.compile(
    r"(?:^|[\W_]|(?<=[a-z]))(?:amount|price|(?:sub)?total|sum|refund|cost|fee|balance|credit|discount|charge|deposit|payment|rands?|bedrag|prys|zar|usd|eur|gbp|(?P<minor>cents?|minor))$",
    re.IGNORECASE,
)
"""The last word of a field's name that says of a bare number what a currency says in a text."""
_BARE = re.compile(r"-?\d+(?:[.,]\d+)?")


def in_texts(texts: Iterable[str]) -> Named:
    """What stands in these texts, and may be said. A figure may be an amount; a part of a number or a date is none."""
    return frozenset(told for text in texts for each in found_in(text, EVERY_FIGURE) for told in _grounds(each))


def _grounds(each: Found) -> Iterator[tuple[Kind, Key]]:
    yield each.named
    yield from ((Kind.FIGURE, figure) for figure in figures_of(each))
    if each.kind is Kind.FIGURE or (each.kind is Kind.NUMBER and re.fullmatch(r"[1-9]\d*", each.words)):
        yield Kind.AMOUNT, figures_of(each)[0]


def figures_of(each: Found) -> list[Decimal]:
    """The figures in it: of a day each, of a number all of its digits as one."""
    match each.kind:
        case Kind.AMOUNT | Kind.FIGURE:
            return [Decimal(each.key)]
        case Kind.MOMENT | Kind.LABEL:
            return [Decimal(part) for part in re.findall(r"\d+", each.words)]
        case Kind.NUMBER:
            return [Decimal(re.sub(r"\D", "", each.words))]
    return []


@lru_cache(maxsize=256)
def in_told(told: str) -> Named:
    """What stands in JSON that others filled, or in what is left of it: a conversation is read again at every turn.

    Texts are left out that try to steer their reader, or hide from a person what they say.
    """
    return in_texts(text for text in texts_in(told) if not suspicions(text))


def suspicions(text: str) -> list[str]:
    """What in a text tries to steer whoever reads it, or is not seen by a person who looks at it; a line each."""
    hidden = hidden_words(text)
    unseen = [f"words that a person who looks at it does not see: “{quoted(hidden)}”"] if hidden else []
    return [*unseen, *steering(text)]


def texts_of(value: JsonValue) -> Iterator[str]:
    """Every text and number within a JSON value, and every name of a field."""
    match value:
        case str():
            yield value
        case bool() | None:
            return
        case int() | float():
            yield str(value)
        case dict():
            for name, each in value.items():
                yield name
                yield from texts_of(each)
        case list():
            for each in value:
                yield from texts_of(each)


def texts_in(told: str) -> Iterator[str]:
    """The texts within what a tool told, which is JSON; all of it as one where it is none: it may have been cut."""
    try:
        yield from texts_of(json.loads(told))
    except (ValueError, RecursionError):
        yield told


def unfounded(value: JsonValue, known: Named) -> list[str]:
    """What a value names that stands nowhere, in texts, numbers and fields: a line each with its place and words."""
    found: dict[str, None] = {}
    for place, each in _places(value):
        where = f"{place}: " if place else ""
        for what in disguises(each) if isinstance(each, str) else ():
            found[f"{where}it has {what}"] = None
        for kind, words in _stray(place, each, known):
            found[f"{where}{kind} that stands nowhere in what was given and told: “{words}”"] = None
    return list(found)[:MOST_FINDINGS]


def unfounded_in(text: str, known: Named) -> Iterator[tuple[Kind, str]]:
    """What of which kind a text names that is not known, with its words."""
    for each in found_in(text, TO_FOLLOW):
        if each.kind is not Kind.MOMENT and each.named not in known:
            yield each.kind, quoted(each.words)


def _stray(place: str, each: str | int | float, known: Named) -> Iterator[tuple[Kind, str]]:
    """What one text or number names that is not known. The field that a bare number stands in says what it is."""
    text = str(each)
    name = re.sub(r"(?:/\d+)+$", "", place).rpartition("/")[2]
    if not _BARE.fullmatch(text):
        yield from unfounded_in(text, known)
    elif of_money := _MONEY_FIELD.search(name):
        amount = abs(Decimal(text.replace(",", ".")))
        if not {(Kind.AMOUNT, amount), (Kind.AMOUNT, amount / 100 if of_money["minor"] else amount)} & known:
            yield Kind.AMOUNT, text
    else:
        yield from ((kind, words) for kind, words in unfounded_in(text, known) if kind is Kind.NUMBER)


def _places(value: JsonValue, place: str = "") -> Iterator[tuple[str, str | int | float]]:
    """Each text and number within a value, and where it stands: `lines/2/text`; and names of fields that are none."""
    match value:
        case bool() | None:
            return
        case str() | int() | float():
            yield place, value
        case dict():
            for name, each in value.items():
                within = f"{place}/{name}" if place else name
                if not name.isidentifier():
                    yield within, name
                yield from _places(each, within)
        case list():
            for at, each in enumerate(value):
                yield from _places(each, f"{place}/{at}" if place else f"{at}")

"""What a model says that stands in nothing it was given or told: links, e-mail addresses, amounts, codes, long numbers.

Words that try to steer their reader are no ground: a link does not become true by "send them here instead". Nor is what
a tool only repeats of what the model handed it.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pydantic import JsonValue

from .checkable import (
    AMOUNT,
    CODE,
    DATE,
    EMAIL,
    LINK,
    MARKS,
    NUMBER,
    amount_of,
    digits_of,
    email_of,
    figures_in,
    link_of,
)
from .html_text import hidden_words
from .suspecting import disguises, quoted, steering

MOST_FINDINGS = 8


@dataclass(frozen=True)
class Sources:
    """What of these kinds stands in what a model was given and told."""

    links: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    figures: frozenset[Decimal] = frozenset()
    codes: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def __or__(self, other: "Sources") -> "Sources":
        """What stands in either."""
        return Sources(
            self.links | other.links,
            self.emails | other.emails,
            self.figures | other.figures,
            self.codes | other.codes,
            self.numbers | other.numbers,
        )

    def __sub__(self, other: "Sources") -> "Sources":
        """What does not stand in the other."""
        return Sources(
            self.links - other.links,
            self.emails - other.emails,
            self.figures - other.figures,
            self.codes - other.codes,
            self.numbers - other.numbers,
        )


def in_texts(texts: Iterable[str]) -> Sources:
    """What stands in these texts."""
    text = "\n".join(texts)
    without_emails = EMAIL.sub(" ", text)
    amounts = {amount_of(hit) for hit in AMOUNT.finditer(text)}
    return Sources(
        links=frozenset(link_of(hit[0]) for hit in LINK.finditer(without_emails)),
        emails=frozenset(email_of(hit[0]) for hit in EMAIL.finditer(text)),
        figures=frozenset(figures_in(text) | amounts),
        codes=frozenset(hit[0].lower() for hit in CODE.finditer(text)),
        numbers=frozenset(digits_of(hit[0]) for hit in NUMBER.finditer(text)),
    )


@lru_cache(maxsize=256)
def in_told(told: str) -> Sources:
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


def unfounded(value: JsonValue, known: Sources) -> list[str]:
    """What the texts within a value name that stands nowhere, a line each with its place and words."""
    found: dict[str, None] = {}
    for place, text in _places(value):
        where = f"{place}: " if place else ""
        for what in disguises(text):
            found[f"{where}it has {what}"] = None
        for what, words in unfounded_in(text, known):
            found[f"{where}{what} that stands nowhere in what was given and told: “{words}”"] = None
    return list(found)[:MOST_FINDINGS]


def unfounded_in(text: str, known: Sources) -> Iterator[tuple[str, str]]:
    """What of which kind a text names that is not known, with its words."""
    rest = text

    def take(pattern: re.Pattern[str], stands: Callable[[re.Match[str]], bool]) -> list[str]:
        nonlocal rest
        found = [quoted(hit[0].rstrip(MARKS)) for hit in pattern.finditer(rest) if not stands(hit)]
        rest = pattern.sub(" ; ", rest)
        return found

    yield from (("an e-mail address", one) for one in take(EMAIL, lambda hit: email_of(hit[0]) in known.emails))
    yield from (("a link", one) for one in take(LINK, lambda hit: link_of(hit[0]) in known.links))
    rest = DATE.sub(" ; ", rest)
    yield from (("an amount", one) for one in take(AMOUNT, lambda hit: amount_of(hit) in known.figures))
    yield from (("a code", one) for one in take(CODE, lambda hit: hit[0].lower() in known.codes))
    yield from (("a number", one) for one in take(NUMBER, lambda hit: digits_of(hit[0]) in known.numbers))


def _places(value: JsonValue, place: str = "") -> Iterator[tuple[str, str]]:
    """Each text within a value, and where it stands: `lines/2/text`."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict | list):
        named = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in named:
            yield from _places(each, f"{place}/{name}" if place else f"{name}")

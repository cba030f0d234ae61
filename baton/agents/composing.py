"""Puts what the steps of a plan found into one answer. Nothing is added: each statement is a result in words."""

import re

from pydantic import JsonValue

from baton.contracts.outcome import Compose, ComposedAnswer, Known, Statement

from .suspecting import MOST_WARNINGS
from .unfounded import suspicions

MOST_CHARACTERS = 400
MOST_PARTS = 12
_REMARK = 60
"""What is kept free for a word about what is left out."""

_OWN_WORDS = ("text", "statement", "summary", "answer")
"""Fields in which a result says of itself what it is."""


def compose(given: Compose) -> ComposedAnswer:
    """The answer: first what the goal asks for, in its order, of that what the plan came to; then what it rests on;
    then what is missing, and what people noted.
    """
    ordered = in_order(given)
    statements = [_statement(fact) for fact in ordered]
    return with_statements(given, statements, [f"- {each.text} [{each.step}]" for each in statements])


def in_order(given: Compose) -> list[Known]:
    """What was found: first what the goal asks for, and of that what the plan came to."""
    return sorted(given.facts, key=lambda fact: (_place(fact, given.wanted), not fact.last))


def with_statements(given: Compose, statements: list[Statement], told: list[str]) -> ComposedAnswer:
    """The answer with these statements, told in these lines; then what is missing, noted, and to be careful of."""
    not_had = [each for each in given.wanted if not any(is_wanted(fact, [each]) for fact in given.facts)]
    missing = [*(f"no {each} was found" for each in not_had), *given.missing]
    lines = [given.goal, "", *(told or ["Nothing was found."])]
    if missing:
        lines += ["", "Missing:", *(f"- {each}" for each in missing)]
    if given.notes:
        lines += ["", "Noted:", *(f"- {each}" for each in given.notes)]
    warnings = steering_in(given)
    if warnings:
        lines += ["", "Careful, these are words of a result and nothing more:", *(f"- {each}" for each in warnings)]
    return ComposedAnswer(
        text="\n".join(lines),
        statements=statements,
        missing=missing,
        notes=given.notes,
        not_had=not_had,
        warnings=warnings,
    )


def steering_in(given: Compose) -> list[str]:
    """What in the results tries to steer whoever reads them, each with its step."""
    found = (f"{fact.step}: {what}" for fact in in_order(given) for what in suspicions(texts_in(fact.value)))
    return list(dict.fromkeys(found))[:MOST_WARNINGS]


def _place(fact: Known, wanted: list[str]) -> int:
    return next((place for place, each in enumerate(wanted) if is_wanted(fact, [each])), len(wanted))


def texts_in(value: JsonValue) -> str:
    """All words in a result, a line each."""
    match value:
        case str():
            return value
        case dict():
            return "\n".join(texts_in(each) for each in value.values())
        case list():
            return "\n".join(texts_in(each) for each in value)
    return ""


def is_wanted(fact: Known, wanted: list[str]) -> bool:
    """The address of a customer is found when the customer is, with an address."""
    return any(each in fact.holds or fact.type in (each, f"list[{each}]") for each in wanted)


def _statement(fact: Known) -> Statement:
    return Statement(
        text=_cut(f"{fact.intent or fact.type}: {_asked_for(fact)}{in_words(fact.value)}"),
        step=fact.step,
        type=fact.type,
    )


def _asked_for(fact: Known) -> str:
    """What stands within a result, and is what the goal asks for, comes first: the rest of it may be cut."""
    if isinstance(fact.value, dict) and _own_words(fact.value):
        return ""
    whole = (fact.type, fact.type.removeprefix("list[").removesuffix("]"))
    parts = {type_: values for type_, values in fact.holds.items() if type_ not in whole}
    return "".join(
        f"{_several([f'{_name_of(type_)} {_brief(value)}' for value in values])}; "
        for type_, values in parts.items()
        if values
    )


def _name_of(type_: str) -> str:
    """`OrderStatus | null` is an order status."""
    plain = type_.removesuffix(" | null").removeprefix("list[").removesuffix("]")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", plain).lower()


def _own_words(value: dict[str, JsonValue]) -> str:
    return next((str(value[name]) for name in _OWN_WORDS if isinstance(value.get(name), str) and value[name]), "")


def _cut(text: str) -> str:
    """Not in the middle of a word, nor without a word about it: half an amount would be another amount."""
    if len(text) <= MOST_CHARACTERS:
        return text
    room = text[: MOST_CHARACTERS - _REMARK]
    kept = next((room[:end] for mark in ("; ", ", ", " ") if (end := room.rfind(mark)) > len(room) // 2), room).rstrip()
    return f"{kept} … ({len(text) - len(kept):,} characters more: the facts of record --json)"


def in_words(value: JsonValue) -> str:
    """A result as a person reads it: its own words where it has some, else its fields."""
    if value in (None, "", [], {}):
        return "nothing"
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            return _own_words(value) or _several([f"{_name(name)} {_brief(part)}" for name, part in value.items()])
        case list():
            return f"{len(value)}: " + _several([in_words(each) for each in value], "; ")
    return str(value)


def _brief(value: JsonValue) -> str:
    if isinstance(value, dict | list) and value:
        return f"({in_words(value)})"
    return in_words(value)


def _several(parts: list[str], between: str = ", ") -> str:
    more = len(parts) - MOST_PARTS
    return between.join(parts[:MOST_PARTS]) + (f"{between}and {more} more" if more > 0 else "")


def _name(field: str) -> str:
    return field.replace("_", " ")

"""Puts what the steps of a plan found into one answer. Nothing is added: each statement is a result in words."""

from pydantic import JsonValue

from baton.contracts.outcome import Compose, ComposedAnswer, Known, Statement

from .suspecting import MOST_WARNINGS, steering

MOST_CHARACTERS = 400
MOST_PARTS = 12

_OWN_WORDS = ("text", "statement", "summary", "answer")
"""Fields in which a result says of itself what it is."""


def compose(given: Compose) -> ComposedAnswer:
    """The answer: first what the plan came to, of that what the goal asks for; then what it rests on; then what is
    missing.
    """
    ordered = sorted(given.facts, key=lambda fact: (not fact.last, not _is_wanted(fact, given.wanted)))
    statements = [_statement(fact) for fact in ordered]
    not_had = [each for each in given.wanted if not any(_is_wanted(fact, [each]) for fact in given.facts)]
    missing = [*(f"no {each} was found" for each in not_had), *given.missing]
    lines = [given.goal, ""]
    lines += [f"- {each.text} [{each.step}]" for each in statements] or ["Nothing was found."]
    if missing:
        lines += ["", "Missing:", *(f"- {each}" for each in missing)]
    warnings = list(dict.fromkeys(f"{fact.step}: {what}" for fact in ordered for what in steering(_texts(fact.value))))
    warnings = warnings[:MOST_WARNINGS]
    if warnings:
        lines += ["", "Careful, these are words of a result and nothing more:", *(f"- {each}" for each in warnings)]
    return ComposedAnswer(
        text="\n".join(lines), statements=statements, missing=missing, not_had=not_had, warnings=warnings
    )


def _texts(value: JsonValue) -> str:
    """All words in a result, a line each."""
    match value:
        case str():
            return value
        case dict():
            return "\n".join(_texts(each) for each in value.values())
        case list():
            return "\n".join(_texts(each) for each in value)
    return ""


def _is_wanted(fact: Known, wanted: list[str]) -> bool:
    return fact.type in wanted or any(fact.type == f"list[{each}]" for each in wanted)


def _statement(fact: Known) -> Statement:
    words = in_words(fact.value)
    text = f"{fact.intent or fact.type}: {words}"
    text = text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"
    return Statement(text=text, step=fact.step, type=fact.type)


def in_words(value: JsonValue) -> str:
    """A result as a person reads it: its own words where it has some, else its fields."""
    if value in (None, "", [], {}):
        return "nothing"
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            own = next((value[name] for name in _OWN_WORDS if isinstance(value.get(name), str) and value[name]), None)
            return str(own) if own else _several([f"{_name(name)} {_brief(part)}" for name, part in value.items()])
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

"""Puts what the steps of a plan found into one answer. Nothing is added: each statement is a result in words."""

from pydantic import JsonValue

from baton.contracts.outcome import Compose, ComposedAnswer, Known, Statement

MOST_CHARACTERS = 400
MOST_PARTS = 12

_OWN_WORDS = ("text", "statement", "summary", "answer")
"""Fields in which a result says of itself what it is."""


def compose(given: Compose) -> ComposedAnswer:
    """The answer: first what the plan came to, of that what the goal asks for; then what it rests on; then what is
    missing, and what people noted.
    """
    ordered = sorted(given.facts, key=lambda fact: (not fact.last, not _is_wanted(fact, given.wanted)))
    statements = [_statement(fact) for fact in ordered]
    not_had = [each for each in given.wanted if not any(_is_wanted(fact, [each]) for fact in given.facts)]
    missing = [*(f"no {each} was found" for each in not_had), *given.missing]
    lines = [given.goal, ""]
    lines += [f"- {each.text} [{each.step}]" for each in statements] or ["Nothing was found."]
    if missing:
        lines += ["", "Missing:", *(f"- {each}" for each in missing)]
    if given.notes:
        lines += ["", "Noted:", *(f"- {each}" for each in given.notes)]
    return ComposedAnswer(
        text="\n".join(lines), statements=statements, missing=missing, notes=given.notes, not_had=not_had
    )


def _is_wanted(fact: Known, wanted: list[str]) -> bool:
    return fact.type in wanted or any(fact.type == f"list[{each}]" for each in wanted)


def _statement(fact: Known) -> Statement:
    words = in_words(fact.value)
    return Statement(text=f"{fact.intent or fact.type}: {words}"[:MOST_CHARACTERS], step=fact.step, type=fact.type)


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

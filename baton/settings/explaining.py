"""What is said of settings: in the documentation's table, and where one is wrong."""

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from .about import abouts, example_in
from .installation import Settings


def explain(problem: ValidationError) -> str:
    """`REPLY_DEADLINE_HOURS='soon': … Valid example: REPLY_DEADLINE_HOURS=72`, one line."""
    first = problem.errors(include_url=False)[0]
    field = str(first["loc"][0])
    words = first["msg"].removeprefix("Value error, ")
    shown = repr(first["input"] if not isinstance(first["input"], Path) else str(first["input"]))
    shown = re.sub(r"//[^/@\s]+@", "//[secret]@", shown)
    more = problem.error_count() - 1
    also = f" ({more} more setting{'s are' if more > 1 else ' is'} wrong.)" if more else ""
    return f"{field.upper()}={shown}: {words}. Valid example: {field.upper()}={example_of(field)}{also}"


def example_of(field: str) -> str:
    """A valid value of a setting, as one would write it in `.env`."""
    return example_in(Settings.model_fields, field)


@dataclass(frozen=True)
class SettingLine:
    """One line of the documentation's table of settings."""

    name: str
    default: str
    unit: str
    meaning: str


def settings_table() -> list[SettingLine]:
    """Every setting that this program reads itself, in the order of the documentation."""
    lines = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else str(field.default)
        lines += [SettingLine(name.upper(), default, about.unit, about.meaning) for about in abouts(field)]
    return lines

"""What the documentation and an error say of a setting."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic.fields import FieldInfo


class SettingsError(Exception):
    """A setting that stops the start; its text is one line with the setting's name and a valid example."""


@dataclass(frozen=True)
class About:
    """What is said of a setting: its meaning, a valid example, its unit."""

    meaning: str
    example: str
    unit: str = ""


def abouts(field: FieldInfo) -> list[About]:
    """What is said of this one; nothing of one that users do not set by its name."""
    return [note for note in field.metadata if isinstance(note, About)]


def example_in(fields: Mapping[str, FieldInfo], field: str) -> str:
    """A valid value of a setting, as one would write it in `.env`."""
    return next((about.example for about in abouts(fields[field])), "")

"""Changing a review's subject in the person's own editor."""

import json

import click
from pydantic import JsonValue

from baton.cli.problems import Problem


def edited(subject: JsonValue) -> JsonValue:
    """The subject as the person left it in $EDITOR. Raises Problem when nothing was saved or it is not JSON."""
    try:
        text = click.edit(json.dumps(subject, indent=2, ensure_ascii=False) + "\n", extension=".json")
    except click.ClickException as problem:
        raise Problem(f"The editor did not start: {problem.message} Set EDITOR, or give --value FILE.") from None
    if text is None:
        raise Problem("Nothing was saved in the editor: no answer was sent.")
    try:
        value: JsonValue = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as problem:
        raise Problem(f"What was saved is not JSON ({problem}): no answer was sent.") from None
    if value == subject:
        raise Problem("Nothing was changed: no answer was sent. `approve` sends it as it is.")
    return value

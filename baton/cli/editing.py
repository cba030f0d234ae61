"""Changing a review's subject in the person's own editor."""

import json
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from pydantic import JsonValue

from baton.cli.problems import Problem
from baton.settings import child_environment


def edited(subject: JsonValue, *, unchanged_is_fine: bool = False) -> JsonValue:
    """The subject as the person left it in their editor. Raises Problem when nothing changed or it is not JSON."""
    with tempfile.TemporaryDirectory(prefix="baton-edit-") as place:  # readable by its owner alone
        file = Path(place) / "answer.json"
        file.write_text(json.dumps(subject, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        editor = _editor()
        try:
            done = subprocess.run([*editor, str(file)], check=False)
        except OSError as problem:
            raise Problem(f"The editor {editor[0]} did not start: {problem.strerror}. Set EDITOR.") from None
        if done.returncode:
            raise Problem(f"The editor ended with an error ({done.returncode}): no answer was sent.")
        try:
            value: JsonValue = json.loads(file.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as problem:
            raise Problem(f"What was saved is not JSON ({problem}): no answer was sent.") from None
    if value == subject and not unchanged_is_fine:
        raise Problem("Nothing was changed: no answer was sent.")
    return value


def _editor() -> list[str]:
    """VISUAL, EDITOR, else the first of the usual ones that is installed. Raises Problem."""
    environment = child_environment({})
    named = environment.get("VISUAL") or environment.get("EDITOR")
    if named:
        return shlex.split(named)
    for usual in ("sensible-editor", "nano", "vim", "vi"):
        if shutil.which(usual):
            return [usual]
    raise Problem("No editor was found. Set EDITOR, or give --value FILE.")

"""Modules of one's own that the settings name: one that cannot be imported is told with its line."""

import importlib
import importlib.util
import linecache
import traceback
from types import ModuleType


class WrongModule(Exception):
    """What a module of one's own has cannot be used: for each fault its module and line, and what to write there."""


def imported(name: str, setting: str, example: str, wrong_one: type[WrongModule]) -> ModuleType:
    """The module that this setting names. Raises `wrong_one`."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name and (name == missing.name or name.startswith(f"{missing.name}.")):
            said = f"there is no module '{missing.name}'. Valid example: {setting}={example}"
            raise wrong_one(f"{setting}={name}: {said}") from None
        said = f"the module needs '{missing.name}', which is not installed"
        raise wrong_one(f"{setting}={name}: {said}") from missing
    except SyntaxError as wrong:
        raise wrong_one(f"{name}:{wrong.lineno}: {wrong.msg}\n    {(wrong.text or '').strip()}") from None
    except Exception as wrong:
        found = importlib.util.find_spec(name)
        file = found.origin if found and found.origin else ""
        lines = [at.lineno or 1 for at in traceback.extract_tb(wrong.__traceback__) if at.filename == file]
        line = lines[-1] if lines else 1
        text = linecache.getline(file, line).strip()
        raise wrong_one(f"{name}:{line}: {type(wrong).__name__}: {wrong}\n    {text}") from wrong

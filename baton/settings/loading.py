"""Settings as the entry points read them, once."""

from pathlib import Path

import pydantic_settings
from pydantic import ValidationError

from .about import SettingsError
from .explaining import explain
from .installation import Settings


def load_settings(env_file: str | Path | None = ".env") -> Settings:
    """The settings of this process. Raises SettingsError, in one line, for the first value that is wrong."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as problem:
        raise SettingsError(explain(problem)) from None
    except (pydantic_settings.SettingsError, UnicodeDecodeError, OSError) as problem:
        raise SettingsError(f"Settings cannot be read (environment, {env_file}): {_first_line(problem)}") from None


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0]

"""agents.toml and the lock beside it, read and written."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from baton.contracts.mcp import AgentsFile, AgentsLock
from baton.contracts.systems import Misconfigured

EXAMPLE = '[servers.time] command = "mcp-server-time" and [servers.time.tools.get_current_time] effect = "read"'


def lock_beside(path: Path) -> Path:
    """`agents.lock` of `agents.toml`."""
    return path.with_suffix(".lock")


def read_agents_file(path: Path) -> AgentsFile:
    """What the file lists. Raises Misconfigured with the place to mend."""
    try:
        return AgentsFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise Misconfigured(f"{path.name}: {place}: {first['msg'].removeprefix('Value error, ')}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as wrong:
        raise Misconfigured(f"AGENTS_FILE={path.name} cannot be read: {wrong}. It lists e.g. {EXAMPLE}") from None


def read_lock(path: Path) -> AgentsLock:
    """What was pinned; nothing where there is no such file. Raises Misconfigured."""
    try:
        return AgentsLock.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return AgentsLock()
    except (ValidationError, OSError) as wrong:
        said = str(wrong).splitlines()[0]
        raise Misconfigured(f"{path.name} cannot be read: {said}. Write it anew: starter.py agents lock") from None


def write_lock(path: Path, lock: AgentsLock) -> None:
    """Replace the lock. It is text that shows in a diff what a server changed."""
    path.write_text(lock.model_dump_json(indent=2) + "\n", encoding="utf-8")

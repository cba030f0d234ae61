"""The environment itself: what others of this process, and those that it starts, may read of it."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path


def temporal_environment(env_file: str | Path | None = ".env") -> dict[str, str]:
    """What Temporal's own client configuration may read: the environment, and TEMPORAL_* of `.env` beneath it."""
    from dotenv import dotenv_values  # noqa: PLC0415  only a connection needs it

    written = dotenv_values(env_file) if env_file else {}
    beneath = {name: value for name, value in written.items() if name.startswith("TEMPORAL_") and value}
    return beneath | dict(os.environ)


def named_environment(names: Iterable[str], env_file: str | Path | None = ".env") -> dict[str, str]:
    """These variables of the environment, and of `.env` beneath it, where they are set."""
    from dotenv import dotenv_values  # noqa: PLC0415  few need it

    written = dotenv_values(env_file) if env_file else {}
    found = {name: os.environ.get(name, written.get(name)) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def child_environment(changes: Mapping[str, str], *, without: str | tuple[str, ...] | None = None) -> dict[str, str]:
    """The environment for a process that we start: ours with these changes, less names beginning with `without`."""
    kept = {name: value for name, value in os.environ.items() if without is None or not name.startswith(without)}
    return kept | dict(changes)


def search_path() -> list[Path]:
    """The directories in which programs are looked for, PATH's order."""
    return [Path(place) for place in os.get_exec_path() if place]

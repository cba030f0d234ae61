"""How each capability did of late, as workers saw it: a small file per worker in the state directory.

A file each, written whole: workers on several machines share the directory, and none waits for another.
"""

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from pydantic import ValidationError

from baton.contracts.plan import Health
from baton.contracts.wire import Wire
from baton.files import write_whole

MOST = 40
"""So many attempts of a capability count, the latest ones."""

LATELY = timedelta(days=1)
"""Older ones do not: who failed is asked last, and would never be asked again."""

DIRECTORY = "health"
_LONGEST_WORDS = 200


class Outcome(Wire):
    """How one attempt ended. `failure`: in clean words; None: it succeeded."""

    at: datetime
    failure: str | None = None


class Outcomes(Wire):
    """What stands in one file: the latest outcomes by capability, the oldest first."""

    by_capability: dict[str, list[Outcome]] = {}


class HealthBook:
    """What one worker saw."""

    def __init__(self, state_dir: Path) -> None:
        self._directory = state_dir / DIRECTORY
        self._path = self._directory / f"{uuid4().hex}.json"
        self._seen: dict[str, deque[Outcome]] = {}

    def note(self, capability: str, failure: str | None = None) -> None:
        """Count an attempt that ended now."""
        words = None if failure is None else failure[:_LONGEST_WORDS]
        self._seen.setdefault(capability, deque(maxlen=MOST)).append(Outcome(at=datetime.now(UTC), failure=words))

    def content(self) -> bytes:
        """All that counts, as it stands in the file."""
        return (
            Outcomes(by_capability={name: list(seen) for name, seen in self._seen.items()}).model_dump_json().encode()
        )

    def write(self, content: bytes) -> None:
        """Replace this worker's file; files of workers that have long been gone go too. Raises OSError."""
        write_whole(self._path, content)
        for file in self._directory.glob("*.json"):
            with suppress(FileNotFoundError):  # another worker was faster
                if datetime.now(UTC) - datetime.fromtimestamp(file.stat().st_mtime, UTC) > LATELY:
                    file.unlink()


def recent_health(state_dir: Path) -> dict[str, Health]:
    """How each capability did of late, by name, as all workers of this state directory saw it."""
    since = datetime.now(UTC) - LATELY
    seen: dict[str, list[Outcome]] = {}
    for outcomes in _files(state_dir / DIRECTORY):
        for name, those in outcomes.by_capability.items():
            seen.setdefault(name, []).extend(each for each in those if each.at > since)
    return {
        name: _health(name, sorted(those, key=lambda each: each.at)[-MOST:]) for name, those in seen.items() if those
    }


def _health(name: str, lately: list[Outcome]) -> Health:
    failures = [each for each in lately if each.failure is not None]
    return Health(
        capability=name,
        tried=len(lately),
        succeeded=len(lately) - len(failures),
        last_failure=(failures[-1].failure or "") if failures else "",
        last_failure_at=failures[-1].at if failures else None,
    )


def _files(directory: Path) -> Iterator[Outcomes]:
    for file in sorted(directory.glob("*.json")):
        try:
            yield Outcomes.model_validate_json(file.read_bytes())
        except FileNotFoundError:  # a worker has just put it away
            continue
        except (OSError, ValidationError) as problem:  # nothing that anyone waits for depends on it
            logging.warning("%s/%s cannot be read: %s", DIRECTORY, file.name, type(problem).__name__)

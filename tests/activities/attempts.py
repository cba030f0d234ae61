"""An attempt at a step as Temporal makes it, without Temporal."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Literal

from temporalio.common import RetryPolicy
from temporalio.testing import ActivityEnvironment

from activities.once import Word
from baton.contracts.last_look import still_counted_on
from baton.temporal.heartbeats import Overtaken


def attempt(
    number: int = 1, *, last_word: str = "", seconds: float = 30, attempts: int = 12, began: datetime | None = None
) -> ActivityEnvironment:
    """The attempt of that number, which has so many seconds, of at most so many; the server says when it began."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        environment.info,
        attempt=number,
        started_time=began or datetime.now(UTC),
        heartbeat_details=[last_word] if last_word else [],
        start_to_close_timeout=timedelta(seconds=seconds),
        retry_policy=RetryPolicy(maximum_attempts=attempts),
    )
    return environment


def word(
    said: Literal["dispatching", "not dispatched"],
    *,
    version: str = "",
    ago_s: float = 60,
    now: datetime | None = None,
) -> str:
    """What an attempt left behind so long ago, by the server's clock."""
    at = (now or datetime.now(UTC)) - timedelta(seconds=ago_s)
    return Word(said=said, at=at, version=version).model_dump_json()


def words(environment: ActivityEnvironment) -> list[str]:
    """A list that fills with the words that the attempt leaves."""
    left: list[str] = []
    environment.on_heartbeat = lambda said: left.append(Word.model_validate_json(said).said)
    return left


@contextmanager
def overtaken() -> Iterator[None]:
    """As in an attempt whose process stood still until another one may have begun."""

    def look() -> None:
        raise Overtaken("this process stood still")

    before = still_counted_on.set(look)
    try:
        yield
    finally:
        still_counted_on.reset(before)

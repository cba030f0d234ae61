"""From a card to what Temporal is told of an activity's attempts: the only such place."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy

from baton.contracts.agents import Card


class Attempts(TypedDict):
    """Keyword arguments of `workflow.start_activity`.

    No overall bound but one that a plan sets: a weekend without a worker fails nothing. Where others can take the step,
    or no worker may ever ask its model again, its card may bound the wait for a worker.
    """

    task_queue: str | None
    start_to_close_timeout: timedelta
    schedule_to_start_timeout: timedelta | None
    schedule_to_close_timeout: timedelta | None
    heartbeat_timeout: timedelta | None
    retry_policy: RetryPolicy


def attempts_on(card: Card, *, at_most_s: float | None = None) -> Attempts:
    """Queue, longest attempt and retries, as the card says; `at_most_s`: a bound that a plan sets."""
    return Attempts(
        task_queue=card.queue,
        start_to_close_timeout=timedelta(seconds=card.attempt_s),
        schedule_to_start_timeout=timedelta(seconds=card.wait_s) if card.wait_s else None,
        schedule_to_close_timeout=timedelta(seconds=at_most_s) if at_most_s else None,
        heartbeat_timeout=timedelta(seconds=card.heartbeat_s) if card.heartbeat_s else None,
        retry_policy=RetryPolicy(
            initial_interval=timedelta(seconds=card.retry.first_delay_s),
            backoff_coefficient=card.retry.factor,
            maximum_interval=timedelta(seconds=card.retry.longest_delay_s),
            maximum_attempts=card.retry.attempts,
        ),
    )

"""Steps that failed and will be tried again: which attempt comes, when, and what went wrong."""

from datetime import UTC, datetime, timedelta

from baton.cli.console import distance
from baton.cli.shapes import Retry
from baton.contracts.record import RunStatus

_WORTH_SAYING = timedelta(seconds=1)


def retry_of(step: str, status: RunStatus, retries: list[Retry]) -> Retry | None:
    """The retry that belongs to a step that is running; with several steps of one kind the first is told."""
    kind = step.partition("/")[0]
    mine = [retry for retry in retries if retry.capability == kind]
    if mine:
        return mine[0]
    running = [each.step for each in status.steps if each.state == "running"]
    return retries[0] if running == [step] and retries else None  # its fallback is a capability of another name


def retry_words(retry: Retry) -> str:
    """`attempt 4, next in 12 s: order system unavailable`."""
    words = f"attempt {retry.attempt}"
    if retry.next_at is not None and retry.next_at - datetime.now(UTC) >= _WORTH_SAYING:
        words += f", next {distance(retry.next_at)}"
    return f"{words}: {retry.reason}"

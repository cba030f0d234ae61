"""The inbox: what waits for a person, the first due first."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from baton.cli.console import as_json, line, note, out
from baton.cli.deciding import open_reviews
from baton.cli.options import JsonOption
from baton.cli.presenting.lists import inbox_table
from baton.cli.presenting.words import plural
from baton.cli.problems import NoWorker, Problem, plainly, promptly
from baton.cli.runs import Runs, open_runs
from baton.cli.shapes import Inbox, InboxLine, RunLine
from baton.settings import load_settings

_DETAILS_AT_MOST = 50
_AT_ONCE = 8
_NO_WORKER = "No worker is answering"


@plainly
@promptly
async def inbox(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most this many, the first due.")] = 50,
    json: JsonOption = False,
) -> None:
    """What waits for a person, the first due first."""
    runs = await open_runs(load_settings())
    lines, untold = await told(runs, await runs.lines(open_only=True, late_logs=True, limit=10_000))
    waiting = sorted((each for each in lines if each.waiting_on == "review"), key=lambda each: _urgency(each.due))
    shown, answered = await _with_reviews(runs, [InboxLine(**dict(each)) for each in waiting[:limit]])
    if answered is False:
        note(f"{_NO_WORKER}: this is what Temporal's list knows. Start one with `uv run starter.py up`.")
    if json:
        as_json(Inbox(worker_answers=answered, waiting=shown))
        return
    if shown:
        out.print(inbox_table(shown))
        line("")
        line(f"Look at one with: uv run starter.py review {shown[0].enquiry_id}", style="quiet")
    elif not untold:
        line("Nothing waits for a person.", style="ok")
    if untold:
        note(f"{plural(untold, 'run')} cannot be told apart: the server lacks search attributes, see `check`.")
    if len(waiting) > limit:
        note(f"{len(waiting) - limit} more; --limit shows them.")
    customers = sum(each.waiting_on == "customer" for each in lines)
    if customers:
        note(f"{plural(customers, 'enquiry waits', 'enquiries wait')} for a customer's answer.")


def _latest_first(each: RunLine) -> float:
    return -each.started_at.timestamp() if each.started_at else 0.0


def _urgency(due: datetime | None) -> float:
    return due.timestamp() if due else datetime.max.replace(tzinfo=UTC).timestamp()


async def told(runs: Runs, lines: list[RunLine]) -> tuple[list[RunLine], int]:
    """Runs of which the list does not say what they wait for say it themselves; and how many could not be asked.

    The server lacks our search attributes, or did when they started.
    """
    told = [each for each in lines if each.waiting_on]
    silent = sorted((each for each in lines if not each.waiting_on), key=_latest_first)
    places = asyncio.Semaphore(_AT_ONCE * 4)

    async def ask(each: RunLine) -> RunLine | None:
        async with places:
            try:
                status = await runs.status(each.enquiry_id, within=timedelta(seconds=1.5))
            except Problem:
                return None
        waiting = status.waiting
        return each.model_copy(
            update={"waiting_on": waiting.what, "due": waiting.due_at, "stage": each.stage or status.stage}
        )

    answers = await asyncio.gather(*(ask(each) for each in silent[:_DETAILS_AT_MOST]))
    said = [each for each in answers if each]
    return [*told, *said], len(silent) - len(said)


async def _with_reviews(runs: Runs, lines: list[InboxLine]) -> tuple[list[InboxLine], bool | None]:
    """The open reviews of the first lines, asked a few at a time; False when the first question finds no worker."""
    if not lines:
        return lines, None
    places = asyncio.Semaphore(_AT_ONCE)

    async def fill(each: InboxLine) -> InboxLine:
        async with places:
            try:
                found = await runs.reviews(each.enquiry_id, within=timedelta(seconds=3))
            except Problem:
                return each
            return each.model_copy(update={"reviews": open_reviews(found)})

    first, rest, untold = lines[0], lines[1:_DETAILS_AT_MOST], lines[_DETAILS_AT_MOST:]
    try:
        await runs.reviews(first.enquiry_id, within=timedelta(seconds=4))
    except NoWorker:
        return lines, False
    except Problem:
        pass
    return [*await asyncio.gather(*(fill(each) for each in [first, *rest])), *untold], True

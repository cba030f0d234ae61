"""`report`: what a month brought in, what became of it, how long that took, and what it cost."""

import asyncio
import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import typer
from temporalio.service import RPCError

from baton.archive import Archive, Unreadable
from baton.cli.console import as_json, note, out
from baton.cli.options import JsonOption
from baton.cli.presenting.report import report_shown
from baton.cli.problems import WITHIN_S, Problem, plainly
from baton.cli.runs import open_runs
from baton.cli.shapes import MonthReport
from baton.cli.tallying import Counts, counts_of, tally
from baton.contracts.names import PROCESS_ENQUIRY, PROCESS_GOAL, PROCESS_SHADOW, is_goal, is_process_run
from baton.settings import DOLLARS, Settings, load_settings

_MOST_OPEN = 10_000
_FEW = 3


@plainly
async def report(
    month: Annotated[
        str | None, typer.Option("--month", help="The month: 2026-11. Default: this one.", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> None:
    """What came in within a month, what became of it, how long that took, and what models cost."""
    settings = load_settings()
    begin, end = month_of(datetime.now().astimezone().strftime("%Y-%m") if month is None else month)
    # Before the archive: a run that ends meanwhile would be in neither.
    still_open = await _still_open(settings, begin, end)
    ended, unreadable = _archived(settings, begin, end)
    if still_open is not None:
        still_open -= {each.run_id for each in ended}  # it has its record, and only closes
    made = month_report(settings, begin, end, ended, still_open)
    made = made.model_copy(update={"unreadable": [str(each.path) for each in unreadable]})
    if unreadable:
        note(cannot_be_read(unreadable))
    if still_open is None:
        note("Runs that have not ended are not counted: no Temporal server answers.")
    if json:
        as_json(made)
    else:
        out.print(report_shown(made))


def month_of(text: str) -> tuple[datetime, datetime]:
    """Its first moment, and that of the next, in the local zone. Raises Problem."""
    found = re.fullmatch(r"([1-9]\d{3})-(0[1-9]|1[0-2])", text.strip(), re.ASCII)
    if found is None or found[1] == "9999":
        raise Problem(f"{text!r} is no month. One looks like 2026-11.")
    year, month = int(found[1]), int(found[2])
    after = (year + 1, 1) if month == 12 else (year, month + 1)
    return datetime(year, month, 1).astimezone(), datetime(*after, 1).astimezone()


def month_report(
    settings: Settings, begin: datetime, end: datetime, ended: list[Counts], still_open: set[str] | None
) -> MonthReport:
    """The report on these runs that ended and those of these ids, which are open; None: nobody knows which are."""
    rate = settings.per_dollar or Decimal(1)
    by_process: dict[str, list[Counts]] = {PROCESS_ENQUIRY: [], PROCESS_GOAL: []}
    shadows = [each for each in ended if each.process == PROCESS_SHADOW]
    counted = [each for each in ended if each.process != PROCESS_SHADOW]
    for each in counted:
        by_process.setdefault(each.process, []).append(each)
    opened = None if still_open is None else Counter(map(process_of, still_open))
    names = [*by_process, *sorted({*(opened or ())} - {*by_process})]
    return MonthReport(
        month=f"{begin:%Y-%m}",
        begin=begin,
        end=end,
        currency=settings.currency if settings.per_dollar else DOLLARS,
        per_dollar=rate,
        wanted_currency="" if settings.per_dollar else settings.currency,
        processes=[
            tally(name, by_process.get(name, []), None if opened is None else opened[name], rate) for name in names
        ],
        all=tally("all", counted, None if opened is None else opened.total(), rate),
        shadows=tally(PROCESS_SHADOW, shadows, 0, rate),
    )


def process_of(run_id: str) -> str:
    """Which process a run of this id is of."""
    if is_process_run(run_id):
        return run_id.partition("/")[0]
    return PROCESS_GOAL if is_goal(run_id) else PROCESS_ENQUIRY


def _archived(settings: Settings, begin: datetime, end: datetime) -> tuple[list[Counts], list[Unreadable]]:
    ended: list[Counts] = []
    unreadable: list[Unreadable] = []
    try:
        for each in Archive(settings.state_dir).counted(lambda at: begin <= at < end):
            if isinstance(each, Unreadable):
                unreadable.append(each)
            else:
                ended.append(counts_of(each))
    except OSError as problem:
        raise Problem(f"The archive {settings.state_dir / 'archive'} cannot be read: {problem.strerror}.") from None
    return ended, unreadable


async def _still_open(settings: Settings, begin: datetime, end: datetime) -> set[str] | None:
    """Ids of runs that came in then and go on; None: no server answers."""
    try:
        async with asyncio.timeout(WITHIN_S):
            lines = await (await open_runs(settings)).lines(open_only=True, limit=_MOST_OPEN)
    except (Problem, RPCError, TimeoutError):
        return None
    return {line.enquiry_id for line in lines if line.started_at and begin <= line.started_at < end}


def cannot_be_read(unreadable: list[Unreadable]) -> str:
    """Which records a report goes without, and why, in one line."""
    few = "; ".join(f"{each.path} ({each.why})" for each in unreadable[:_FEW])
    more = f"; and {len(unreadable) - _FEW} more" if len(unreadable) > _FEW else ""
    return f"Archived records that cannot be read, and are not counted: {few}{more}."

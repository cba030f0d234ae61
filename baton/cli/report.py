"""`report`: what a month brought in, what became of it, how long that took, and what it cost."""

import asyncio
from collections import Counter
from datetime import datetime
from decimal import Decimal

from temporalio.service import RPCError

from baton.archive import Unreadable
from baton.cli.console import as_json, note, out
from baton.cli.months import MonthOption, came_in, cannot_be_read, heading, month_of
from baton.cli.options import JsonOption
from baton.cli.presenting.report import report_shown
from baton.cli.problems import WITHIN_S, Problem, plainly
from baton.cli.runs import open_runs
from baton.cli.shapes import MonthReport
from baton.cli.tallying import Counts, counts_of, tally
from baton.contracts.names import PROCESS_ENQUIRY, PROCESS_GOAL, PROCESS_SHADOW, is_goal, is_process_run
from baton.settings import Settings, load_settings

_MOST_OPEN = 10_000


@plainly
async def report(
    month: MonthOption = None,
    json: JsonOption = False,
) -> None:
    """What came in within a month, what became of it, how long that took, and what models cost."""
    settings = load_settings()
    begin, end = month_of(month)
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
        **dict(heading(settings, begin, end)),
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
    for each in came_in(settings, begin, end):
        if isinstance(each, Unreadable):
            unreadable.append(each)
        else:
            ended.append(counts_of(each))
    return ended, unreadable


async def _still_open(settings: Settings, begin: datetime, end: datetime) -> set[str] | None:
    """Ids of runs that came in then and go on; None: no server answers."""
    try:
        async with asyncio.timeout(WITHIN_S):
            lines = await (await open_runs(settings)).lines(open_only=True, limit=_MOST_OPEN)
    except (Problem, RPCError, TimeoutError):
        return None
    return {line.enquiry_id for line in lines if line.started_at and begin <= line.started_at < end}

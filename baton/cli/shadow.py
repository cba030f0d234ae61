"""`shadow report`: what a month's shadows made of its enquiries, beside what was in use and what people decided."""

from datetime import datetime
from decimal import Decimal

from baton.archive import Archive, Unreadable
from baton.cli.beside import Beside, beside, tally_of
from baton.cli.console import as_json, note, out
from baton.cli.months import MonthOption, came_in, cannot_be_read, heading, month_of
from baton.cli.options import JsonOption
from baton.cli.presenting.shadow import shadow_report_shown
from baton.cli.problems import plainly
from baton.cli.shadow_shapes import ShadowReport
from baton.contracts.names import PROCESS_ENQUIRY, PROCESS_SHADOW, shadow_id
from baton.contracts.record import RunRecord
from baton.settings import Settings, load_settings


@plainly
async def shadow_report(
    month: MonthOption = None,
    json: JsonOption = False,
) -> None:
    """Compare what shadows proposed with what was proposed in use, and with what people decided."""
    settings = load_settings()
    begin, end = month_of(month)
    made, unreadable = _made(settings, begin, end)
    if unreadable:
        note(cannot_be_read(unreadable))
    if json:
        as_json(made)
    else:
        out.print(shadow_report_shown(made))


def _made(settings: Settings, begin: datetime, end: datetime) -> tuple[ShadowReport, list[Unreadable]]:
    found = _ended(settings, begin, end)
    unreadable = {each.path: each for each in found if isinstance(each, Unreadable)}
    enquiries = {run_id for process, run_id in _named(found) if process == PROCESS_ENQUIRY}
    shadows = sorted(run_id for process, run_id in _named(found) if process == PROCESS_SHADOW)
    archive = Archive(settings.state_dir)
    by_models: dict[tuple[str, ...], list[Beside]] = {}
    for run_id in shadows:
        # One pair at a time: the records of all would fill the memory.
        shadow, enquiry = (archive.read(each) for each in (run_id, run_id.removeprefix(shadow_id(""))))
        unreadable |= {each.path: each for each in (shadow, enquiry) if isinstance(each, Unreadable)}
        if isinstance(shadow, RunRecord):
            pair = beside(shadow, enquiry)
            by_models.setdefault(pair.models, []).append(pair)
    rate = settings.per_dollar or Decimal(1)
    report = ShadowReport(
        **{**dict(heading(settings, begin, end)), "unreadable": [str(path) for path in unreadable]},
        tallies=[tally_of(pairs, rate) for pairs in by_models.values()],
        without=len(enquiries - {run_id.partition("/")[2] for run_id in shadows}),
    )
    return report, list(unreadable.values())


def _ended(settings: Settings, begin: datetime, end: datetime) -> list[tuple[str, str] | Unreadable]:
    """Process and id of each run that came in then, and ended."""
    return [
        each if isinstance(each, Unreadable) else (each.process, each.enquiry_id)
        for each in came_in(settings, begin, end)
    ]


def _named(found: list[tuple[str, str] | Unreadable]) -> list[tuple[str, str]]:
    return [each for each in found if not isinstance(each, Unreadable)]

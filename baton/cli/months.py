"""The month that a report is on: which one, what is said of it first, and which ended runs came in then."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import typer

from baton.archive import Archive, Unreadable
from baton.cli.problems import Problem
from baton.cli.shapes import OfAMonth
from baton.contracts.record import RunRecord
from baton.settings import DOLLARS, Settings

_FEW = 3

MonthOption = Annotated[
    str | None, typer.Option("--month", help="The month: 2026-11. Default: this one.", show_default=False)
]


def month_of(named: str | None) -> tuple[datetime, datetime]:
    """Its first moment, and that of the next, in the local zone; None: this month's. Raises Problem."""
    text = datetime.now().astimezone().strftime("%Y-%m") if named is None else named
    found = re.fullmatch(r"([1-9]\d{3})-(0[1-9]|1[0-2])", text.strip(), re.ASCII)
    if found is None or found[1] == "9999":
        raise Problem(f"{text!r} is no month. One looks like 2026-11.")
    year, month = int(found[1]), int(found[2])
    after = (year + 1, 1) if month == 12 else (year, month + 1)
    return datetime(year, month, 1).astimezone(), datetime(*after, 1).astimezone()


def heading(settings: Settings, begin: datetime, end: datetime) -> OfAMonth:
    """What every report on it says first."""
    return OfAMonth(
        month=f"{begin:%Y-%m}",
        begin=begin,
        end=end,
        currency=settings.currency if settings.per_dollar else DOLLARS,
        per_dollar=settings.per_dollar or Decimal(1),
        wanted_currency="" if settings.per_dollar else settings.currency,
    )


def came_in(settings: Settings, begin: datetime, end: datetime) -> Iterator[RunRecord | Unreadable]:
    """The records of runs that came in then and ended, as the archive counts them. Raises Problem."""
    try:
        yield from Archive(settings.state_dir).counted(lambda at: begin <= at < end)
    except OSError as problem:
        raise Problem(f"The archive {settings.state_dir / 'archive'} cannot be read: {problem.strerror}.") from None


def cannot_be_read(unreadable: list[Unreadable]) -> str:
    """Which records a report goes without, and why, in one line."""
    few = "; ".join(f"{each.path} ({each.why})" for each in unreadable[:_FEW])
    more = f"; and {len(unreadable) - _FEW} more" if len(unreadable) > _FEW else ""
    return f"Archived records that cannot be read, and are not counted: {few}{more}."

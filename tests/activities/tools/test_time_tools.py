"""The clock, business days and business hours."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.tools.time import TimeTools
from baton.agents.business_time import business_date, business_days, is_business_day
from baton.contracts.tools.time import BusinessDate, BusinessDays, BusinessHours, Moment

from .doing import done, failed

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
CLOSED = st.lists(DAYS, max_size=5)


async def test_the_clock_says_what_time_it_is_where_it_is_asked() -> None:
    moment = await done(TimeTools().tell_time, Moment, zone="Africa/Johannesburg")
    assert abs(moment.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert moment.at.utcoffset() == timedelta(hours=2)
    assert moment.day == moment.at.date()
    assert f"on {moment.weekday} {moment.day.day} " in moment.statement


async def test_a_zone_that_is_none_is_refused_for_good() -> None:
    fault = await failed(TimeTools().tell_time, zone="../etc/passwd")
    assert (fault.type, fault.non_retryable) == ("Rejected", True)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-20", "2026-11-23", 1),
        ("2026-11-23", "2026-11-20", -1),
        ("2026-11-21", "2026-11-22", 0),
        ("2026-11-23", "2026-11-30", 4),
    ],
)
async def test_business_days_leave_out_weekends_and_holidays(start: str, end: str, days: int) -> None:
    counted = await done(TimeTools().count_business_days, BusinessDays, start=start, end=end, holidays=["2026-11-25"])
    assert counted.days == days
    assert counted.statement.startswith(f"{days} business day{'' if days == 1 else 's'} from ")


async def test_five_business_days_after_a_friday_are_a_friday() -> None:
    later = await done(TimeTools().add_business_days, BusinessDate, start="2026-11-20", days=5)
    assert (later.day, later.weekday) == (date(2026, 11, 27), "Friday")


@pytest.mark.parametrize(
    ("at", "whether", "changes"),
    [
        ("2026-11-24T07:00:00+00:00", True, "2026-11-24T17:00:00+02:00"),
        ("2026-11-24T05:59:00+00:00", False, "2026-11-24T08:00:00+02:00"),
        ("2026-11-27T15:00:00+00:00", False, "2026-11-30T08:00:00+02:00"),
        ("2026-11-24T05:00:00", False, "2026-11-24T08:00:00+02:00"),
    ],
)
async def test_the_shop_is_open_on_business_days_by_its_own_clock(at: str, whether: bool, changes: str) -> None:
    hours = await done(TimeTools().check_business_hours, BusinessHours, at=at, zone="Africa/Johannesburg")
    assert (hours.open, hours.changes_at) == (whether, datetime.fromisoformat(changes))


@given(DAYS, DAYS, CLOSED)
def test_counting_is_what_one_gets_day_by_day(start: date, end: date, holidays: list[date]) -> None:
    first, last = sorted((start, end))
    one_by_one = sum(
        is_business_day(first + timedelta(days=number), holidays) for number in range(1, (last - first).days + 1)
    )
    assert business_days(first, last, holidays) == one_by_one


@given(DAYS, st.integers(1, 60), CLOSED)
def test_so_many_business_days_later_lie_as_many_business_days(start: date, days: int, holidays: list[date]) -> None:
    assert business_days(start, business_date(start, days, holidays), holidays) == days

"""Time for plans: the clock, business days and business hours."""

from datetime import UTC, date, datetime, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

from baton.agents.business_time import WEEKDAYS, business_date, business_days, business_hours
from baton.contracts.systems import Rejected
from baton.contracts.tools.time import (
    AskBusinessDate,
    AskBusinessDays,
    AskBusinessHours,
    AskTime,
    BusinessDate,
    BusinessDays,
    BusinessHours,
    Moment,
)

from ..capability import tool
from ..retries import RULES

rules = partial(tool, agent="clock", retry=RULES, attempt_s=20, typical_s=0.02)


class TimeTools:
    """Knows the time, and when people work."""

    @rules()
    async def tell_time(self, given: AskTime) -> Moment:
        """Say what time and which day it is."""
        now = datetime.now(_zone(given.zone))
        statement = f"It is {now:%H:%M} on {_in_words(now.date())} ({given.zone})"
        return Moment(at=now, day=now.date(), weekday=_weekday(now.date()), statement=statement)

    @rules()
    async def count_business_days(self, given: AskBusinessDays) -> BusinessDays:
        """Count the business days from one day to another."""
        days = business_days(given.start, given.end, given.holidays)
        between = f"from {_in_words(given.start)} to {_in_words(given.end)}"
        return BusinessDays(days=days, statement=f"{days} business {'day' if days == 1 else 'days'} {between}")

    @rules()
    async def add_business_days(self, given: AskBusinessDate) -> BusinessDate:
        """Find the day that lies so many business days after, or before, a day."""
        day = business_date(given.start, given.days, given.holidays)
        return BusinessDate(day=day, weekday=_weekday(day), statement=_in_words(day))

    @rules()
    async def check_business_hours(self, given: AskBusinessHours) -> BusinessHours:
        """Say whether the shop is open, and when it opens or closes next."""
        at = given.at or datetime.now(UTC)
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(_zone(given.zone))
        is_open, changes_at = business_hours(at, given.holidays)
        until = f"{changes_at:%H:%M} on {_in_words(changes_at.date())} ({given.zone})"
        statement = f"The shop is {'open' if is_open else 'closed'} until {until}"
        return BusinessHours(open=is_open, changes_at=changes_at, statement=statement)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Rejected("there is no such time zone; one is named like 'Africa/Johannesburg'") from None


def _weekday(day: date) -> str:
    return WEEKDAYS[day.weekday()]


def _in_words(day: date) -> str:
    return f"{_weekday(day)} {day.day} {day:%B %Y}"

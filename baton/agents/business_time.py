"""When people work. What a shop tunes stands in the first lines."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

WORKING_DAYS = frozenset({0, 1, 2, 3, 4})
"""Monday is 0."""
OPENS = time(8)
CLOSES = time(17)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_DAY = timedelta(days=1)


def is_business_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Whether people work on that day."""
    return day.weekday() in WORKING_DAYS and day not in holidays


def business_days(start: date, end: date, holidays: Collection[date] = ()) -> int:
    """Business days after `start`, up to and with `end`: Friday to Monday is 1, Monday to Friday before it -1."""
    if end < start:
        return -business_days(end - _DAY, start - _DAY, holidays)
    weeks, rest = divmod((end - start).days, 7)
    after = [start + _DAY * number for number in range(1, rest + 1)]
    closed = {day for day in holidays if start < day <= end and is_business_day(day)}
    return weeks * len(WORKING_DAYS) + sum(map(is_business_day, after)) - len(closed)


def business_date(start: date, days: int, holidays: Collection[date] = ()) -> date:
    """The day so many business days after `start`; 0 is the day itself, or the next one on which people work."""
    step = _DAY if days >= 0 else -_DAY
    day, left = start, abs(days)
    if left == 0:
        while not is_business_day(day, holidays):
            day += step
    while left:
        day += step
        left -= is_business_day(day, holidays)
    return day


def business_hours(at: datetime, holidays: Collection[date] = ()) -> tuple[bool, datetime]:
    """Whether it is open at that moment, local time of the shop, and when it opens or closes next."""
    today = at.date()
    if is_business_day(today, holidays) and OPENS <= at.timetz().replace(tzinfo=None) < CLOSES:
        return True, datetime.combine(today, CLOSES, at.tzinfo)
    day = today if at.timetz().replace(tzinfo=None) < OPENS else today + _DAY
    return False, datetime.combine(business_date(day, 0, holidays), OPENS, at.tzinfo)

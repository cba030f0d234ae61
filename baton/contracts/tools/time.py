"""Questions about time: the clock, business days and business hours."""

from datetime import date, datetime

from pydantic import Field

from ..wire import Wire


class AskTime(Wire):
    """What time it is somewhere."""

    zone: str = Field(default="UTC", description="IANA time zone, e.g. 'Africa/Johannesburg'")


class Moment(Wire):
    """A moment, with the day that it falls on there."""

    at: datetime
    day: date
    weekday: str
    statement: str


class AskBusinessDays(Wire):
    """How many business days lie from one day to another."""

    start: date
    end: date
    holidays: list[date] = []


class BusinessDays(Wire):
    """Business days after the first day, up to and with the last; negative where the last lies before the first."""

    days: int
    statement: str


class AskBusinessDate(Wire):
    """Which day lies so many business days after a day."""

    start: date
    days: int = Field(ge=-3660, le=3660)
    holidays: list[date] = []


class BusinessDate(Wire):
    """A business day."""

    day: date
    weekday: str
    statement: str


class AskBusinessHours(Wire):
    """Whether the shop is open."""

    at: datetime | None = Field(default=None, description="none: now; without a zone: UTC")
    zone: str = Field(default="UTC", description="the shop's IANA time zone")
    holidays: list[date] = []


class BusinessHours(Wire):
    """Whether the shop is open at a moment, and when it opens or closes next."""

    open: bool
    changes_at: datetime
    statement: str

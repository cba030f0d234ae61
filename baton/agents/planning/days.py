"""Days in words: '2026-11-24', '24 November 2026', 'yesterday', 'last Monday', 'in 3 days'."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = re.compile(
    rf"\b(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})\b"
    rf"|\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_MONTH})(?:,?\s+(?P<y1>\d{{4}}))?\b"
    rf"|\b(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y2>\d{{4}}))?\b"
    rf"|\b(?P<near>today|tomorrow|yesterday)\b"
    rf"|\b(?P<which>last|next|this|on)\s+(?P<weekday>{'|'.join(_WEEKDAYS)})\b"
    rf"|\bin\s+(?P<ahead>\d{{1,3}})\s+days?\b"
    rf"|\b(?P<ago>\d{{1,3}})\s+days?\s+ago\b",
    re.IGNORECASE,
)


def days_in(text: str, today: date | None) -> Iterator[tuple[date, int, int]]:
    """Each day that a text names, with where. What depends on today is left alone where that is not known."""
    for hit in _DAY.finditer(text):
        try:
            day = _written(hit, today) or (_near(hit, today) if today else None)
        except ValueError:  # 31 February
            continue
        if day is not None:
            start = hit.start("weekday") if hit["weekday"] and hit["which"].lower() == "on" else hit.start()
            yield day, start, hit.end()


def _written(hit: re.Match[str], today: date | None) -> date | None:
    if hit["iso"]:
        return date.fromisoformat(hit["iso"])
    month = hit["m1"] or hit["m2"]
    year = hit["y1"] or hit["y2"]
    if month and (year or today):
        number = _MONTHS.index(month[:3].lower()) + 1
        return date(int(year) if year else today.year if today else 0, number, int(hit["d1"] or hit["d2"]))
    return None


def _near(hit: re.Match[str], today: date) -> date | None:
    if hit["near"]:
        return today + timedelta(days={"today": 0, "tomorrow": 1, "yesterday": -1}[hit["near"].lower()])
    if hit["ahead"] or hit["ago"]:
        return today + timedelta(days=int(hit["ahead"]) if hit["ahead"] else -int(hit["ago"]))
    if not hit["weekday"]:
        return None
    ahead = (_WEEKDAYS.index(hit["weekday"].lower()) - today.weekday()) % 7
    if hit["which"].lower() == "last":
        return today + timedelta(days=ahead - 7)
    return today + timedelta(days=ahead or (7 if hit["which"].lower() == "next" else 0))

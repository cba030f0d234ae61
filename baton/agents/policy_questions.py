"""Questions to the policy's text: which passages speak of it, and how long an order can be returned."""

import re
from datetime import UTC, datetime, timedelta

from baton.contracts.enquiry import Passage, PolicyPassages
from baton.contracts.orders import Order
from baton.contracts.tools.policy import ReturnWindow
from baton.contracts.wire import digest_of

from .policy import Section, sections_of
from .rules import DELIVERED_STATUS
from .words import forms_of

MOST_PASSAGES = 3

_SAYS_LITTLE = frozenset(
    forms_of(
        "a an and are as at be by can could do does for from get have how i if in is it its long many may me much "
        "must my of on one or our please say shop should tell that the their there they this to was we what when "
        "where which who will with within would you your policy rule"
    )
)
_TITLE_COUNTS = 3
_SHORTEST_STEM = 4
_WINDOW = re.compile(r"\bwithin (?:the )?(?:first )?(\d{1,3}) (day|week|month)s?\b", re.IGNORECASE)
_DAYS = {"day": 1, "week": 7, "month": 30}
_RETURNS = re.compile(r"\breturn", re.IGNORECASE)


def passages_for(question: str, policy_text: str, source: str) -> PolicyPassages:
    """The sections that share most words with the question, word for word, the best first; none when none does."""
    asked = {_stem(form) for form in forms_of(question) if form not in _SAYS_LITTLE}
    ranked = [(_shared(asked, section), -place, section) for place, section in enumerate(sections_of(policy_text))]
    best = sorted((each for each in ranked if each[0]), key=lambda each: each[:2], reverse=True)[:MOST_PASSAGES]
    return PolicyPassages(
        passages=[Passage(title=section.title, text=section.text) for _, _, section in best],
        source=source,
        version=digest_of(policy_text)[:12],
    )


def _shared(asked: set[str], section: Section) -> int:
    title, text = (asked.intersection(map(_stem, forms_of(part))) for part in (section.title, section.text))
    return _TITLE_COUNTS * len(title) + len(text)


def _stem(form: str) -> str:
    """What `cancel`, `cancelled` and `cancellation` share."""
    for ending in ("ation", "ing", "ed", "e", "y"):
        if form.endswith(ending) and len(form) - len(ending) >= _SHORTEST_STEM:
            form = form.removesuffix(ending)
            break
    return form[:-1] if form[-2:-1] == form[-1:] else form


def return_window(order: Order, policy_text: str, at: datetime) -> ReturnWindow:
    """Whether the order can be returned at that moment: delivered, and within the days that the policy may name."""
    said = f"Order {order.order_id} can"
    if order.status.casefold() != DELIVERED_STATUS:
        why = f"it is {order.status}, and only a delivered order is taken back"
        return ReturnWindow(order_id=order.order_id, open=False, statement=f"{said}not be returned: {why}")
    window = next((each for each in map(_window_of, _on_returns(policy_text)) if each), None)
    if window is None:
        why = "it was delivered, and the policy sets no end"
        return ReturnWindow(order_id=order.order_id, open=True, statement=f"{said} be returned: {why}")
    if order.delivered_at is None:
        why = f"the policy allows {window.days} days, and the order system does not say when it was delivered"
        return ReturnWindow(order_id=order.order_id, open=False, statement=f"{said}not be returned: {why}")
    closes = _with_zone(order.delivered_at) + window
    is_open = _with_zone(at) <= closes
    until = f"be returned until {closes:%d %B %Y}" if is_open else f"not be returned since {closes:%d %B %Y}"
    statement = f"{said}{' ' if is_open else ''}{until}: the policy allows {window.days} days after delivery"
    return ReturnWindow(order_id=order.order_id, open=is_open, closes_at=closes, statement=statement)


def _with_zone(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _on_returns(policy_text: str) -> list[str]:
    return [section.text for section in sections_of(policy_text) if _RETURNS.search(section.title)]


def _window_of(text: str) -> timedelta | None:
    found = _WINDOW.search(text)
    return timedelta(days=int(found[1]) * _DAYS[found[2].lower()]) if found else None

"""Sums of money and shares in a text, whatever currency they are in and however they are written."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re
from decimal import Decimal

from .everyday_figures import UNIT

I = re.IGNORECASE  # noqa: E741 - the flag of most patterns here

_GROUPS = r"\d{1,3}(?:[ ,.']\d{3}){1,6}(?!\d)"
_FIGURE = rf"(?:{_GROUPS}|\d+)(?:[.,]\d{{1,2}})?(?!\d)"
_THOUSANDS = r"k|thousand|grand|duisend"
_MILLIONS = r"mil|million|miljoen"
_TIMES = rf"(?: ?(?i:(?:{_THOUSANDS}|{_MILLIONS})(?!\w)))?"
_SIGNS = "[$¢-¥\u058f\u060b\u09f2\u09f3\u0af1\u0bf9\u0e3f\u17db\u20a0-\u20cf]"
_ANY_CASE = "ZAR|USD|EUR|GBP|CHF|JPY|AUD|CAD|NZD|CNY|INR|NAD|BWP"
_CODES = "AED|AOA|ARS|BDT|BRL|CDF|CLP|CZK|DKK|EGP|ETB|GHS|HKD|HUF|IDR|ILS|ISK|KES|KRW|LKR|LSL|MUR|MWK|MXN|MYR|MZN|NGN|NOK|PHP|PKR|PLN|QAR|RON|RUB|RWF|SAR|SCR|SEK|SGD|SZL|THB|TND|TRY|TWD|TZS|UAH|UGX|VND|XAF|XOF|ZMW|ZWG|ZWL|BTC|ETH|USDT|USDC"
"""Those of ISO 4217 and of coins; in capitals alone, and without those that are words (ALL, TOP, CUP, PEN)."""
_MONEY = "rands?|randela|dollars?|bucks?|euros?|pounds?|quid|francs?|francos?|franken|rubles?|roubles?|rupees?|yen|yuan|pula|shillings?|naira|рубл(?:ь|я|ей)"
AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?i:R|rand|{_ANY_CASE})|{_CODES}|(?:[A-Z]{{1,2}})?{_SIGNS})[\s:]{{0,2}}(?P<signed>{_FIGURE}){_TIMES}"
    rf"|(?<![\w.,])(?P<named>{_FIGURE}){_TIMES}(?:\s?(?:(?i:{_MONEY}|{_ANY_CASE})(?!\w)|(?:{_CODES})(?!\w)|{_SIGNS})(?!\s?\d)|(?<=\d\d) ?R(?![\w-]| ?\d|\. ?[A-Z])|(?P<cents>c| ?(?i:cents?|sent))(?!\w))"
    rf"|(?<![\w.,])(?P<dashed>(?:{_GROUPS}|\d+(?=,)|\d{{3,}})(?=[.,]-))[.,]-{{1,2}}(?![\w-])"
)
BARE_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<bare>(?:\d{{1,3}}(?:[ ,]\d{{3}}){{1,6}}|\d+)\.\d{{2}}|(?:\d{{1,3}}(?:[ .]\d{{3}}){{1,6}}|\d{{3,}}),\d{{2}})(?![.,/]?\d|\w| ?{UNIT})"
)
"""One that only its decimals tell."""
SHARE = re.compile(r"(?<![\w.,])(?P<figure>\d+(?:[.,]\d+)?) ?(?:%|(?:per ?cent|persent|procent)\b)", I)
FIGURE = re.compile(r"\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")
"""Any number, with or without its groups of three."""


def amount_of(hit: re.Match[str]) -> Decimal:
    """The figure of an amount, however it is written."""
    text = next(filter(None, hit.groups()))
    parts = re.fullmatch(r"(?P<whole>.*?)(?:[.,](?P<cents>\d{1,2}))?", text)
    assert parts is not None  # every text fits
    whole = re.sub(r"\D", "", parts["whole"])
    return Decimal(f"{whole}.{parts['cents'] or 0}") * _factor(hit)


def share_of(hit: re.Match[str]) -> Decimal:
    """Of a hundred."""
    return Decimal(hit["figure"].replace(",", "."))


def figure_of(text: str) -> Decimal:
    """A number with or without groups of three."""
    return Decimal(re.sub(r"[^\d.]", "", text))


def _factor(hit: re.Match[str]) -> Decimal:
    if hit.groupdict().get("cents"):
        return Decimal("0.01")
    if re.search(rf"\d ?(?:{_THOUSANDS})\b", hit[0], I):
        return Decimal(1_000)
    return Decimal(1_000_000) if re.search(rf"\d ?(?:{_MILLIONS})\b", hit[0], I) else Decimal(1)

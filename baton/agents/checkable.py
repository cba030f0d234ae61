"""What in a text can be held against facts: links, e-mail addresses, amounts, codes and long numbers."""

import re
from decimal import Decimal

I = re.IGNORECASE  # noqa: E741 - the flag of most patterns here

LINK = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.)[^\s<>\"'”“’)\]]+"
    r"|(?<![\w.-])(?:[a-z0-9-]+\.)+(?:com|net|org|info|biz|io|co|app|dev|xyz|top|site|online|shop|link|click|ru|cn|test|example|za|uk|de|eu|us)(?:/[^\s<>\"'”“’)\]]*)?(?![\w-])",
    I,
)
EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
DATE = re.compile(r"(?<![\d.])(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})(?![\d.]\d|\d)")
_FIGURE = r"(?:\d{1,3}(?:[ \u00a0\u202f,.’']\d{3})+(?!\d)|\d+)(?:[.,]\d{1,2})?(?!\d)"
AMOUNT = re.compile(
    rf"(?<![\w.,])(?:R|ZAR|USD|US\$|\$|€|EUR|£|GBP)[ \u00a0]?(?P<signed>{_FIGURE})"
    rf"|(?<![\w.,])(?P<named>{_FIGURE})[ \u00a0]?(?:rands?|dollars?|euros?|pounds?|ZAR|USD|EUR|GBP|€|£)(?!\w)"
    r"|(?<![\w.,])(?P<bare>(?:\d{1,3}(?:[ \u00a0,]\d{3})+|\d+)\.\d{2})(?![.,]?\d|\w)"
)
NUMBER = re.compile(r"(?<![\w.,])[+#(]?[A-Z]{0,4}-?\d(?:[ ()/-]{0,2}\d){5,}(?![\w.,]?\d)", I)
CODE = re.compile(
    r"(?<![\w-])(?:(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{20,}|(?=[a-z_]*\d)[a-z0-9]+(?:_[a-z0-9]+)+)(?![\w-])", I
)
"""A long one, as a wallet's or an account's, or one as systems give them: `credit_card_2290117`."""
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f,]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
MARKS = ".,;:!?"


def amount_of(hit: re.Match[str]) -> Decimal:
    """The figure of an amount, however it is written."""
    text = hit["signed"] or hit["named"] or hit["bare"]
    parts = re.fullmatch(r"(?P<whole>.*?)(?:[.,](?P<cents>\d{1,2}))?", text)
    assert parts is not None  # every text fits
    return Decimal(f"{digits_of(parts['whole'])}.{parts['cents'] or 0}")


def link_of(text: str) -> str:
    """A link as it is compared: without the mark that ends its sentence."""
    return text.rstrip(MARKS).lower()


def email_of(text: str) -> str:
    """An e-mail address as it is compared."""
    return text.strip(".'").lower()


def digits_of(text: str) -> str:
    """Its digits alone."""
    return re.sub(r"\D", "", text)


def figure_of(text: str) -> Decimal:
    """A number with or without groups of three."""
    return Decimal(re.sub(r"[^\d.]", "", text))


def figures_told(text: str) -> list[str]:
    """Every number in it, as it is written."""
    return _GROUPED.findall(text)


def figures_in(text: str) -> set[Decimal]:
    """Every number in it, with and without its groups of three."""
    return {figure_of(hit) for pattern in (_GROUPED, _PLAIN) for hit in pattern.findall(text)}

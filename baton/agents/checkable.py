"""What in a text can be held against facts: links, e-mail addresses, amounts, codes and long numbers."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re
from decimal import Decimal

I = re.IGNORECASE  # noqa: E741 - the flag of most patterns here

_FILES = "bin|bmp|cfg|css|csv|db|docx?|eml|gif|heic|html?|ics|jpe?g|ini|js|jsonl?|log|mp3|mp4|msg|ods|odt|pdf|png|pptx?|rtf|svg|tiff?|toml|tsv|txt|wav|webp|xlsx?|xml|ya?ml"
"""How names of files end, and no domain does."""
_DOMAINS = "com|net|org|info|biz|io|co|app|dev|xyz|top|site|online|shop|store|page|link|click|tk|ru|cn|test|example|za|uk|de|eu|us"
"""Taken for one also in capitals, where any other may be the next sentence, or a code."""
_WIDE = r"(?<=[^\W\u2e80-\ud7ff])[。．｡](?=[^\W\d_\u2e80-\ud7ff])"
"""Dots that browsers read as one. Between two signs of Chinese or Japanese they end a sentence."""
_DOT = rf"(?:\.|{_WIDE}|\s?[\[({{]\s?(?:\.|(?i:dot))\s?[\])}}]\s?)"
_CAPITAL = "A-ZÀ-ÖØ-ÞΑ-ΩЀ-Я"
_REST = r"[^\s<>\"'”“’)\]]*"
_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
LINK = re.compile(
    rf"\b(?:(?i:[a-z][a-z0-9+.-]{{1,20}}://|www{_DOT}|javascript:|vbscript:|data:[\w+./;=-]{{0,80}},|mailto:(?=\S)))[^\s<>\"'”“’)\]]+"
    rf"|(?<![\w.,-]){_BYTE}(?:{_DOT}{_BYTE}){{3}}(?!\w|[.,]\d)(?:[:/]{_REST})?"
    r"|(?<![\w-])(?!(?:p\.e[xjs]|[ft]\.e(?:ks|x)|m\.(?:fl|in)|o\.dgl|z\.zt|v\.chr)\b)"
    rf"(?:[\w-]{{1,63}}{_DOT}){{1,9}}(?!(?i:{_FILES})\b)"
    rf"(?:(?:(?i:xn--[a-z0-9-]+|{_DOMAINS})|[^\W\d_{_CAPITAL}][^\W\d_]{{1,23}})(?!_*[^\W_]|(?:\.[\w-]{{1,63}}){{0,8}}\.(?i:{_FILES})\b)(?::\d+)?(?:[/?#]{_REST})?"
    rf"|[^\W\d_]{{2,24}}(?::\d+)?/{_REST})"
)
"""An address with its scheme, of four numbers, or of names with dots: whatever ends like a domain may be one."""
EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
DATE = re.compile(r"(?<![\d.])(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})(?![\d.]\d|\d)")
_GROUPS = r"\d{1,3}(?:[ \u00a0\u202f,.’']\d{3})+(?!\d)"
_FIGURE = rf"(?:{_GROUPS}|\d+)(?:[.,]\d{{1,2}})?(?!\d)"
_SIGNS = r"[$€£¥₹₽₦₩]"
_CODES = "ZAR|USD|EUR|GBP|CHF|JPY|AUD|CAD|NZD|CNY|INR|NAD|BWP"
_MONEY = "rands?|randela|dollars?|bucks?|euros?|pounds?|quid|francs?|francos?|franken|rubles?|roubles?|rupees?|yen|yuan|pula|рубл(?:ь|я|ей)"
AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?i:R|rand|{_CODES})|US\$|{_SIGNS})[ \u00a0]?(?P<signed>{_FIGURE})"
    rf"|(?<![\w.,])(?P<named>{_FIGURE})[ \u00a0]?(?:(?i:{_MONEY}|{_CODES})(?!\w)|{_SIGNS})"
    rf"|(?<![\w.,])(?P<dashed>(?:{_GROUPS}|\d+(?=,)|\d{{3,}})(?=[.,][-–—]))[.,][-–—]{{1,2}}(?![\w-])"
    rf"|(?<![\w.,])(?P<bare>(?:\d{{1,3}}(?:[ \u00a0,]\d{{3}})+|\d+)\.\d{{2}}|\d{{1,3}}(?:\.\d{{3}})+,\d{{2}})(?![.,]?\d|\w)"
)
_BETWEEN = r"[ \u00a0\u202f\u2011().\/-]{0,2}"
NUMBER = re.compile(
    rf"(?<![\w.,])[+#(]?[A-Z]{{0,4}}-?(?!\d+\.\d+(?!{_BETWEEN}\d))\d(?:(?!\.\d(?!\d)){_BETWEEN}\d){{5,}}(?![\w.,]?\d)",
    I,
)
"""Digits in groups, as of a telephone or an account, with a dot between them also; with one dot alone it is a decimal."""
CODE = re.compile(
    r"(?<![\w-])(?:(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{20,}|(?=[a-z_]*\d)[a-z0-9]+(?:_[a-z0-9]+)+)(?![\w-])", I
)
"""A long one, as a wallet's or an account's, or one as systems give them: `credit_card_2290117`."""
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f,]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
MARKS = ".,;:!?"


def amount_of(hit: re.Match[str]) -> Decimal:
    """The figure of an amount, however it is written."""
    text = hit["signed"] or hit["named"] or hit["dashed"] or hit["bare"]
    parts = re.fullmatch(r"(?P<whole>.*?)(?:[.,](?P<cents>\d{1,2}))?", text)
    assert parts is not None  # every text fits
    return Decimal(f"{digits_of(parts['whole'])}.{parts['cents'] or 0}")


def link_of(text: str) -> str:
    """A link as it is compared: without the mark that ends its sentence, with plain dots."""
    return re.sub(_DOT, ".", text.rstrip(MARKS)).lower()


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

"""Numbers of payment cards in what people write: cut to their last four digits before anything else sees them."""

import re

_BLANK = r"\s\u00ad\u200b-\u200f\u2060\ufeff"
_CLOSE = rf"(?:(?:(?![\r\n])[{_BLANK}]){{1,3}}|[.\-\u2010-\u2015\u2212_])"
"""Between the groups of a card: blanks of any kind, or one mark. Lists of orders have commas, bullets and line ends."""


def _shaped(between: str) -> str:
    """How cards are written: in one, 4-4-4-4 or 4-4-4-3, 4-6-5 or 4-6-4. Orders of other lengths look like none."""
    fours = rf"\d{{4}}(?:{between}\d{{4}}){{2}}{between}\d{{3,4}}"
    return rf"(?<!\d)(?:\d{{13,19}}|{fours}|\d{{4}}{between}\d{{6}}{between}\d{{4,5}})(?!\d)"


_SHAPED = re.compile(_shaped(r"[\W_]{1,6}"))
_IN_A_ROW = re.compile(_shaped(_CLOSE))
_AFTER_A_GROUP = re.compile(rf"(?<!\d)\d{{4}}{_CLOSE}$")
_BEFORE_A_GROUP = re.compile(rf"{_CLOSE}(?:\d{{4}}(?!\d)|\[card)")
_ISSUED = re.compile(r"4\d{12}|3\d{13,14}|(?:[3-6]|2[2-7])\d{15,18}")
"""How numbers of cards begin, and how long they are then."""
_ALONE = re.compile(r"(?<![\w#])\d(?:[ -]?\d){12,18}(?!\w)")
"""A number in whatever groups, with one blank or hyphen between."""
_OF_A_ROW = re.compile(r"[\d\]][ -]|[ -][\d\[]")
"""Beside a number: another, or one that is masked already."""
_IN_AN_ID = re.compile(r"[^\W\d_]$|\w_$|#$")
_OF_A_CARD = re.compile(
    r"(?:(?:card|kaart|visa|master|maestro|amex|express|diners|discover|debit|debiet|credit|krediet)s?"
    r"[\s.:]{0,2}(?:number|nommer|num|no|nr|ending|is)?|\b(?:no|nr|cc|pan))[\s.:]{0,2}#?$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?!cv[vcn]|csc|pin|exp|valid|and)[^\W\d_]", re.IGNORECASE)
_SAYS_CARD = re.compile(
    r"(?:(?<!\[)cards?|kaarte?|visa|master|maestro|amex|american express|diners|\bcv[vcn]|\bcsc|\bexp|expiry|expires)"
    r"(?![^\W\d_])",
    re.IGNORECASE,
)
_LONGEST_WORDS = 40
_DOUBLED = dict(zip("0123456789", (0, 2, 4, 6, 8, 1, 3, 5, 7, 9), strict=True))


def mask_cards(text: str) -> str:
    """The text with every payment card number cut to its last four digits: 13 to 19 digits that pass Luhn."""
    pieces, done, at = [], 0, 0
    while found := _SHAPED.search(text, at):
        at = found.start() + 1
        digits = _digits(found[0])
        if _ISSUED.fullmatch(digits) and _passes_luhn(digits) and _is_card(text, found, done):
            pieces += [text[done : found.start()], _mask(digits)]
            done = at = found.end()
    return _ALONE.sub(_masked_alone, "".join([*pieces, text[done:]]))


def _is_card(text: str, found: re.Match[str], done: int) -> bool:
    """Whether it is no id and, where it may be a list of orders as well, something near says that it is a card."""
    start, stop = found.span()
    before, after = text[max(0, start - _LONGEST_WORDS) : start], text[stop : stop + _LONGEST_WORDS]
    if (_IN_AN_ID.search(before) and not _OF_A_CARD.search(before)) or _GOES_ON.match(after):
        return False
    if found[0].isdecimal() or _SAYS_CARD.search(before) or _SAYS_CARD.search(after):
        return True
    among_others = _AFTER_A_GROUP.search(text[max(done, start - 8) : start]) and _BEFORE_A_GROUP.match(after)
    return bool(_IN_A_ROW.fullmatch(text, start, stop)) and not among_others


def _masked_alone(found: re.Match[str]) -> str:
    """Any number that stands by itself; of a longer row of numbers only what begins as a card does."""
    digits, text = _digits(found[0]), found.string
    beside = text[max(0, found.start() - 2) : found.start()] + text[found.end() : found.end() + 2]
    may_be = _ISSUED.fullmatch(digits) or not _OF_A_ROW.search(beside)
    return _mask(digits) if may_be and _passes_luhn(digits) else found[0]


def _mask(digits: str) -> str:
    return f"[card ending {digits[-4:]}]"


def _digits(text: str) -> str:
    digits = text if text.isdecimal() else re.sub(r"\D", "", text)
    return digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)


def _passes_luhn(digits: str) -> bool:
    return (sum(map(int, digits[::-2])) + sum(_DOUBLED[digit] for digit in digits[-2::-2])) % 10 == 0

"""Numbers of payment cards in what people write: cut to their last four digits before anything else sees them."""

import re
from collections.abc import Iterator

_BETWEEN = r"[\s.\-\u2010-\u2015\u2212_/\u00ad\u200b-\u200f\u2060\ufeff]"
_RUN = re.compile(rf"\d+(?:{_BETWEEN}{{1,3}}\d+)*")
"""Groups of digits with little between them: a card, and often its date and its code, or an order before it."""
_GROUP = re.compile(r"\d+")
_ISSUED = re.compile(r"4\d{12}|3\d{13,14}|(?:[3-6]|2[2-7])\d{15,18}")
"""How numbers of cards begin, and how long they are then."""
_ALONE = re.compile(r"(?<![\w#])\d(?:[ -]?\d){12,18}(?!\w)")
_IN_AN_ID = re.compile(r"[^\W\d_]$|\w_$|#$")
_OF_A_CARD = re.compile(
    r"(?:card|kaart|visa|master|maestro|amex|express|diners|discover|debit|debiet|credit|krediet)s?"
    r"[\s.:]{0,2}(?:number|nommer|num|no|nr|ending|is)?[\s.:]{0,2}#?$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?!cv[vc]|exp|valid)[^\W\d_]", re.IGNORECASE)
_LONGEST_WORDS = 40
_MOST_GROUPS = 5


def mask_cards(text: str) -> str:
    """The text with every payment card number cut to its last four digits: 13 to 19 digits that pass Luhn."""
    return _ALONE.sub(_masked_alone, _RUN.sub(_masked_within, text))


def _masked_alone(found: re.Match[str]) -> str:
    digits = _digits(found[0])
    return _mask(digits) if _passes_luhn(digits) else found[0]


def _masked_within(found: re.Match[str]) -> str:
    """The run with its cards masked: each begins and ends with a group, as one writes them."""
    text, groups = found.string, list(_GROUP.finditer(found.string, *found.span()))
    pieces, at, done = [], 0, found.start()
    while at < len(groups):
        last = next(
            (last for last in _lasts(groups, at) if _is_card(text, groups[at].start(), groups[last].end())), None
        )
        if last is not None:
            start, stop = groups[at].start(), groups[last].end()
            pieces += [text[done:start], _mask(_digits(text[start:stop]))]
            done, at = stop, last
        at += 1
    return "".join([*pieces, text[done : found.end()]])


def _lasts(groups: list[re.Match[str]], first: int) -> Iterator[int]:
    """The groups with which a card that begins at `first` may end, the nearest first: its code comes behind it.

    It stands in groups of four digits and more, its last of three: less are those of telephones, amounts and dates.
    """
    length = 0
    for last, group in enumerate(groups[first : first + _MOST_GROUPS], first):
        size = group.end() - group.start()
        length += size
        if size < 3 or length > 19:
            return
        if length >= 13:
            yield last
        if size < 4:
            return


def _is_card(text: str, start: int, stop: int) -> bool:
    digits = _digits(text[start:stop])
    if not (_ISSUED.fullmatch(digits) and _passes_luhn(digits)):
        return False
    before = text[max(0, start - _LONGEST_WORDS) : start]
    return not (_IN_AN_ID.search(before) and not _OF_A_CARD.search(before)) and not _GOES_ON.match(text, stop)


def _mask(digits: str) -> str:
    return f"[card ending {digits[-4:]}]"


def _digits(text: str) -> str:
    return "".join(str(int(letter)) for letter in text if letter.isdecimal())


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0

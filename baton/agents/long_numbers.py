"""Numbers that somebody may call, pay into or follow: of telephones, accounts, cards, parcels, and codes of systems."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re

I = re.IGNORECASE  # noqa: E741 - the flag of every pattern here

_BETWEEN = r"(?: ?[()]{1,2} ?-?|[ ./·•|:~=_*-]|(?<=\d{3}),(?=\d)|,(?=\d{3}))?"
"""One mark. After a comma only where groups are long: sizes are listed with commas too."""
_DECIMAL = rf"(?:0|[1-9]\d{{0,2}})\.\d+(?!{_BETWEEN}\d)"
_ROUND = r"[1-9]\d{0,2}(?:[ ,]000){1,5}(?!\d|[ ,]\d)"
NUMBER = re.compile(
    rf"(?<![\w.,])(?<!\d[ ,])[+#(]?[A-Z]{{0,4}}-?(?!{_DECIMAL}|{_ROUND})\d(?:(?!\.\d(?!\d)){_BETWEEN}\d){{5,}}(?!\d)", I
)
"""Six digits and more, in any groups on one line: the next line may begin with another figure."""
CODE = re.compile(
    r"(?<![\w-])(?:(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{20,}|(?=[a-z_]*\d)[a-z0-9]+(?:_[a-z0-9]+)+)(?![\w-])", I
)
"""A long one, as a wallet's or an account's, or one as systems give them: `credit_card_2290117`."""
_MASK = r"(?:[*•●·#x.-]{1,4} ?){0,4}"
CARD = re.compile(
    r"\b(?:(?:ending|ends|eindig(?:end)?|last (?:four|4)(?: digits)?|laaste (?:vier|4)(?: syfers)?)(?: (?:in|on|op|with|met|are|is)){0,2}"
    r"|(?:card|kaart|visa|master ?card|amex|maestro)(?: (?:number|no\.?|nommer))?)"
    rf" ?:? ?{_MASK}(?P<named>\d{{4}})(?![.,]?\d)|(?<![\w*•●#])(?:[*•●#x]{{3,4}}[ -]?){{1,4}}(?P<masked>\d{{4}})(?!\d)",
    I,
)
"""The last digits of one."""
LABEL = re.compile(r"(?:#|(?<![^\W_])[^\W\d_]{1,30}-?)\d+")
"""Figures that are part of a name: `W1042`, `USB3`."""


def number_of(text: str) -> str:
    """A number as it is compared: its digits; of a telephone the last nine, which are the same from abroad."""
    digits = digits_of(text)
    return digits[-9:] if len(digits) > 9 and re.match(r"[#(]?(?:\+|0|27)", text) else digits


def card_of(hit: re.Match[str]) -> str:
    """The digits that a card ends with."""
    return hit["named"] or hit["masked"]


def digits_of(text: str) -> str:
    """Its digits alone."""
    return re.sub(r"\D", "", text)

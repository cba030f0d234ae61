"""What in a text can be held against facts, kind by kind. Facts and drafts are looked through in the same way."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .everyday_figures import MOMENT
from .letters import evened
from .links import EMAIL, LINK, email_of, link_of
from .long_numbers import CARD, CODE, LABEL, NUMBER, card_of, number_of
from .order_numbers import order_key
from .places import PLACE, place_of
from .sums import AMOUNT, BARE_AMOUNT, FIGURE, SHARE, amount_of, figure_of, share_of

MARKS = ".,;:!?"


class Kind(StrEnum):
    """What something is, in words for whoever is told of it."""

    EMAIL = "an e-mail address"
    LINK = "a link"
    MOMENT = "a time"
    AMOUNT = "an amount"
    SHARE = "a share"
    PLACE = "an address"
    CARD = "a card"
    CODE = "a code"
    NUMBER = "a number"
    LABEL = "a label"
    FIGURE = "a figure"


Key = str | Decimal
Named = frozenset[tuple[Kind, Key]]
"""What was named somewhere, each in the form in which it is compared."""

_HOW: tuple[tuple[Kind, re.Pattern[str], Callable[[re.Match[str]], Key]], ...] = (
    (Kind.EMAIL, EMAIL, lambda hit: email_of(hit[0])),
    (Kind.LINK, LINK, lambda hit: link_of(hit[0])),
    (Kind.AMOUNT, AMOUNT, amount_of),
    (Kind.MOMENT, MOMENT, lambda hit: hit[0]),
    (Kind.AMOUNT, BARE_AMOUNT, amount_of),
    (Kind.SHARE, SHARE, share_of),
    (Kind.PLACE, PLACE, lambda hit: place_of(hit[0])),
    (Kind.CARD, CARD, card_of),
    (Kind.CODE, CODE, lambda hit: order_key(hit[0])),
    (Kind.NUMBER, NUMBER, lambda hit: number_of(hit[0])),
    (Kind.LABEL, LABEL, lambda hit: order_key(hit[0])),
    (Kind.FIGURE, FIGURE, lambda hit: figure_of(hit[0])),
)
"""In the order in which they are looked for: what is one of the first is none of the next."""

TO_FOLLOW = (Kind.EMAIL, Kind.LINK, Kind.MOMENT, Kind.AMOUNT, Kind.CODE, Kind.NUMBER)
"""What a reader may act on, and days and times, which are no such numbers."""
ALSO_OF_A_CUSTOMER = (*TO_FOLLOW, Kind.SHARE, Kind.PLACE, Kind.CARD)
EVERY_FIGURE = (*TO_FOLLOW, Kind.LABEL, Kind.FIGURE)


@dataclass(frozen=True)
class Found:
    """One thing that a text names."""

    kind: Kind
    words: str
    key: Key

    @property
    def named(self) -> tuple[Kind, Key]:
        """It, as it is compared."""
        return (self.kind, self.key)


def looked_through(text: str, kinds: Sequence[Kind], names: Iterable[str] = ()) -> tuple[list[Found], str]:
    """What of these kinds a text names, without names that only look like it; and what is left of the text."""
    rest = evened(text)
    for name in sorted(map(evened, names), key=len, reverse=True):
        rest = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ; ", rest, flags=re.IGNORECASE)
    found: list[Found] = []
    for kind, pattern, key in _HOW:
        if kind in kinds:
            found += [Found(kind, hit[0].rstrip(MARKS), key(hit)) for hit in pattern.finditer(rest)]
            rest = pattern.sub(" ; ", rest)
    return found, rest


def found_in(text: str, kinds: Sequence[Kind]) -> list[Found]:
    """What of these kinds a text names."""
    return looked_through(text, kinds)[0]


def told_in(texts: Iterable[str], kinds: Sequence[Kind]) -> Named:
    """What of these kinds the texts name, each text by itself."""
    return frozenset(each.named for text in texts for each in found_in(text, kinds))

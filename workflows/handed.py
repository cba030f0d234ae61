"""What a step was handed, in so few words that a review of its failure may carry them."""

import re

from baton.contracts.payment_cards import mask_cards
from baton.contracts.wire import JsonObject

MOST_FIELDS = 20
LONGEST = 200
"""Characters of one value."""
LONGEST_IN_A_TITLE = 60

_COUNTED = re.compile(r" \(\d+ of \d+\)$")


def handed_in_short(takes: JsonObject) -> JsonObject:
    """The plain values of it, long ones cut; lists and objects are left out."""
    plain = {name: value for name, value in takes.items() if not isinstance(value, dict | list)}
    return {name: _short(value) if isinstance(value, str) else value for name, value in [*plain.items()][:MOST_FIELDS]}


def named(title: str, handed: JsonObject) -> str:
    """The title with the one short value that tells this step from others; as it is where there is none."""
    if len(handed) != 1:
        return title
    (value,) = handed.values()
    which = str(value)
    short = (
        isinstance(value, str | int | float) and not isinstance(value, bool) and 0 < len(which) <= LONGEST_IN_A_TITLE
    )
    said = re.search(rf"(?<!\w){re.escape(which)}(?!\w)", _COUNTED.sub("", title))
    return f"{title}, {' '.join(which.split())}," if short and not said else title


def _short(text: str) -> str:
    masked = mask_cards(text)
    return masked if len(masked) <= LONGEST else f"{masked[: LONGEST - 1]}…"

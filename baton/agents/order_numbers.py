"""Order numbers as customers write them, and which of them only lend their address."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re

from .vocabulary import ORDER_NUMBER, I

_LENDS_ADDRESS = re.compile(
    r"(?:\bsame\b[^.;,#\d]*\b(?:as|to|in|on|of|for)|\bto (?:be )?(?:the|my|that)\b[^.;,#\d]*\b(?:address|one)\b[^.;,#\d]*"
    r"|\bas (?:in|on|for)|\baddress (?:from|used (?:in|on|for)))\s+(?:(?:my|the|other|previous|last|for|in|on|of)\s+)*(?:order\s*)?(?:number\s*)?$",
    I,
)


def order_key(order_id: str) -> str:
    """What two spellings of one order number share: '#W12', 'w12' and 'W-12' are the same."""
    return re.sub(r"[^A-Z0-9]", "", order_id.upper())


def order_numbers(text: str) -> list[str]:
    """All order numbers in a text, as written, each once, in order."""
    found: dict[str, str] = {}
    for hit in ORDER_NUMBER.finditer(text):
        number = hit["hash"] or hit["bare"] or hit["said"]
        shown = f"#{number}" if hit["hash"] else number
        found.setdefault(order_key(number), shown)
    return list(found.values())


def lending_orders(text: str) -> list[str]:
    """Order numbers named only as the place where an address can be found: 'same as #W12'."""
    return [
        (f"#{hit['hash']}" if hit["hash"] else hit["bare"] or hit["said"])
        for hit in ORDER_NUMBER.finditer(text)
        if _LENDS_ADDRESS.search(text[max(0, hit.start() - 120) : hit.start()])
    ]


def same_order(one: str, other: str) -> bool:
    """Whether two spellings mean one order; a number without its letters is taken for the same."""
    first, second = order_key(one), order_key(other)
    if first == second:
        return True
    digits_only = first.isdigit() or second.isdigit()
    return digits_only and first.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == second.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

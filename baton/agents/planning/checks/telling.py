"""How faults are told: places, names that may be any text, and what was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from baton.contracts.plan import FaultKind, PlanFault

_LONGEST = 60
_MOST_COMPARED = 2_000


def fault(kind: FaultKind, place: Iterable[object], message: str, hint: str = "") -> PlanFault:
    """One thing that is wrong; `place` in its parts, `("steps", "refund", "inputs", "order_id")`."""
    return PlanFault(kind=kind, place="/".join(plain(str(part)) for part in place), message=message, hint=hint)


def plain(text: str) -> str:
    """Text from anywhere on one line, cut short: it goes to terminals and logs."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text[: _LONGEST + 1])
    return shown if len(text) <= _LONGEST else f"{shown[:_LONGEST]}…"


def quoted(text: str) -> str:
    """The same in quotes."""
    return f"“{plain(text)}”"


def few(names: Iterable[str], most: int = 5) -> str:
    """`a, b and 3 more`."""
    every = [plain(name) for name in names]
    if len(every) <= most:
        return ", ".join(every)
    return f"{', '.join(every[:most])} and {len(every) - most} more"


def meant(name: str, known: Iterable[str]) -> str:
    """`did you mean find_order?`, or the names that there are."""
    names = sorted(known)[:_MOST_COMPARED]
    near = get_close_matches(name[:_LONGEST], names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {plain(near[0])}?"
    return f"there are: {few(names)}" if names else "there are none"

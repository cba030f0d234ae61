"""Options of an item the way a person would say them."""

from collections.abc import Sequence

from .words import form_of, listed

_SAID_ALONE = frozenset({"color", "colorway", "finish"})
_SAID_WITH_IN = frozenset({"size", "style", "material", "fit"})


def in_words(options: Sequence[tuple[str, str]]) -> str:
    """'in size 7, brown' or 'in black, with capacity 1L and lid steel': pairs of option and value, at least one."""
    inside, beside = list[str](), list[str]()
    for name, value in options:
        if form_of(name) in _SAID_ALONE:
            inside.append(value)
        elif form_of(name.rsplit(" ", 1)[-1]) in _SAID_WITH_IN:
            inside.append(f"{name} {value}")
        else:
            beside.append(f"{name} {value}")
    parts = [f"in {', '.join(inside)}"] if inside else []
    return ", ".join([*parts, f"with {listed(beside)}"] if beside else parts)

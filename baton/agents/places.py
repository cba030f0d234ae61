"""Postal addresses in a text: streets with their number, and boxes."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re

from baton.contracts.orders import Address

from .words import forms_of

_KINDS = "street|str|st|road|rd|avenue|ave|laan|straat|rylaan|crescent|cres|boulevard"
_ALSO_WORDS = "drive|lane|way|close|place|court|terrace|weg|singel|mews|plaza|square"
"""Names of streets only after a name in capitals: 'two are on the way'."""
_SMALL = (
    r"(?!(?:a|an|and|at|by|for|from|in|is|of|on|or|the|to|per|your|our|its|their|this|that|with|op|die|in|van|na)\b)"
)
PLACE = re.compile(
    rf"\b\d{{1,5}}[A-Za-z]?,? (?:[A-ZÀ-Þ][\w'.-]* ){{1,4}}(?i:{_KINDS}|{_ALSO_WORDS})\b"
    rf"|\b\d{{1,5}}[A-Za-z]?,? (?:(?i:{_SMALL})[^\W\d_][\w'.-]* ){{1,3}}(?i:{_KINDS})\b"
    r"|\b\d{1,5}[A-Za-z]?,? (?:[A-ZÀ-Þ][\w'-]*(?:weg|singel)|[^\W\d_][\w'-]*(?:straat|laan))\b"
    r"|\b(?i:(?:p\.? ?o\.? ?box|posbus|private bag|privaatsak) [A-Z]?\d+)\b"
    r"|\b[A-ZÀ-Þ][\w'-]*(?:straat|weg|laan|straße|strasse) \d{1,5}\b|\b(?:[Rr]ue|[Vv]ia|[Cc]alle|[Rr]ua) (?:\w+ ){1,3}\d{1,5}\b"
)
_SHORT = {"st": "street", "str": "street", "rd": "road", "ave": "avenue", "cres": "crescent", "dr": "drive"}


def place_of(text: str) -> str:
    """A text in which addresses are looked for, or one of them: in comparable words, with a space at each end."""
    return f" {' '.join(_SHORT.get(form, form) for form in forms_of(text))} "


def place_on_file(address: Address) -> str:
    """All lines of an address."""
    parts = (address.address1, address.address2, address.city, address.state, address.country, address.postcode)
    return place_of(" ".join(parts))

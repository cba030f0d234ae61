"""Characters that a terminal obeys: shown as one that nobody obeys, whoever wrote them.

A message, a draft or an order's note could else hide a line above it, overwrite it, or turn its letters around.
"""

import re

from rich.text import Text

_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]")
"""Control characters but tab and line end, further line ends, what turns the order around, halves and tags."""
_SHOWN_AS = "�"
_RAW_IN_JSON = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printable(text: Text) -> Text:
    """The text with each such character shown as `�`; its styles stay where they are."""
    if not _OBEYED.search(text.plain):
        return text
    shown = text.copy()
    shown.plain = _OBEYED.sub(_SHOWN_AS, text.plain)
    return shown


def escaped(json: str) -> str:
    """The same JSON with those of them escaped that JSON itself leaves as they are."""
    return _RAW_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", json)

"""One spelling for texts that are compared: letters as a reader sees them, however they were typed or sent."""

import re
import unicodedata

_STOPS = str.maketrans("．｡", "。。")
"""Full stops of Chinese and Japanese: in one width they would be dots within names."""
_NOT_SHOWN = frozenset({"Cf", "Cc", "Mn", "Me"})
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters that show nothing."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_DASHES = "‐‑‒–—―−⁃˗"
_AS_TYPED = str.maketrans("’‘“”" + _DASHES, "''\"\"" + "-" * len(_DASHES))
_EMPHASIS = re.compile(
    r"(?<![\d*`~])[*`~]{1,3}(?![*`~])|(?<![*`~])[*`~]{1,3}(?![\d*`~])|(?<!\w)_{1,3}(?!_)|(?<!_)_{1,3}(?!\w)"
)
"""Marks around words that a reader sees as bold or italic. Between figures they multiply; four and more mask some."""


def as_seen(text: str) -> str:
    """Letters as they look: in one width, digits as 0 to 9, without characters and marks that show nothing."""
    if not text.isascii():
        text = _BEYOND_ASCII.sub(_seen, unicodedata.normalize("NFKC", text.translate(_STOPS)))
    return _CONTROLS.sub("", text)


def evened(text: str) -> str:
    """A text as patterns look at it: as seen, any white space one space, dashes and quotes as typed, no emphasis."""
    typed = _EMPHASIS.sub("", as_seen(text).translate(_AS_TYPED))
    return re.sub(r" ?\n ?", "\n", re.sub(r"[^\S\n]+", " ", typed))


def plain(text: str) -> str:
    """Words in one case and on one line: a line break or a typographic quote is no other word."""
    return re.sub(r"\s+", " ", evened(text).casefold())


def stands_in(said: str, source: str) -> bool:
    """Whether it stands there as words of its own: 'ann' is not said by 'planned'. Both are plain."""
    before = r"(?<![a-z0-9])" if said[:1].isascii() and said[:1].isalnum() else ""
    after = r"(?![a-z0-9])" if said[-1:].isascii() and said[-1:].isalnum() else ""
    return bool(said) and re.search(f"{before}{re.escape(said)}{after}", source) is not None


def _seen(hit: re.Match[str]) -> str:
    letter = hit[0]
    if letter.isspace():
        return " "
    kind = unicodedata.category(letter)
    if kind in _NOT_SHOWN or letter in _BLANKS:
        return ""
    return str(unicodedata.decimal(letter)) if kind == "Nd" else letter

"""Whether words stand in a text letter for letter, as a reader of both would see them."""

import re
import unicodedata

_AS_TYPED = str.maketrans("’‘“”–—", "''\"\"--")


def plain(text: str) -> str:
    """Letters as they look, in one case and one line: a line break or a typographic quote is no other word."""
    even = unicodedata.normalize("NFKC", text).casefold()
    even = even.translate(_AS_TYPED)
    return re.sub(r"\s+", " ", even)


def stands_in(said: str, source: str) -> bool:
    """Whether it stands there as words of its own: 'ann' is not said by 'planned'. Both are plain."""
    before = r"(?<![a-z0-9])" if said[:1].isascii() and said[:1].isalnum() else ""
    after = r"(?![a-z0-9])" if said[-1:].isascii() and said[-1:].isalnum() else ""
    return bool(said) and re.search(f"{before}{re.escape(said)}{after}", source) is not None

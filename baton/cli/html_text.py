"""The words of an HTML mail, as a reader sees them; what it quotes is marked with '>' as in plain mail."""

import re
from contextlib import suppress
from html.parser import HTMLParser

_SILENT = {"script", "style", "head", "title", "template", "noscript"}
_BLOCKS = {
    "p", "div", "br", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "pre", "hr", "section", "article", "header", "footer",
}  # fmt: skip
_DEEPEST_QUOTE = 10


class _Enough(Exception):
    """More was read than anybody wants."""


class _Reader(HTMLParser):
    def __init__(self, most: int) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line: list[str] = []  # pieces: to lengthen one text piece by piece takes quadratic time
        self._room = most
        self._silent = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag in _BLOCKS:
            self._end_line()
        if tag == "blockquote":
            self._quoted += 1
        if tag == "li":
            self._line.append("- ")
        if tag in ("td", "th") and self._line:
            self._line.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag in _BLOCKS:
            self._end_line()
        if tag == "blockquote" and self._quoted:
            self._quoted -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            words = re.sub(r"\s+", " ", data)
            self._line.append(words)
            self._room -= len(words)
            if self._room < 0:
                raise _Enough

    def _end_line(self) -> None:
        words = re.sub(r"[ \u00a0]+", " ", "".join(self._line)).strip()
        self._line = []
        if words:
            self.lines.append("> " * min(self._quoted, _DEEPEST_QUOTE) + words)
        elif self.lines and self.lines[-1]:
            self.lines.append("")

    def text(self) -> str:
        self._end_line()
        return "\n".join(self.lines).strip()


def text_of_html(markup: str, most: int = 1_000_000) -> str:
    """The visible text, a line per block; broken markup gives what can be read of it.

    It ends soon after `most` characters: whoever takes fewer refuses it, and need not wait for the rest.
    """
    reader = _Reader(most)
    with suppress(_Enough):
        reader.feed(markup)
        reader.close()
    return reader.text()

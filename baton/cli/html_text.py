"""The words of an HTML mail, as a reader sees them; what it quotes is marked with '>' as in plain mail."""

import re
from html.parser import HTMLParser

_SILENT = {"script", "style", "head", "title", "template", "noscript"}
_BLOCKS = {
    "p", "div", "br", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "pre", "hr", "section", "article", "header", "footer",
}  # fmt: skip


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line = ""
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
            self._line += "- "
        if tag in ("td", "th") and self._line:
            self._line += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag in _BLOCKS:
            self._end_line()
        if tag == "blockquote" and self._quoted:
            self._quoted -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line += re.sub(r"\s+", " ", data)

    def _end_line(self) -> None:
        words = re.sub(r"[ \u00a0]+", " ", self._line).strip()
        self._line = ""
        if words:
            self.lines.append("> " * self._quoted + words)
        elif self.lines and self.lines[-1]:
            self.lines.append("")

    def text(self) -> str:
        self._end_line()
        return "\n".join(self.lines).strip()


def text_of_html(markup: str) -> str:
    """The visible text, a line per block; broken markup gives what can be read of it."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.text()

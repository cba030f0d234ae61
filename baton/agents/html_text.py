"""The words of an HTML mail, as a reader sees them; what it quotes is marked with '>' as in plain mail.

What a reader does not see is kept apart: it may ask for things that nobody who looks at the mail would find there.
"""

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser

_SILENT = {"script", "style", "head", "title", "template", "noscript"}
_BLOCKS = {
    "p", "div", "br", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "pre", "hr", "section", "article", "header", "footer",
}  # fmt: skip
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_DEEPEST_QUOTE = 10
_MOST_HIDDEN = 2_000
_HIDES = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0(?:\.0+)?(?![.\d])|mso-hide:all"
    r"|font-size:(?:0|1px)(?:\.0+)?(?![.\d])|(?:max-)?(?:height|width):0(?![.\d])"
    r"|(?:text-indent|left|top|right|margin-left|margin-top):-\d{3,}"
)
_UNSEEN_COLOUR = re.compile(r"(?:^|;)color:(?:#fff(?:fff)?|white|transparent|rgba?\(255,255,255[^)]*\))(?![\w])")
_MAY_HIDE = re.compile(r"<[a-z][^<>]*\s(?:style\s*=|hidden\b)", re.IGNORECASE)


@dataclass(frozen=True)
class HtmlText:
    """An HTML text's visible words, a line per block, and the beginning of those that its reader does not see."""

    text: str
    hidden: str = ""


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
        self._open: list[tuple[str, bool, bool]] = []
        self._count: Counter[str] = Counter()
        self._hiding = 0
        self._on_colour = 0
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            on_colour = _has_background(attrs)
            hides = _hides(attrs, on_colour=bool(self._on_colour) or on_colour)
            self._open.append((tag, hides, on_colour))
            self._count[tag] += 1
            self._hiding += hides
            self._on_colour += on_colour
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

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._count[tag]:
            closed, hides, on_colour = self._open.pop()
            self._count[closed] -= 1
            self._hiding -= hides
            self._on_colour -= on_colour
            if closed == tag:
                break
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag in _BLOCKS:
            self._end_line()
        if tag == "blockquote" and self._quoted:
            self._quoted -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            words = re.sub(r"\s+", " ", data)
            if self._hiding:
                if len(self._hidden) < _MOST_HIDDEN:
                    self._hidden.append(words[:_MOST_HIDDEN])
                return
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

    def text(self) -> HtmlText:
        self._end_line()
        hidden = re.sub(r"[\s\u00a0\u00ad\u034f\u200b-\u200f\u2007\ufeff]+", " ", "".join(self._hidden)).strip()
        return HtmlText("\n".join(self.lines).strip(), hidden[:_MOST_HIDDEN])


def _hides(attrs: Sequence[tuple[str, str | None]], *, on_colour: bool) -> bool:
    named = {name: value or "" for name, value in attrs}
    style = re.sub(r"\s|!important", "", named.get("style", "").lower())
    return (
        "hidden" in named
        or _HIDES.search(style) is not None
        or (not on_colour and _UNSEEN_COLOUR.search(style) is not None)
    )


def _has_background(attrs: Sequence[tuple[str, str | None]]) -> bool:
    """White words on a coloured ground are seen."""
    return any(
        name == "bgcolor" or (name == "style" and "background" in (value or "").lower()) for name, value in attrs
    )


def read_html(markup: str, most: int = 1_000_000) -> HtmlText:
    """What can be read of it, also where the markup is broken.

    It ends soon after `most` characters: whoever takes fewer refuses it, and need not wait for the rest.
    """
    reader = _Reader(most)
    with suppress(_Enough):
        reader.feed(_without_an_open_end(markup))
        reader.close()
    return reader.text()


def _without_an_open_end(markup: str) -> str:
    """Without tags that nothing closes: the parser looks for the end of each of them anew, for minutes."""
    last = markup.rfind(">") + 1
    open_at = markup.find("<", last)
    return markup if open_at < 0 else markup[:open_at]


def may_hide(text: str) -> bool:
    """Whether a text has markup that could hide words, so that it is worth reading as HTML."""
    return _MAY_HIDE.search(text) is not None


def hidden_words(text: str) -> str:
    """The words in a text's markup that nobody who sees it as a mail would read; empty where there are none."""
    return read_html(text).hidden if may_hide(text) else ""

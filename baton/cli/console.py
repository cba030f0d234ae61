"""The one look of the command line: theme, widths, and where lines go. At most 100 columns; plain in a pipe."""

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from pydantic import BaseModel
from rich.console import Console, ConsoleOptions, RenderableType
from rich.protocol import rich_cast
from rich.segment import Segment
from rich.text import Text
from rich.theme import Theme

from baton.cli.printable import escaped, printable

WIDTH = 100
_INDENT = re.compile(r"[ │├└─]*")

THEME = Theme(
    {
        "ok": "green",
        "warn": "yellow",
        "bad": "bold red",
        "busy": "cyan",
        "wait": "yellow",
        "quiet": "dim",
        "name": "bold",
        "key": "cyan",
        "risk.low": "green",
        "risk.medium": "yellow",
        "risk.high": "bold red",
    }
)


for _name in ("stdout", "stderr"):
    if getattr(sys, _name) is None:  # closed by the shell (>&-): what nobody reads must not be an error
        setattr(sys, _name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  open to the end


class Screen(Console):
    """A console on which nothing that somebody wrote is obeyed: every text passes here before it is laid out."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of it, texts made printable."""
        shown = rich_cast(renderable)
        if isinstance(shown, str):
            how = options or self.options
            shown = self.render_str(shown, highlight=how.highlight, markup=how.markup)
        return super().render(printable(shown) if isinstance(shown, Text) else shown, options)


def _console(*, stderr: bool = False) -> Screen:
    columns = shutil.get_terminal_size((WIDTH, 40)).columns if sys.stdout.isatty() else WIDTH
    return Screen(theme=THEME, stderr=stderr, highlight=False, width=max(40, min(WIDTH, columns)), soft_wrap=False)


out = _console()
err = _console(stderr=True)


def make_streams_forgiving() -> None:
    """A character that cannot be printed shows as "?", not as an error; each line leaves at once, also into a pipe."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace", line_buffering=True)


def interactive() -> bool:
    """Whether a person sits there: both a keyboard and a screen."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def line(text: str | Text, style: str | None = None) -> None:
    """One line on the screen; it wraps on a terminal and stays one line in a pipe. Plain text, no markup."""
    if not out.is_terminal:
        out.print(text, style=style, markup=False, soft_wrap=True)
        return
    out.print(Hanging(Text(text) if isinstance(text, str) else text), style=style, markup=False)


class Hanging:
    """A text whose further lines stand beneath its words, not beneath its indent or its branch of a tree."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """The lines that it takes there."""
        indent = _INDENT.match(self._text.plain)
        first = indent.group() if indent else ""
        if not first or len(first) > options.max_width // 2:
            yield self._text
            return
        beneath = "".join("│" if mark in "│├" else " " for mark in first) + "  "
        for number, each in enumerate(self._text[len(first) :].wrap(console, options.max_width - len(beneath))):
            each.rstrip()
            yield Text.assemble(beneath if number else self._text[: len(first)], each)


def lines(texts: Iterable[Text]) -> None:
    """A line for each."""
    for each in texts:
        line(each)


def note(text: str) -> None:
    """A remark for the person at the terminal, on stderr: it never mixes with what a script reads."""
    err.print(text, style="quiet", markup=False, soft_wrap=True)


def complaint(text: str) -> None:
    """The one line on stderr that says what went wrong and what to do."""
    err.print(" ".join(text.split()), style="bad", markup=False, soft_wrap=True)


def as_json(shape: BaseModel) -> None:
    """The stable JSON of a shape on stdout, and nothing else."""
    sys.stdout.write(json_of(shape, indent=2) + "\n")


def json_of(shape: BaseModel, *, indent: int | None = None, exclude_defaults: bool = False) -> str:
    """The JSON of a shape, all escaped in it that a terminal obeys."""
    return escaped(shape.model_dump_json(indent=indent, exclude_defaults=exclude_defaults))


def local_time(at: datetime | None, *, now: datetime | None = None) -> str:
    """`14:05:09` today, `Tue 24 Nov 14:05` on another day, in the local zone; empty for None."""
    if at is None:
        return ""
    here = at.astimezone()
    today = (now or datetime.now(UTC)).astimezone().date()
    return here.strftime("%H:%M:%S") if here.date() == today else here.strftime("%a %d %b %H:%M")


def distance(at: datetime, *, now: datetime | None = None) -> str:
    """`in 23 h`, `5 min ago`: how far off a time is, in one unit."""
    seconds = (at - (now or datetime.now(UTC))).total_seconds()
    size = abs(seconds)
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if size >= length * (2 if unit == "d" else 1):
            words = f"{round(size / length)} {unit}"
            break
    else:
        words = f"{round(size)} s"
    return f"in {words}" if seconds >= 0 else f"{words} ago"

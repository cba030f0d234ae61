"""What a bench prints, and what it writes for a program to read."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from baton.contracts.wire import Wire
from bench.instruments.figures import Machine, Ratio

_console = Console(highlight=False, soft_wrap=True, width=120)


def say(text: str) -> None:
    """One line."""
    _console.print(text, markup=False)


def about(machine: Machine) -> None:
    """On what it is measured."""
    say(
        f"{machine.cpus} CPUs, load {machine.load} before, Python {machine.python}, temporalio {machine.temporalio}. "
        "Absolute figures are this machine's now; ratios between turns hold on a busy one too."
    )


def table(title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Figures side by side."""
    drawn = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    drawn.add_column("", no_wrap=True)
    for column in columns:
        drawn.add_column(column, justify="right")
    for name, cells in rows:
        drawn.add_row(name, *cells)
    _console.print()
    _console.print(drawn)


def ratios(title: str, named: dict[str, Ratio]) -> None:
    """Ratios with their spread, and what they should be at most."""
    rows = [
        (
            name,
            [f"{each.median:.2f}", f"{each.lowest:.2f} to {each.highest:.2f}", f"{each.aim:.2f}" if each.aim else ""],
        )
        for name, each in named.items()
    ]
    table(title, ["median", "blocks", "aim"], rows)


def write(file: Path | None, figures: Wire) -> None:
    """The same as JSON, where a file was named."""
    if file is not None:
        file.write_text(figures.model_dump_json(indent=2) + "\n", encoding="utf-8")

"""The lines of `check`."""

from rich.table import Table
from rich.text import Text

from baton.cli.shapes import CheckLine


def checks_table(lines: list[CheckLine]) -> Table:
    """A mark, what was looked at, what was found; beneath it what to do."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for each in lines:
        mark = Text("✓ ok", style="ok") if each.ok else Text("✗ broken", style="bad")
        table.add_row(mark, Text(each.name, style="name"), Text(each.detail))
        for todo in each.todo.splitlines():
            table.add_row("", "", Text(f"→ {todo}", style="warn"))
    return table

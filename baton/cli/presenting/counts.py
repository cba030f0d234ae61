"""What was counted at the systems, as a table with a verdict."""

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from baton.cli.counting import Count, all_right


def counts_table(counts: Sequence[Count], enquiry_id: str) -> RenderableType:
    """Each thing with how often it should be there and how often it is, then what that means."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, header_style="quiet")
    table.add_column("what")
    table.add_column("counted at", style="quiet")
    table.add_column("expected", justify="right", style="quiet")
    table.add_column("found", justify="right")
    for count in counts:
        right = count.found == count.expected
        found = Text(str(count.found), style="ok" if right else "bad")
        table.add_row(count.what, count.where, str(count.expected), found)
    heading = Text.assemble(("Counted at the systems for ", "quiet"), (enquiry_id, "name"))
    return Group(heading, Text(), table, Text(), verdict(counts))


def verdict(counts: Sequence[Count]) -> Text:
    """In one line: nothing lost and nothing done twice, or what was."""
    if all_right(counts):
        return Text("Nothing was lost, and nothing was done twice.", style="ok")
    lost = [count.what for count in counts if count.found < count.expected]
    doubled = [count.what for count in counts if count.found > count.expected]
    said = [f"lost: {', '.join(lost)}"] if lost else []
    said += [f"done too often: {', '.join(doubled)}"] if doubled else []
    return Text(f"This is wrong: {'; '.join(said)}.", style="bad")

"""Runs in tables: the inbox of what waits for a person, and the list of all runs."""

from rich import box
from rich.table import Table
from rich.text import Text

from baton.cli.console import distance, local_time
from baton.cli.presenting.words import WAITS
from baton.cli.shapes import InboxLine, RunLine

_PRIORITIES = {1: ("urgent", "bad"), 2: ("raised", "warn"), 3: ("normal", "quiet")}
_STATES = {"running": "busy", "completed": "ok", "failed": "bad", "terminated": "warn", "cancelled": "warn"}


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, header_style="quiet")


def inbox_table(lines: list[InboxLine]) -> Table:
    """One row a run: what it waits for, until when, and whose it is."""
    table = _table()
    table.add_column("run", no_wrap=True, style="name")
    table.add_column("asks", overflow="fold")
    table.add_column("risk", no_wrap=True)
    table.add_column("due", no_wrap=True)
    table.add_column("for", overflow="fold")
    table.add_column("priority", no_wrap=True)
    for line in lines:
        word, style = _PRIORITIES.get(line.priority or 3, ("", "quiet"))
        titles = [review.title for review in line.reviews] or [WAITS.get(line.waiting_on, line.waiting_on)]
        risks = Text("\n").join(Text(review.risk, style=f"risk.{review.risk}") for review in line.reviews)
        table.add_row(
            Text(line.enquiry_id), Text("\n".join(titles)), risks, _due(line), Text(", ".join(line.assignees) or "–"),
            Text(word, style=style),
        )  # fmt: skip
    return table


def run_table(lines: list[RunLine]) -> Table:
    """One row a run, the latest first."""
    table = _table()
    table.add_column("run", no_wrap=True, style="name")
    table.add_column("state", no_wrap=True)
    table.add_column("stage", overflow="fold")
    table.add_column("waits for", overflow="fold")
    table.add_column("due", no_wrap=True)
    table.add_column("started", no_wrap=True, style="quiet")
    for line in lines:
        waits = WAITS.get(line.waiting_on, line.waiting_on) if line.state == "running" else ""
        table.add_row(
            Text(line.enquiry_id), Text(line.state.replace("_", " "), style=_STATES.get(line.state, "")),
            Text(line.stage), Text(waits), _due(line) if line.state == "running" else Text(""),
            local_time(line.started_at),
        )  # fmt: skip
    return table


def _due(line: RunLine) -> Text:
    if line.stage == "paused":
        return Text("paused", style="warn")
    if line.due is None:
        return Text("–", style="quiet")
    if line.overdue:
        return Text(f"overdue {distance(line.due)}", style="bad")
    return Text(distance(line.due))

"""A run's checklist, as it grows: one line a step."""

from collections.abc import Collection, Sequence

from rich.console import Group, RenderableType
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from baton.cli.console import distance
from baton.cli.presenting.retries import retry_of, retry_words
from baton.cli.presenting.words import WAITS, outcome_of, step_title
from baton.cli.shapes import Retry
from baton.contracts.record import RunStatus, StepStatus

_MARKS = {
    "done": ("✓", "ok"),
    "running": ("…", "busy"),
    "waiting": ("●", "wait"),
    "failed": ("✗", "bad"),
    "ambiguous": ("?", "bad"),
    "skipped": ("–", "quiet"),
}


_TOLD = ("plan/note/", "plan/goal/", "plan/replan/", "plan/change/")
"""What people told a goal, and how its plan was changed: the words matter."""


def visible_steps(status: RunStatus) -> list[StepStatus]:
    """The steps worth a line; keys that only mark the start are left out."""
    return [step for step in status.steps if step.step != "received"]


def step_line(step: StepStatus, retry: Retry | None = None) -> Text:
    """One step: mark, name, and who does it; of one that failed, when it is tried again and why."""
    mark, style = _MARKS[step.state]
    text = Text.assemble((f"{mark} ", style), (_title(step), "name" if step.state == "waiting" else ""))
    if retry is not None:
        return text.append(f" · {retry_words(retry)}", "warn")
    said = _remark(step)
    if said:
        text.append(f"  {said}", "quiet" if step.state in ("done", "skipped") else style)
    return text


def _title(step: StepStatus) -> str:
    return step.title if step.state == "waiting" and step.title != step.step else step_title(step.step, step.title)


def _remark(step: StepStatus) -> str:
    if step.state in ("done", "running"):
        said, base = step.agent, step.step.partition("/")[0]
        if step.step.startswith(_TOLD):
            said = ": ".join(filter(None, (step.agent, step.detail)))
        if step.state == "done" and base in ("resolution", "question", "failure", "closed"):
            said = step.detail.replace("_", " ", 1) if base != "closed" else ""
        return said
    return step.detail if step.detail not in (step.title, _title(step)) else ""


def is_settled(step: StepStatus) -> bool:
    """Whether the step's line will not change any more."""
    return step.state in ("done", "skipped")


def checklist(
    status: RunStatus, *, live: bool = False, without: Collection[str] = (), retries: Sequence[Retry] = ()
) -> RenderableType:
    """The steps so far, save those named; `live` shows that those in progress move."""
    lines: list[RenderableType] = []
    for step in visible_steps(status):
        if step.step in without:
            continue
        line = step_line(step, retry_of(step.step, status, list(retries)) if step.state == "running" else None)
        line.truncate(96, overflow="ellipsis")
        if live and step.state == "running":
            row = Table.grid(padding=(0, 1, 0, 0))
            row.add_row(Spinner("dots", style="busy"), line[2:])
            lines.append(row)
        else:
            lines.append(line)
    return Group(*lines)


def situation(status: RunStatus) -> Text:
    """Where the run stands, in one line."""
    if status.result is not None:
        words, style = outcome_of(status.result)
        return Text(words, style=style)
    waiting = status.waiting
    text = Text(status.stage[:1].upper() + status.stage[1:], style="wait" if waiting.what != "nothing" else "busy")
    if waiting.what != "nothing":
        if waiting.what not in status.stage:
            text.append(f" · waits for {WAITS[waiting.what]}")
        if waiting.review_ids:
            text.append(f" ({', '.join(waiting.review_ids)})", "quiet")
        if waiting.due_at:
            late = ", overdue" if waiting.overdue else ""
            text.append(f" · due {distance(waiting.due_at)}{late}", "bad" if waiting.overdue else "quiet")
    if status.paused:
        why = f": {status.paused.reason}" if status.paused.reason else ""
        text.append(f" · by {status.paused.by} {distance(status.paused.since)}{why}", "quiet")
    return text

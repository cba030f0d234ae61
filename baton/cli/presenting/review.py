"""What a reviewer sees: what would be done and sent, what it rests on, and how to answer."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import TypeGuard

from pydantic import JsonValue
from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from baton.cli.console import Hanging, distance
from baton.contracts.enquiry import Evidence
from baton.contracts.review import Review
from baton.contracts.sizes import LeftOut
from baton.contracts.wire import JsonObject

_CLOSED = {
    "superseded": "none: taken back, because there was more to show",
    "withdrawn": "none: the enquiry ended before",
}
_LITERALS = {"null", "true", "false", "–"}
_MOST_COLUMNS = 6
_WIDEST_NAME = 30
_SHORT_FORMS = {"approve", "edit", "reject", "request_changes"}


def review_panel(review: Review, *, enquiry_id: str, plan: Sequence[Text] = ()) -> RenderableType:
    """The whole review in one frame of at most 100 columns; `plan`: the one that it is about, drawn."""
    parts: list[RenderableType] = [Text(review.summary), Text()]
    parts.append(_check_lines(review))
    rest = [fact for fact in review.evidence if not _is_about_sender(fact)]
    if rest:
        parts += [_heading("What this rests on"), evidence_table(rest)]
    if review.notes:
        parts += [_heading("Done so far" if review.kind == "failure" else "Note")]
        parts += [Text(f"• {note}", style="warn") for note in review.notes]
    # Last: what is about to happen stands right above the answer.
    if plan:
        parts += [_heading("The plan"), *map(Hanging, plan)]
    else:
        parts += _left_out(review.left_out) if review.left_out else _subject(review.subject)
    place = f"{enquiry_id} · {review.review_id}"
    if review.revision > 1:
        place += f" · revision {review.revision}"
    return Panel(
        Group(*parts),
        title=Text(review.title, style="name"),
        title_align="left",
        subtitle=Text(place, style="quiet"),
        subtitle_align="right",
        border_style="wait" if review.status == "open" else "quiet",
        padding=(0, 2),
    )


def answers(review: Review, *, enquiry_id: str) -> RenderableType:
    """How to answer, as commands that can be pasted."""
    table = Table.grid(padding=(0, 3, 0, 2))
    table.add_column(no_wrap=True)  # a command that is cut cannot be pasted
    table.add_column(overflow="fold")
    for choice in review.choices:
        short = choice.id in _SHORT_FORMS
        command = choice.id.replace("_", "-") if short else "decide"
        words = f"uv run starter.py {command} {enquiry_id}"
        if not short:
            words += f" {choice.id}"
        words += {"nothing": "", "comment": ' --comment "…"', "value": "" if choice.id == "edit" else " --value FILE"}[
            choice.needs
        ]
        table.add_row(Text(words, style="key"), Text(choice.label, style="quiet"))
    return table


def _check_lines(review: Review) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for fact in review.evidence:
        if _is_about_sender(fact):
            value = Text(fact.value, style="warn" if "unverified" in fact.label else "")
            grid.add_row(Text(fact.label.capitalize(), style="quiet"), value.append(f"  {fact.source}", "key"))
    risk = Text(review.risk, style=f"risk.{review.risk}")
    if review.risk_reasons:
        risk.append(f": {'; '.join(review.risk_reasons)}", "")
    grid.add_row(Text("Risk", style="quiet"), risk)
    if review.status == "open":
        now = review.paused_since or datetime.now(UTC)
        late = review.due_at < now
        due = Text(distance(review.due_at, now=now) + (", overdue" if late else ""), style="bad" if late else "")
        if review.paused_since:
            due.append("  counted from when the enquiry goes on: it is paused", "warn")
        grid.add_row(Text("Due", style="quiet"), due)
    else:
        who = f" by {review.decision.actor.id}" if review.decision else ""
        chosen = f"{review.decision.choice}" if review.decision else _CLOSED.get(review.status, review.status)
        grid.add_row(Text("Answer", style="quiet"), Text(f"{chosen}{who}", style="ok"))
    if review.assignees:
        grid.add_row(Text("For", style="quiet"), Text(", ".join(review.assignees)))
    return grid


def _is_about_sender(fact: Evidence) -> bool:
    return fact.label == "customer" or fact.label.startswith("sender")


def _heading(words: str) -> RenderableType:
    return Group(Text(), Rule(Text(words, style="quiet"), align="left", style="quiet", characters="─"))


def _subject(subject: JsonValue) -> list[RenderableType]:
    if isinstance(subject, dict) and "actions" in subject:
        return [*_actions(subject.get("actions")), *_mail(subject.get("reply"), "Mail that would be sent")]
    if isinstance(subject, dict) and {"to", "body"} <= subject.keys():
        return _mail(subject, "Mail that would be sent")
    if isinstance(subject, dict) and "causes" in subject:
        handed = subject.get("handed")
        shown = (
            [_heading("What it was handed"), _fields(handed)] if isinstance(handed, dict) and _is_flat(handed) else []
        )
        return [*shown, _heading("What went wrong"), *(Text(f"• {cause}") for cause in _texts(subject["causes"]))]
    return [_heading("Subject"), _as_read(subject)]


def _as_read(subject: JsonValue) -> RenderableType:
    if isinstance(subject, dict) and "readings" in subject:  # they are the choices, and the reasons its summary
        return Text(str(subject.get("goal", "")))
    if _is_flat(subject):
        return _fields(subject)
    if isinstance(subject, list) and subject and all(map(_is_flat, subject)):
        return _rows(subject)
    return Text(json.dumps(subject, indent=2, ensure_ascii=False))


def _is_flat(value: JsonValue) -> TypeGuard[JsonObject]:
    return isinstance(value, dict) and bool(value) and not any(isinstance(each, dict | list) for each in value.values())


def _fields(values: JsonObject) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(max_width=_WIDEST_NAME, overflow="fold", style="quiet")
    grid.add_column(overflow="fold")
    for name, value in values.items():
        grid.add_row(Text(name), Text(_plain(value)))
    return grid


def _rows(items: Sequence[JsonValue]) -> RenderableType:
    """A row an item. Too many fields for a row are shown one beneath the other, and nothing of them is left out."""
    rows = [item for item in items if isinstance(item, dict)]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if len(columns) > _MOST_COLUMNS:
        return Group(*(Group(Text(f"{number}.", style="quiet"), _fields(row)) for number, row in enumerate(rows, 1)))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, header_style="quiet")
    table.add_column("", justify="right", style="quiet")
    for name in columns:
        table.add_column(Text(name), overflow="fold")
    for number, row in enumerate(rows, 1):
        table.add_row(str(number), *(Text(_plain(row[name]) if name in row else "–") for name in columns))
    return table


def _plain(value: JsonValue) -> str:
    """A text as it is, unless it would read as nothing, as another value, or steer a terminal; all else as JSON."""
    if isinstance(value, str) and value.strip() and value not in _LITERALS and value.replace("\n", "").isprintable():
        return value
    return json.dumps(value, ensure_ascii=False)


def _left_out(what: LeftOut) -> list[RenderableType]:
    words = f"{what.size_bytes:,} bytes, sha256 {what.sha256}: too much for this answer; the archive will have it."
    return [_heading("Subject"), Text(words, style="quiet")]


def _texts(values: JsonValue) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list) else [str(values)]


def _actions(actions: JsonValue) -> list[RenderableType]:
    if not isinstance(actions, list) or not actions:
        return [_heading("What would be done"), Text("Nothing is changed in the order system.", style="quiet")]
    lines: list[RenderableType] = [_heading("What would be done")]
    for number, action in enumerate(actions, 1):
        lines.append(Text.assemble((f"{number}. ", "quiet"), action_line(action)))
    return lines


def action_line(action: JsonValue) -> str:
    """One action in one line: its own summary, else its kind and order."""
    if not isinstance(action, dict):
        return str(action)
    kind = str(action.get("kind", "action")).replace("_", " ")
    return str(action.get("summary") or f"{kind} {action.get('order_id', '')}")


def _mail(mail: JsonValue, heading: str) -> list[RenderableType]:
    if not isinstance(mail, dict):
        return [_heading(heading), Text("No mail is sent.", style="quiet")]
    return [_heading(heading), *mail_lines(str(mail.get("to")), str(mail.get("subject")), str(mail.get("body")))]


def mail_lines(to: str, subject: str, body: str) -> Iterator[RenderableType]:
    """A mail as its reader gets it."""
    yield Text.assemble(("To       ", "quiet"), to)
    yield Text.assemble(("Subject  ", "quiet"), subject)
    yield Text()
    wrapped = ("\n".join(textwrap.wrap(line, 88) or [""]) for line in body.strip().split("\n"))
    yield Text("\n".join(wrapped))


def evidence_table(evidence: Sequence[Evidence]) -> Table:
    """Each fact with the step that gave it."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False, header_style="quiet")
    table.add_column("fact", max_width=22, overflow="fold")
    table.add_column("value", overflow="fold")
    table.add_column("from step", max_width=28, overflow="fold", style="key")
    for (label, source), facts in groupby(evidence, key=lambda fact: (fact.label, fact.source)):
        values = (" ".join(fact.value.split()) for fact in facts)
        table.add_row(Text(label), Text("; ".join(values)), Text(source))
    return table

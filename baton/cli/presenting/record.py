"""A run's record: when, which step, who, what; as a table that a business owner can read."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from baton.cli.console import WIDTH, out
from baton.cli.presenting.words import ACTIONS, outcome_of, plural, step_title
from baton.contracts.models import ModelCall
from baton.contracts.record import RecordEntry, RunRecord

_WIDEST_STEP = 30

_STYLES = {
    "failed": "bad",
    "ambiguous": "bad",
    "undone": "warn",
    "refused": "warn",
    "warned": "warn",
    "fell_back": "warn",
    "changed": "warn",
    "replanned": "warn",
    "paused": "warn",
    "cancelled": "warn",
    "asked": "wait",
    "waiting": "wait",
    "decided": "ok",
    "closed": "name",
}


def record_table(record: RunRecord) -> RenderableType:
    """Every line of the record, local times, and how it ended."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, header_style="quiet")
    table.add_column("time", no_wrap=True, style="quiet")
    titles = [step_title(entry.step, entry.title) for entry in record.record]
    table.add_column("step", width=_width_of(titles), max_width=_WIDEST_STEP, overflow="fold")
    table.add_column("by", max_width=18, overflow="fold", style="quiet")
    table.add_column("try", justify="right", style="quiet")
    table.add_column("what", overflow="fold")
    last_day = None
    fell_back = {(entry.step, entry.text) for entry in record.record if entry.kind == "fell_back"}
    for entry, title in zip(record.record, titles, strict=True):
        here = entry.at.astimezone()
        time = _time(here, new_day=last_day is not None and here.date() != last_day)
        last_day = here.date()
        repeats = entry.kind == "done" and (entry.step, entry.text) in fell_back
        said = Text(f"done by {entry.agent}" if repeats else what(entry), style=_STYLES.get(entry.kind, ""))
        if entry.calls:
            said.append(f"\n{calls_in_words(entry.calls)}", "quiet")
        table.add_row(
            time,
            Text(title),
            Text(entry.agent),
            str(entry.attempt) if entry.attempt else "",
            said,
        )
    parts: list[RenderableType] = [_headline(record), Text(), table]
    if record.refused_count:
        parts.append(_refusals(record))
    if record.result is not None:
        words, style = outcome_of(record.result)
        parts += [
            Text(),
            Text.assemble((words, style), f" {record.result.summary[:1].upper()}{record.result.summary[1:]}"),
        ]
    return Group(*parts)


def _width_of(titles: Sequence[str]) -> int | None:
    """All that the titles may have, so that an address among their words stays whole; less where there is no room."""
    return min(max(map(len, titles), default=4), _WIDEST_STEP) if out.width >= WIDTH else None


def what(entry: RecordEntry) -> str:
    """What happened, without repeating what the other columns say."""
    text = entry.text or entry.kind.replace("_", " ")
    match entry.kind:
        case "done":
            acted = entry.step.partition("/")[0] in ACTIONS or "fallback" in text
            return text if acted else text.removeprefix(entry.title).lstrip("; ") or "done"
        case "asked":
            said = text.rpartition(", due ")[0] or text
            titled = entry.title and step_title(entry.step, entry.title) == entry.title
            return f"a person is asked{said.removeprefix(entry.title)}" if titled else said
        case "decided":
            return text.replace("_", " ", 1)
        case "closed":
            return text.partition(":")[0].replace("_", " ") if entry.step == "closed" else text
        case "ambiguous" | "failed" | "changed" | "skipped" | "supplied" | "fell_back":
            kind = "outcome unknown" if entry.kind == "ambiguous" else entry.kind.replace("_", " ")
            return f"{kind}: {text}"
    return text


def calls_in_words(calls: Sequence[ModelCall]) -> str:
    """What requests to models took: `2 requests, 1,020 tokens in, 190 out, 3.1 s, $0.0021, prompt read_enquiry 1`."""
    known = [call.price for call in calls if call.price is not None]
    price = f"${sum(known, Decimal(0)):.4f}" if known else "price unknown"
    if known and len(known) < len(calls):
        price += " and what is unknown"
    prompts = dict.fromkeys(f"{call.prompt.name} {call.prompt.version}" for call in calls)
    tokens_in, tokens_out = sum(call.input_tokens for call in calls), sum(call.output_tokens for call in calls)
    return ", ".join(
        [
            plural(len(calls), "request"),
            f"{tokens_in:,} tokens in",
            f"{tokens_out:,} out",
            f"{sum(call.seconds for call in calls):.1f} s",
            price,
            f"prompt {', '.join(prompts)}",
        ]
    )


def _time(here: datetime, *, new_day: bool) -> str:
    return here.strftime("%d %b %H:%M:%S") if new_day else here.strftime("%H:%M:%S.") + f"{here.microsecond // 1000:03}"


def _headline(record: RunRecord) -> Text:
    text = Text.assemble(("Record of ", "quiet"), (record.enquiry_id, "name"))
    when = record.received_at.astimezone().strftime("%a %d %b %Y %H:%M")
    text.append(f" · received {when}", "quiet")
    if record.result is not None and len(record.record) > 1:  # while it waits, its last line says nothing of how long
        took = (record.record[-1].at - record.record[0].at).total_seconds()
        text.append(f" · {_length(took)}", "quiet")
    text.append(f" · {plural(len(record.facts), 'fact')}", "quiet")
    return text


def _length(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _refusals(record: RunRecord) -> RenderableType:
    lines = [Text(f"{plural(record.refused_count, 'signal')} refused:", style="warn")]
    lines += [Text(f"  {each.signal}: {each.reason}", style="warn") for each in record.refusals[-5:]]
    return Group(Text(), *lines)

"""How long lines stand on a terminal, and what a record says no second time."""

from datetime import UTC, datetime

from rich.console import Console, RenderableType
from rich.text import Text

from baton.cli.console import THEME, WIDTH, Hanging
from baton.cli.presenting.record import record_table
from baton.contracts.record import EntryKind, RecordEntry, RunRecord


def _lines(shown: RenderableType, width: int = WIDTH) -> list[str]:
    console = Console(theme=THEME, width=width, highlight=False)
    with console.capture() as said:
        console.print(shown)
    return [line.rstrip() for line in said.get().splitlines()]


def test_a_long_line_goes_on_beneath_its_words() -> None:
    assert _lines(Hanging(Text("  one two three four five")), 18) == ["  one two three", "    four five"]
    assert _lines(Hanging(Text("├─ one two three four")), 18) == ["├─ one two three", "│    four"]
    assert _lines(Hanging(Text("└─ one two three four")), 18) == ["└─ one two three", "     four"]
    assert _lines(Hanging(Text("one two three four")), 18) == ["one two three four"]
    assert _lines(Hanging(Text("  " + "x" * 30)), 18) == ["  " + "x" * 14, "    " + "x" * 14, "    xx"]
    assert _lines(Hanging(Text("")), 18) == [""]


def _entry(kind: EntryKind, text: str, title: str, agent: str) -> RecordEntry:
    return RecordEntry(at=datetime.now(UTC), kind=kind, step="look", title=title, agent=agent, text=text)


def _record(*entries: RecordEntry) -> list[str]:
    record = RunRecord(
        enquiry_id="GOAL-1", process="goal", received_at=datetime.now(UTC), facts=[], record=list(entries),
        reviews=[], refusals=[], refused_count=0, result=None,
    )  # fmt: skip
    return _lines(record_table(record))


def test_an_address_in_a_step_stays_whole_whatever_else_is_long() -> None:
    title = "Find customer by email: thandi.nkosi@posbus.example"
    shown = _record(_entry("failed", "many words " * 40, title, "an agent of a long name"))
    assert any("thandi.nkosi@posbus.example" in line for line in shown)
    assert max(map(len, shown)) <= WIDTH


def test_what_a_person_is_asked_is_said_once() -> None:
    title = "Cancel (1 of 2), #W1, could not be done"
    text = f"{title} (revision 1), due 2026-11-24 06:16 UTC"
    asked = RecordEntry(at=datetime.now(UTC), kind="asked", step="failure/cancel/1", title=title, text=text)
    shown = " ".join(" ".join(_record(asked)).split())
    assert shown.count("#W1") == 1
    assert "a person is asked (revision 1)" in shown


def test_why_a_step_fell_back_is_said_once() -> None:
    why = "copy is fallback 1 for look, after look failed"
    entries = (_entry("fell_back", why, "Look", "copy"), _entry("done", why, "Look", "copy"))
    shown = " ".join(" ".join(_record(*entries)).split())
    assert shown.count("is fallback 1") == 1
    assert shown.endswith("done by copy")

"""What customers, models and systems write is shown on a terminal, and obeyed by none."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from pydantic import BaseModel
from rich.console import RenderableType
from rich.text import Text

from baton.cli.console import THEME, Hanging, Screen, as_json, err, out
from baton.cli.presenting.message import message_panel
from baton.cli.presenting.review import review_panel
from baton.contracts.enquiry import Evidence
from baton.contracts.mail import Message
from baton.contracts.review import Review

OBEYED = ["\x1b[8m", "\x1b[5A\x1b[2K", "\x1b]0;t\x1b\\", "\x9b2J", "\u202e", "\u2066", "\U000e0041", "\u2028"]
EVIL = "".join(OBEYED)


def shown(what: RenderableType) -> str:
    """As a terminal gets it."""
    screen = Screen(file=StringIO(), force_terminal=True, theme=THEME, width=100)
    screen.print(what, highlight=False, markup=False)
    assert isinstance(screen.file, StringIO)
    return screen.file.getvalue()


def _review() -> Review:
    now = datetime.now(UTC)
    return Review(
        review_id="resolution", kind="resolution", title=f"It{EVIL}", summary=f"Asked: {EVIL}",
        subject={"actions": [{"summary": EVIL}], "reply": {"to": f"a{EVIL}@b.co", "subject": EVIL, "body": EVIL}},
        subject_schema={}, subject_digest="", choices=[], created_at=now, due_at=now, notes=[f"unsure: {EVIL}"],
        evidence=[Evidence(label="asked", value=EVIL, source="read"), Evidence(label="sender", value=EVIL, source="x")],
        risk_reasons=[EVIL],
    )  # fmt: skip


@pytest.mark.parametrize(
    "what",
    [
        message_panel(Message(text=f"Hello{EVIL}", subject=EVIL, from_address="a@b.co", from_name=EVIL), "INQ-1"),
        review_panel(_review(), enquiry_id="INQ-1"), Hanging(Text(f"  read  {EVIL}", style="warn")), EVIL,
    ],
    ids=["message", "review", "line", "plain"],
)  # fmt: skip
def test_nothing_that_others_wrote_is_obeyed(what: RenderableType) -> None:
    seen = shown(what)
    assert [each for each in OBEYED if each in seen] == []
    assert "�[8m" in seen


def test_every_command_writes_there() -> None:
    assert isinstance(out, Screen)
    assert isinstance(err, Screen)


def test_ordinary_text_is_shown_as_it_is() -> None:
    text = "Môre\u00a0– R1 299, 👩\u200d👧, שלום\u200f, ’n tab:\tand\na line\n"
    assert shown(text).split() == text.split()


def test_json_keeps_its_value_and_is_obeyed_neither(capsys: pytest.CaptureFixture[str]) -> None:
    class Said(BaseModel):
        text: str

    as_json(Said(text="\x1b[8m\x9b2J\x7f\u202e ’n"))
    printed = capsys.readouterr().out
    assert json.loads(printed) == {"text": "\x1b[8m\x9b2J\x7f\u202e ’n"}
    assert printed.isascii() is False
    assert printed.replace("\n", "").isprintable()

"""What a demo with a break counts at the systems, and how it tells when that is not what should be there."""

from datetime import UTC, datetime
from io import StringIO
from typing import Literal

import pytest
from rich.console import Console

from baton.cli.console import THEME
from baton.cli.counting import Books, Count, all_right, counted
from baton.cli.presenting.counts import counts_table
from baton.contracts.enquiry import EnquiryResult, Outcome
from baton.contracts.record import EntryKind, Fact, RecordEntry, RunRecord

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ACTION = {
    "kind": "cancel_order",
    "action_id": "a1",
    "order_id": "#W1",
    "order_version": "1",
    "reason": "no longer needed",
}


class Told(Books):
    """The systems say what a test writes."""

    def __init__(self, *, actions: int, mails: int, entries: int) -> None:
        self._actions, self._mails, self._entries = actions, mails, entries

    async def performed(self, enquiry_id: str) -> int:
        return self._actions

    async def delivered(self, to: str, since: datetime) -> int:
        assert (to, since) == ("thandi@mail.example", NOW)
        return self._mails

    async def logged(self, enquiry_id: str) -> int:
        return self._entries


def fact(name: str, value: object) -> Fact:
    return Fact.model_validate(
        {"name": name, "type": "", "value": value, "step": name, "agent": "a", "attempt": 1, "at": NOW}
    )


def entry(kind: EntryKind, step: str) -> RecordEntry:
    return RecordEntry(at=NOW, kind=kind, step=step, text=step)


def a_record(outcome: Outcome = "answered", done: list[str] | None = None) -> RunRecord:
    steps = ["cancel_order/a1/1", "send_reply", "log_outcome"] if done is None else done
    return RunRecord(
        enquiry_id="INQ-1",
        process="enquiry",
        received_at=NOW,
        facts=[
            fact("received", {"text": "Cancel #W1", "from_address": "thandi@mail.example"}),
            fact("approved/1", {"actions": [ACTION]}),
        ],
        record=[entry("failed", "send_reply"), *(entry("done", step) for step in steps)],
        reviews=[],
        refusals=[],
        refused_count=0,
        result=EnquiryResult(enquiry_id="INQ-1", outcome=outcome, summary="cancelled"),
    )


def shown(counts: list[Count]) -> str:
    console = Console(theme=THEME, width=100, file=StringIO(), record=True)
    console.print(counts_table(counts, "INQ-1"))
    return console.export_text()


async def test_once_each_is_nothing_lost_and_nothing_twice() -> None:
    counts = await counted(Told(actions=1, mails=1, entries=1), a_record())
    assert [(count.expected, count.found) for count in counts] == [(1, 1)] * 3
    assert all_right(counts)
    assert "Nothing was lost, and nothing was done twice." in shown(counts)


@pytest.mark.parametrize(
    ("what", "found", "said"),
    [
        ("actions", 0, "lost: approved action carried out."),
        ("actions", 2, "done too often: approved action carried out."),
        ("mails", 0, "lost: mail delivered."),
        ("mails", 2, "done too often: mail delivered."),
        ("entries", 0, "lost: entry in the customer's history."),
        ("entries", 2, "done too often: entry in the customer's history."),
    ],
)
async def test_whatever_is_missing_or_there_twice_is_said(
    what: Literal["actions", "mails", "entries"], found: int, said: str
) -> None:
    told = {"actions": 1, "mails": 1, "entries": 1} | {what: found}
    counts = await counted(Told(**told), a_record())
    assert not all_right(counts)
    assert f"This is wrong: {said}" in shown(counts)
    assert "Nothing was lost" not in shown(counts)


async def test_an_approved_action_that_the_run_forgot_is_missing_once_the_customer_was_told() -> None:
    counts = await counted(Told(actions=0, mails=1, entries=1), a_record(done=["send_reply", "log_outcome"]))
    assert not all_right(counts)


async def test_after_a_refusal_nothing_is_expected_but_the_log() -> None:
    counts = await counted(Told(actions=0, mails=0, entries=1), a_record("rejected", done=["log_outcome"]))
    assert [count.expected for count in counts] == [0, 0, 1]
    assert all_right(counts)

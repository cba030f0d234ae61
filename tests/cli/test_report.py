"""`report`: a month's runs are counted from the archive, and those still open from Temporal."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client

from baton.archive import Archive
from baton.cli.months import month_of
from baton.cli.report import process_of
from baton.cli.shapes import MonthReport, Tally
from baton.cli.tallying import lengths
from baton.contracts.enquiry import EnquiryResult, Outcome
from baton.contracts.models import ModelCall, PromptUsed
from baton.contracts.outcome import GoalResult, ProcessResult
from baton.contracts.record import EntryKind, RecordEntry, RunRecord
from baton.contracts.review import Review, ReviewChoice, ReviewKind
from tests.cli.command_line import run
from tests.workflows.driver import eventually

AT = datetime(2026, 11, 10, 9, tzinfo=UTC)


@pytest.fixture
def in_johannesburg(alone: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two hours before UTC, where a month begins sooner."""
    monkeypatch.setenv("TZ", "Africa/Johannesburg")
    time.tzset()
    yield alone
    monkeypatch.undo()
    time.tzset()


def call(price: str | None) -> ModelCall:
    return ModelCall(
        model="openai:gpt-5-mini",
        prompt=PromptUsed(name="read_enquiry", version="1", digest="0" * 64),
        input_tokens=600,
        output_tokens=95,
        seconds=1.5,
        price=Decimal(price) if price else None,
    )


def entry(
    kind: EntryKind, minutes: float, step: str = "read_enquiry", attempt: int = 0, *calls: ModelCall
) -> RecordEntry:
    at = AT + timedelta(minutes=minutes)
    return RecordEntry(at=at, kind=kind, step=step, attempt=attempt, text="x", calls=list(calls))


def review(kind: ReviewKind, minutes: float, revision: int = 1, status: str = "decided") -> Review:
    at = AT + timedelta(minutes=minutes)
    made = Review(
        review_id=kind,
        kind=kind,
        title="Look",
        summary="at it",
        subject={"reply": "hello"},
        subject_schema={},
        subject_digest="0" * 64,
        revision=revision,
        choices=[ReviewChoice(id="approve", label="Do it")],
        created_at=at,
        due_at=at,
    )
    return made.model_copy(update={"status": status})


def enquiry(
    number: int,
    outcome: Outcome = "answered",
    *,
    at: datetime = AT,
    lines: list[RecordEntry] | None = None,
    reviews: list[Review] | None = None,
) -> RunRecord:
    name = f"INQ-{number}"
    return RunRecord(
        enquiry_id=name,
        process="enquiry",
        received_at=at,
        facts=[],
        record=lines or [],
        reviews=reviews or [],
        refusals=[],
        refused_count=0,
        result=EnquiryResult(enquiry_id=name, outcome=outcome, summary="done"),
    )


def keep(place: Path, *records: RunRecord) -> None:
    for record in records:
        Archive(place / "state").keep(record)


async def reported(month: str = "2026-11") -> MonthReport:
    said = await run("report", "--month", month, "--json")
    assert said.code == 0, said.err
    return MonthReport.model_validate_json(said.out)


async def of(process: str, month: str = "2026-11") -> Tally:
    return next(each for each in (await reported(month)).processes if each.process == process)


async def test_what_became_of_a_months_enquiries_is_counted(alone: Path) -> None:
    keep(
        alone,
        enquiry(1, lines=[entry("closed", 60, "closed"), entry("done", 600)]),
        enquiry(2, lines=[entry("closed", 120, "closed")]),
        enquiry(3, "rejected", lines=[entry("closed", 180, "closed")], reviews=[review("hand_over", 1)]),
        enquiry(4, at=AT + timedelta(days=30)),
    )
    found = await of("enquiry")
    assert (found.received, found.open, found.outcomes) == (3, None, {"answered": 2, "rejected": 1})
    assert found.handed_over == 1
    assert (found.turnaround.count, found.turnaround.median_s, found.turnaround.p90_s) == (3, 7200, 10800)


async def test_what_went_wrong_on_the_way_is_counted(alone: Path) -> None:
    lines = [
        entry("failed", 0, "check_orders", 4),
        entry("fell_back", 0, "check_orders"),
        entry("done", 1, "check_orders", 2),
        entry("done", 1, "read_enquiry", 1),
    ]
    keep(alone, enquiry(1, lines=lines, reviews=[review("failure", 1), review("failure", 3, 2)]))
    found = await of("enquiry")
    assert (found.retries, found.fallbacks, found.failure_reviews) == (4, 1, 2)


async def test_a_review_counts_from_opened_to_decided_each_revision_by_itself(alone: Path) -> None:
    lines = [entry("decided", 10, "resolution"), entry("decided", 45, "resolution"), entry("decided", 50, "question")]
    reviews = [
        review("resolution", 0),
        review("resolution", 20, 2, "superseded"),
        review("resolution", 25, 3),
        review("question", 20),
        review("failure", 30, status="withdrawn"),
    ]
    keep(alone, enquiry(1, lines=lines, reviews=reviews))
    found = (await of("enquiry")).reviews
    assert (found.count, found.median_s, found.p90_s, found.total_s) == (3, 1200, 1800, 3600)


async def test_what_models_cost_is_told_in_the_currency_of_the_settings(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURRENCY", "ZAR")
    monkeypatch.setenv("CURRENCY_PER_DOLLAR", "20")
    failed, done = (
        entry("failed", 0, "read_enquiry", 1, call("0.50")),
        entry("done", 0, "x", 1, call("0.25"), call(None)),
    )
    keep(alone, enquiry(1, lines=[failed, done]))
    found = await reported()
    assert (found.currency, found.per_dollar, found.wanted_currency) == ("ZAR", Decimal(20), "")
    assert (found.all.cost, found.all.model_requests, found.all.price_unknown) == (Decimal(15), 3, 1)
    assert (found.all.input_tokens, found.all.output_tokens) == (1800, 285)
    said = await run("report", "--month", "2026-11")
    assert "R15.00 and what is unknown" in said.out
    assert "A dollar is counted as R20.00" in said.out


async def test_without_a_rate_dollars_are_shown_and_said(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURRENCY", "ZAR")
    keep(alone, enquiry(1, lines=[entry("done", 0, "x", 1, call("0.50"))]))
    found = await reported()
    assert (found.currency, found.wanted_currency, found.all.cost) == ("USD", "ZAR", Decimal("0.5"))
    said = await run("report", "--month", "2026-11")
    assert "$0.50" in said.out
    assert "what one costs in ZAR is not set (CURRENCY_PER_DOLLAR)" in said.out


async def test_a_price_that_nobody_knows_is_not_nothing_and_a_trace_is_not_none(alone: Path) -> None:
    keep(alone, enquiry(1, lines=[entry("done", 0, "x", 1, call(None))]))
    assert "unknown" in _row((await run("report", "--month", "2026-11")).out, "cost of models")
    keep(alone, enquiry(1, lines=[entry("done", 0, "x", 1, call("0.0004"))]))
    assert "below $0.01" in _row((await run("report", "--month", "2026-11")).out, "cost of models")


async def test_goals_and_processes_of_ones_own_have_columns_of_their_own(alone: Path) -> None:
    goal = enquiry(1).model_copy(
        update={
            "enquiry_id": "GOAL-1",
            "process": "goal",
            "result": GoalResult(goal_id="GOAL-1", outcome="reached", summary="x"),
        }
    )
    own = goal.model_copy(
        update={
            "enquiry_id": "returns/RET-1",
            "process": "returns",
            "result": ProcessResult(run_id="returns/RET-1", outcome="done", summary="x"),
        }
    )
    keep(alone, enquiry(1), goal, own)
    found = await reported()
    assert [(each.process, each.received) for each in found.processes] == [("enquiry", 1), ("goal", 1), ("returns", 1)]
    assert found.all.outcomes == {"answered": 1, "reached": 1, "done": 1}
    assert _row((await run("report", "--month", "2026-11")).out, "received").split() == ["received", "1", "1", "1", "3"]


async def test_a_month_is_that_of_the_local_zone(in_johannesburg: Path) -> None:
    keep(in_johannesburg, enquiry(1, at=datetime(2026, 10, 31, 22, 30, tzinfo=UTC)))
    assert (await of("enquiry")).received == 1
    assert (await of("enquiry", "2026-10")).received == 0
    assert month_of("2026-12")[1] == datetime(2026, 12, 31, 22, tzinfo=UTC)


async def test_an_empty_month_is_told_in_one_line(alone: Path) -> None:
    said = await run("report", "--month", "2025-02")
    assert (said.code, said.out.splitlines()[1:]) == (0, ["Nothing came in."])
    assert (await reported("2025-02")).all.received == 0


@pytest.mark.parametrize("month", ["2026-13", "november", "2026", "2026-1", "0000-01", "9999-12", "", "٢٠٢٦-11"])
async def test_what_is_no_month_is_refused_in_one_line(alone: Path, month: str) -> None:
    said = await run("report", "--month", month)
    assert (said.code, said.complaint) == (1, f"{month!r} is no month. One looks like 2026-11.")


async def test_a_broken_record_is_told_in_one_line_and_the_others_are_counted(alone: Path) -> None:
    keep(alone, enquiry(1))
    for number in range(2, 7):
        Archive(alone / "state").path(f"INQ-{number}").write_text("{")
    said = await run("report", "--month", "2026-11", "--json")
    lines = [line for line in said.err.splitlines() if "cannot be read" in line]
    assert said.code == 0
    assert len(lines) == 1
    assert "and 2 more" in lines[0]
    found = MonthReport.model_validate_json(said.out)
    assert (found.all.received, len(found.unreadable)) == (1, 5)


async def test_an_archive_that_is_no_directory_is_told_in_one_line(alone: Path) -> None:
    (alone / "state").mkdir()
    (alone / "state" / "archive").write_text("")
    said = await run("report")
    assert said.code == 1
    assert "cannot be read" in said.complaint


async def test_runs_that_go_on_are_counted_as_open(connected: Path, client: Client) -> None:
    name = f"INQ-{uuid4().hex[:16]}"
    month = datetime.now().astimezone().strftime("%Y-%m")
    before = (await of("enquiry", month)).open
    assert before is not None
    started = await run("start", "enquiry", "--text", "Where is my order?", "--id", name)
    assert started.code == 0, started.err

    after = await eventually_more(before, month)
    assert after.received == after.open  # the archive is empty
    keep(connected, enquiry(1, at=datetime.now(UTC)).model_copy(update={"enquiry_id": name}))
    closing = await of("enquiry", month)
    assert closing.open is not None  # runs of other tests are listed, some of them late
    assert closing.received - closing.open == 1, "it has its record: it ended"
    await client.get_workflow_handle(f"enquiry/{name}").terminate()


async def eventually_more(before: int, month: str) -> Tally:
    """Visibility follows a little later."""

    async def look() -> Tally | None:
        found = await of("enquiry", month)
        return found if found.open is not None and found.open > before else None

    return await eventually(look)


def test_the_process_of_a_run_stands_in_its_id() -> None:
    assert [process_of(each) for each in ("INQ-1", "GOAL-1", "returns/RET-1")] == ["enquiry", "goal", "returns"]


def test_nine_in_ten_took_at_most_the_ninetieth_percentile() -> None:
    assert lengths([]).median_s is None
    assert (lengths([7]).median_s, lengths([7]).p90_s) == (7, 7)
    assert lengths(range(1, 11)).p90_s == 9
    assert lengths(range(1, 12)).p90_s == 10


def _row(table: str, title: str) -> str:
    return next(line for line in table.splitlines() if line.startswith(title))

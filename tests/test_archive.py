"""The archive keeps a run's record whole, once, and gives it back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from baton.archive import Archive
from baton.contracts.record import Fact, RecordEntry, RunRecord
from baton.contracts.systems import Unavailable

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
RECORD = RunRecord(
    enquiry_id="INQ-1",
    process="enquiry",
    received_at=AT,
    facts=[
        Fact(
            name="received",
            type="Message",
            value={"text": "hi\nthere\u2028and\u0085there"},
            step="received",
            agent="x",
            attempt=1,
            at=AT,
        )
    ],
    record=[RecordEntry(at=AT, kind="received", text="the enquiry arrived")],
    reviews=[],
    refusals=[],
    refused_count=0,
)


def test_a_record_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    assert archive.find("INQ-1") is None
    kept = archive.keep(RECORD)
    assert archive.find("INQ-1") == RECORD
    assert (kept.location, kept.lines) == ("archive/INQ-1.jsonl", 3)


def test_keeping_twice_keeps_one(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.keep(RECORD)
    before = archive.path("INQ-1").read_bytes()
    archive.keep(RECORD)
    assert archive.path("INQ-1").read_bytes() == before
    assert [path.name for path in (tmp_path / "archive").iterdir()] == ["INQ-1.jsonl"]


def test_a_disk_that_refuses_is_worth_another_attempt(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file stands where the directory should be")
    with pytest.raises(Unavailable):
        Archive(tmp_path).keep(RECORD)

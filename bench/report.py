"""How long `report` takes over an archive of many records: `uv run python -m bench.report [--records 5000]`.

The archive's own writer keeps them, each the size of a real enquiry's (about 55 KB), all in one month.
"""

import argparse
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from subprocess import run
from sys import executable
from time import perf_counter

from baton.archive import Archive
from baton.contracts.enquiry import EnquiryResult
from baton.contracts.models import ModelCall, PromptUsed
from baton.contracts.record import Fact, RecordEntry, RunRecord
from baton.contracts.review import Actor, Decision, Review, ReviewChoice
from baton.settings import child_environment

BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
ROOT = Path(__file__).parents[1]


def record(number: int) -> RunRecord:
    """One enquiry: fifteen facts, twenty-five lines, two requests to a model, a review that took an hour."""
    at = BEGIN + timedelta(minutes=number % 30_000)
    call = ModelCall(
        model="openai:gpt-5-mini",
        prompt=PromptUsed(name="read_enquiry", version="1", digest="0" * 64),
        input_tokens=900,
        output_tokens=120,
        seconds=1.2,
    )
    review = Review(
        review_id="resolution",
        kind="resolution",
        title="Check what would be done and sent",
        summary="Cancel order #W1042",
        subject={"reply": "word " * 300},
        subject_schema={"type": "object", "description": "schema " * 700},
        subject_digest="0" * 64,
        choices=[ReviewChoice(id="approve", label="Do it and send it")],
        created_at=at,
        due_at=at + timedelta(days=1),
        status="decided",
        decision=Decision(
            decision_id="d", review_id="resolution", revision=1, subject_digest="0" * 64, choice="approve",
            actor=Actor(id="nomsa"),
        ),
    )  # fmt: skip
    lines = [
        RecordEntry(
            at=at, kind="done", step=f"step/{each}", title="A step", agent="orders", attempt=1, text="word " * 12
        )
        for each in range(22)
    ]
    lines.append(RecordEntry(at=at, kind="done", step="read_enquiry", attempt=1, text="read", calls=[call, call]))
    lines.append(RecordEntry(at=at + timedelta(hours=1), kind="decided", step="resolution", text="approve by nomsa"))
    lines.append(RecordEntry(at=at + timedelta(hours=2), kind="closed", step="closed", text="answered"))
    facts = [
        Fact(
            name=f"fact/{each}", type="Order", value={"text": "word " * 500}, step="x", agent="orders", attempt=1, at=at
        )
        for each in range(15)
    ]
    return RunRecord(
        enquiry_id=f"INQ-{number}", process="enquiry", received_at=at, facts=facts, record=lines, reviews=[review],
        refusals=[], refused_count=0,
        result=EnquiryResult(enquiry_id=f"INQ-{number}", outcome="answered", summary="done"),
    )  # fmt: skip


def main() -> None:
    """Write them, and let the command read them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=5_000)
    many = parser.parse_args().records
    with tempfile.TemporaryDirectory() as place:
        archive = Archive(Path(place))
        for number in range(many):
            archive.keep(record(number))
        size = sum(file.stat().st_size for file in (Path(place) / "archive").iterdir())
        began = perf_counter()
        run(
            [executable, "starter.py", "report", "--month", "2026-11"],
            cwd=ROOT,
            env=child_environment({"STATE_DIR": place, "TEMPORAL_SERVER": "embedded"}),
            check=True,
        )
        took = perf_counter() - began
        used = getrusage(RUSAGE_CHILDREN)
    computing = f"{used.ru_utime + used.ru_stime:.1f} s of it computing"
    print(f"{many:,} records, {size / 1_000_000:.0f} MB: {took:.1f} s, {computing}, the program's own start in both")


if __name__ == "__main__":
    main()

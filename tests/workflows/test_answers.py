"""Answers to queries stay small whatever a run knows, and say what they leave out."""

from datetime import UTC, datetime

import pytest
from pydantic import BaseModel, JsonValue

from baton.contracts.agents import schema_of
from baton.contracts.enquiry import Resolution
from baton.contracts.record import Fact, RecordEntry, RunRecord, StepStatus
from baton.contracts.review import Actor, Decision, Review, ReviewChoice
from baton.contracts.sizes import MOST_ANSWERED, MOST_INLINE, size_of
from baton.contracts.wire import digest_of
from workflows.answers import LONGEST_DETAIL, MOST_STEPS_SHOWN, small_record, small_reviews, small_steps

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SCHEMA = schema_of(Resolution)


def fact(name: str, value: JsonValue, type_: str = "Order") -> Fact:
    """A fact of a run."""
    return Fact(name=name, type=type_, value=value, step=name, agent="x", attempt=1, at=AT)


def line(text: str) -> RecordEntry:
    """A line of its record."""
    return RecordEntry(at=AT, kind="done", step="step", text=text)


def review(number: int, size: int, *, status: str = "decided", value: JsonValue = None) -> Review:
    """A review whose subject has so many bytes."""
    subject: JsonValue = {"words": "w" * size}
    asked = Review(
        review_id=f"r{number}",
        kind="resolution",
        title="Approve",
        summary="Asked: this",
        subject=subject,
        subject_schema=SCHEMA,
        subject_digest=digest_of(subject),
        choices=[ReviewChoice(id="approve", label="Do this")],
        created_at=AT,
        due_at=AT,
    )
    if status == "open":
        return asked
    decision = Decision(
        decision_id=f"d{number}", review_id=f"r{number}", revision=1, subject_digest=asked.subject_digest,
        choice="edit", value=value, actor=Actor(id="nomsa"),
    )  # fmt: skip
    return asked.model_copy(update={"status": "decided", "decision": decision})


def record(
    facts: list[Fact] | None = None, lines: list[RecordEntry] | None = None, reviews: list[Review] | None = None
) -> RunRecord:
    """A run's record."""
    return RunRecord(
        enquiry_id="INQ-1", process="enquiry", received_at=AT, facts=facts or [], record=lines or [],
        reviews=reviews or [], refusals=[], refused_count=0,
    )  # fmt: skip


def size(*models: BaseModel) -> int:
    """Bytes of these as JSON."""
    return sum(len(each.model_dump_json().encode()) for each in models)


def test_an_answer_never_needs_a_file() -> None:
    assert MOST_ANSWERED < MOST_INLINE


def test_what_is_small_is_told_whole() -> None:
    whole = record([fact("a", {"x": 1})], [line("done")], [review(1, 10)])
    assert small_record(whole) == whole
    assert small_reviews(whole.reviews) == whole.reviews


def test_a_large_value_is_named_with_its_size_and_digest_and_what_people_wrote_is_kept_longest() -> None:
    large: JsonValue = {"items": ["x" * 1000] * 450}
    said: JsonValue = {"text": "y" * 200_000}
    told = small_record(record([fact("received", said, "Message"), fact("order", large), fact("small", 1)]))
    assert [each.value for each in told.facts] == [said, None, 1]
    left_out = told.facts[1].left_out
    assert left_out is not None
    assert (left_out.size_bytes, left_out.sha256) == (size_of(large), digest_of(large))
    assert size(told) <= MOST_ANSWERED


@pytest.mark.parametrize(
    "whole",
    [
        record([fact(f"f{number}", "x" * 5_000_000) for number in range(3)]),
        record([fact(f"f{number}", "x" * 90) for number in range(20_000)]),
        record([], [line("x" * 10_000) for _ in range(300)]),
        record([], [line("x" * 200) for _ in range(20_000)]),
        record([], [], [review(number, 100_000, value={"body": "v" * 100_000}) for number in range(60)]),
        record([], [], [review(number, 10) for number in range(2_000)]),
        record(
            [fact(f"f{number}", number) for number in range(5_000)],
            [line("x" * 200) for _ in range(5_000)],
            [review(number, 10_000) for number in range(500)],
        ),
        record([fact("ö", "ö€" * 400_000)]),
    ],
)
def test_a_record_finds_room_in_an_answer_whatever_makes_it_large(whole: RunRecord) -> None:
    told = small_record(whole)
    assert size(told) <= MOST_ANSWERED
    total = len(whole.facts) + len(whole.record) + len(whole.reviews)
    assert len(told.facts) + len(told.record) + len(told.reviews) + told.oldest_left_out == total
    assert size(*small_reviews(whole.reviews)) <= MOST_ANSWERED


def test_of_many_reviews_the_open_ones_and_the_latest_are_whole() -> None:
    every = [review(1, 90_000, status="open"), *(review(number, 90_000) for number in range(2, 12))]
    told = small_reviews(every)
    assert [each.review_id for each in told] == [each.review_id for each in every]
    assert [each.review_id for each in told if not each.left_out] == ["r1", "r8", "r9", "r10", "r11"]
    assert told[1].left_out is not None
    assert told[1].subject_digest == every[1].subject_digest
    assert told[1].decision is not None
    assert told[1].decision.choice == "edit"
    assert size(*told) <= MOST_ANSWERED


def test_of_more_reviews_than_an_answer_holds_even_bare_the_oldest_are_missing() -> None:
    every = [review(number, 10) for number in range(2_000)]
    told = small_reviews([review(2_001, 10, status="open"), *every])
    assert (told[0].review_id, told[-1].review_id) == ("r2001", "r1999")
    assert told[-1].left_out is None
    assert len(told) < 2_000


def test_of_very_many_steps_the_latest_are_shown_and_those_that_are_not_settled() -> None:
    steps = [StepStatus(step=f"s{number}", title="t" * 9_000, state="done") for number in range(5_000)]
    steps[3] = steps[3].model_copy(update={"state": "failed", "detail": "d" * 9_000})
    told = small_steps(steps)
    assert [told[0].step, told[1].step, told[-1].step] == ["s3", "s4000", "s4999"]
    assert len(told) == MOST_STEPS_SHOWN + 1
    assert len(told[0].detail) == len(told[0].title) == LONGEST_DETAIL

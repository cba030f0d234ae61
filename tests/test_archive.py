"""The archive keeps a run's record whole, once, and gives it back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from baton.archive import Archive, Unreadable
from baton.contracts.record import Fact, RecordEntry, RunRecord
from baton.contracts.sizes import MOST_HANDED
from baton.contracts.systems import Unavailable
from workflows.archiving import for_the_archive

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
    of_shadow = archive.keep(RECORD.model_copy(update={"enquiry_id": "shadow/INQ-1"}))
    assert of_shadow.location == "archive/shadow/INQ-1.jsonl", "a file of its own"


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


def large_record() -> RunRecord:
    """A record that has to be handed over in parts."""
    facts = [RECORD.facts[0].model_copy(update={"name": f"f{number}", "value": "x" * 600_000}) for number in range(5)]
    return RECORD.model_copy(update={"facts": facts, "record": RECORD.record * 3})


def test_a_large_record_is_handed_over_in_parts_that_are_small_enough() -> None:
    parts = list(for_the_archive(large_record(), stored=False))
    assert [key for key, _ in parts] == ["archive_record", "archive_record/2", "archive_record/3"]
    assert {part.parts for _, part in parts} == {3}
    assert max(len(part.model_dump_json()) for _, part in parts) < MOST_HANDED


def test_a_small_record_is_handed_over_at_once() -> None:
    ((key, only),) = for_the_archive(RECORD, stored=False)
    assert (key, only.record, only.parts) == ("archive_record", RECORD, 1)


def test_parts_become_one_record_and_nothing_else_stays(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for _, part in for_the_archive(large_record(), stored=False):
        assert archive.find("INQ-1") is None
        kept = archive.keep_part(part.record, part.part, part.parts)
    assert archive.find("INQ-1") == large_record()
    assert (kept.location, kept.lines) == ("archive/INQ-1.jsonl", 1 + 5 + 3)
    assert [path.name for path in archive.path("INQ-1").parent.rglob("*") if path.is_file()] == ["INQ-1.jsonl"]
    assert archive.keep_part(part.record, part.part, part.parts) == kept, "the last part, handed over once more"


def test_a_record_of_which_a_part_is_missing_is_not_kept_as_if_it_were_whole(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    _, *rest = [part for _, part in for_the_archive(large_record(), stored=False)]
    archive.keep_part(rest[0].record, rest[0].part, rest[0].parts)
    with pytest.raises(Unavailable):
        archive.keep_part(rest[1].record, rest[1].part, rest[1].parts)
    assert archive.find("INQ-1") is None


def test_a_value_that_nothing_could_carry_is_named_in_the_archive() -> None:
    huge = RECORD.model_copy(update={"facts": [RECORD.facts[0].model_copy(update={"value": "x" * 1_950_000})]})
    ((_, part),) = for_the_archive(huge, stored=False)
    left_out = part.record.facts[0].left_out
    assert left_out is not None
    assert left_out.size_bytes == 1_950_002
    (_, first), _ = for_the_archive(huge, stored=True)
    assert first.record.facts == huge.facts


def test_what_is_counted_of_a_record_leaves_its_facts_out(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    assert list(archive.counted(lambda _: True)) == []
    archive.keep(RECORD)
    archive.keep(RECORD.model_copy(update={"enquiry_id": "returns/RET-1", "process": "returns"}))
    counted = [each for each in archive.counted(lambda at: at == AT) if isinstance(each, RunRecord)]
    assert {each.enquiry_id: each for each in counted} == {
        "INQ-1": RECORD.model_copy(update={"facts": []}),
        "returns/RET-1": RECORD.model_copy(
            update={"facts": [], "enquiry_id": "returns/RET-1", "process": "returns"},
        ),
    }
    assert list(archive.counted(lambda _: False)) == []


def test_parts_of_a_record_are_not_counted(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.keep_part(RECORD, 1, 2)
    assert list(archive.counted(lambda _: True)) == []


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", "7", '{"kind": "run"}', "\ud800", '{"received_at": "soon"}', "{" * 9]
)
def test_a_broken_record_is_told_and_the_others_are_counted(tmp_path: Path, broken: str) -> None:
    archive = Archive(tmp_path)
    archive.keep(RECORD)
    path = archive.path("INQ-2")
    path.write_bytes(broken.encode("utf-8", "surrogatepass"))
    counted = list(archive.counted(lambda _: True))
    assert sorted(type(each).__name__ for each in counted) == ["RunRecord", "Unreadable"]
    told = next(each for each in counted if isinstance(each, Unreadable))
    assert told.path == path
    assert told.why
    assert "\n" not in told.why


def test_a_record_that_was_cut_is_told(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.keep(RECORD)
    whole = archive.path("INQ-1").read_bytes()
    archive.path("INQ-1").write_bytes(whole[:-20])
    assert [type(each) for each in archive.counted(lambda _: True)] == [Unreadable]

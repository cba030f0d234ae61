"""A run's record on its way to the archive: at once, or in parts where it is too large to be handed over at once."""

from collections.abc import Iterator

from baton.contracts.record import ArchiveRecord, Fact, RecordEntry, RunRecord
from baton.contracts.review import Refusal, Review
from baton.contracts.sizes import MOST_OF_A_RECORD, LeftOut, most_handed

Line = Fact | RecordEntry | Review | Refusal


def for_the_archive(record: RunRecord, *, stored: bool) -> Iterator[tuple[str, ArchiveRecord]]:
    """Each part with the key of its step, in the order in which they are put together again."""
    parts = _divided(record, stored=stored)
    for number, part in enumerate(parts, 1):
        yield (
            "archive_record" if number == 1 else f"archive_record/{number}",
            ArchiveRecord(record=part, part=number, parts=len(parts)),
        )


def _divided(record: RunRecord, *, stored: bool) -> list[RunRecord]:
    parts: list[RunRecord] = []
    lines: list[Line] = []
    room = MOST_OF_A_RECORD
    facts = [_that_can_be_handed(fact, stored=stored) for fact in record.facts]
    every: tuple[Line, ...] = (*facts, *record.record, *record.reviews, *record.refusals)
    for line in every:
        size = _size(line)
        if lines and size > room:
            parts.append(_with_these(record, lines))
            lines, room = [], MOST_OF_A_RECORD
        lines.append(line)
        room -= size
    return [*parts, _with_these(record, lines)]


def _that_can_be_handed(fact: Fact, *, stored: bool) -> Fact:
    """The fact; without its value where nothing could carry it: only what came with the start can be that large."""
    if _size(fact) <= most_handed(stored=stored) - MOST_OF_A_RECORD // 10:
        return fact
    return fact.model_copy(update={"value": None, "left_out": LeftOut.of(fact.value)})


def _size(line: Line) -> int:
    return len(line.model_dump_json().encode())


def _with_these(record: RunRecord, lines: list[Line]) -> RunRecord:
    return record.model_copy(
        update={
            "facts": [line for line in lines if isinstance(line, Fact)],
            "record": [line for line in lines if isinstance(line, RecordEntry)],
            "reviews": [line for line in lines if isinstance(line, Review)],
            "refusals": [line for line in lines if isinstance(line, Refusal)],
        }
    )

"""The archive: one file of JSON lines per run, in the state directory, named by the enquiry's id alone."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from baton.contracts.record import Archived, RunRecord
from baton.contracts.systems import Unavailable
from baton.files import write_whole

_LISTS = ("facts", "record", "reviews", "refusals")

_NOT_COUNTED = ('{"kind": "facts"', '{"kind": "refusals"')
"""How lines begin that nothing is counted from: most of a record's bytes are facts."""

_MISREAD = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What a damaged record leads to."""

_SMALL: dict[str, object] = {"subject": None, "subject_schema": {}, "evidence": [], "notes": []}
"""What a review has in place of what was seen: of thousands that would fill the memory."""


@dataclass(frozen=True)
class Unreadable:
    """A record that cannot be read, and why, in a few words."""

    path: Path
    why: str


class Archive:
    """Keeps the records of runs that ended. A record is written whole or not at all."""

    def __init__(self, state_dir: Path) -> None:
        self._dir = state_dir / "archive"

    def path(self, enquiry_id: str) -> Path:
        """Where the record of this enquiry stands once it has ended."""
        return self._dir / f"{enquiry_id}.jsonl"

    def keep(self, record: RunRecord) -> Archived:
        """Write the record: first a line that says what it is, then a line for each fact, event and review.

        Raises Unavailable when the disk does not take it.
        """
        lines = _lines(record)
        try:
            write_whole(self.path(record.enquiry_id), _text(lines))
        except OSError as problem:
            raise _unavailable(problem) from problem
        return self._kept(record.enquiry_id, len(lines))

    def keep_part(self, record: RunRecord, part: int, parts: int) -> Archived:
        """Write one part of a record that is too large to be handed over at once; the last puts it together.

        Raises Unavailable when the disk does not take it, or when another part is not here.
        """
        place = self._dir / "parts" / record.enquiry_id
        lines = _lines(record)
        try:
            if part == parts and self.path(record.enquiry_id).is_file() and not place.is_dir():
                return self._kept(record.enquiry_id, self.path(record.enquiry_id).read_bytes().count(b"\n"))
            write_whole(place / f"{part}.jsonl", _text(lines))
            if part < parts:
                return Archived(location=f"archive/parts/{record.enquiry_id}/{part}.jsonl", lines=len(lines))
            return self._put_together(record.enquiry_id, place, parts)
        except OSError as problem:
            raise _unavailable(problem) from problem

    def _put_together(self, enquiry_id: str, place: Path, parts: int) -> Archived:
        head, *rest = (place / "1.jsonl").read_bytes().splitlines(keepends=True)
        for number in range(2, parts + 1):
            rest += (place / f"{number}.jsonl").read_bytes().splitlines(keepends=True)[1:]
        write_whole(self.path(enquiry_id), b"".join([head, *rest]))
        shutil.rmtree(place)
        return self._kept(enquiry_id, 1 + len(rest))

    def _kept(self, enquiry_id: str, lines: int) -> Archived:
        return Archived(location=f"archive/{enquiry_id}.jsonl", lines=lines)

    def counted(self, wanted: Callable[[datetime], bool]) -> Iterator[RunRecord | Unreadable]:
        """What can be counted of each record that came in at a wanted time, in no order.

        That is no facts and no refusals, and of reviews not what was seen. A record that cannot be read is told,
        whenever it came in. Raises OSError where the directory itself cannot be read.
        """
        if not self._dir.exists():
            return
        for place, names, files in os.walk(self._dir, onerror=_raise):
            directory = Path(place)
            if directory == self._dir / "parts":
                names.clear()  # of records that are still being handed over
            for name in files:
                if not name.endswith(".jsonl"):
                    continue
                try:
                    record = _counted(directory / name, wanted)
                except _MISREAD as problem:
                    yield _unreadable(directory / name, problem)
                else:
                    if record is not None:
                        yield record

    def read(self, enquiry_id: str) -> RunRecord | Unreadable | None:
        """The record of an enquiry that ended, None when none is kept; one that cannot be read is told."""
        try:
            return self.find(enquiry_id)
        except _MISREAD as problem:
            return _unreadable(self.path(enquiry_id), problem)

    def find(self, enquiry_id: str) -> RunRecord | None:
        """The same. Raises what reading a damaged one leads to."""
        path = self.path(enquiry_id)
        if not path.is_file():
            return None
        head, *rest = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        lists: dict[str, list[object]] = {name: [] for name in _LISTS}
        for line in rest:
            lists[line["kind"]].append(line["value"])
        return RunRecord.model_validate({**head, **lists})


def _unreadable(path: Path, problem: Exception) -> Unreadable:
    return Unreadable(path, (str(problem).splitlines() or [type(problem).__name__])[0])


def _raise(problem: OSError) -> None:
    raise problem


def _counted(path: Path, wanted: Callable[[datetime], bool]) -> RunRecord | None:
    with path.open(encoding="utf-8", newline="\n") as file:
        head = json.loads(file.readline())
        if not wanted(datetime.fromisoformat(head["received_at"])):
            return None
        lists: dict[str, list[object]] = {name: [] for name in _LISTS}
        for text in file:
            if text.strip() and not text.startswith(_NOT_COUNTED):
                line = json.loads(text)
                value = line["value"]
                lists[line["kind"]].append({**value, **_SMALL} if line["kind"] == "reviews" else value)
    return RunRecord.model_validate({**head, **lists})


def _lines(record: RunRecord) -> list[dict[str, object]]:
    whole = record.model_dump(mode="json")
    head = {name: value for name, value in whole.items() if name not in _LISTS}
    return [{"kind": "run", **head}, *({"kind": name, "value": each} for name in _LISTS for each in whole[name])]


def _text(lines: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _unavailable(problem: OSError) -> Unavailable:
    return Unavailable(f"the archive cannot be written: {problem.strerror}")

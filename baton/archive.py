"""The archive: one file of JSON lines per run, in the state directory, named by the enquiry's id alone."""

import json
import os
import tempfile
from pathlib import Path

from baton.contracts.record import Archived, RunRecord
from baton.contracts.systems import Unavailable

_LISTS = ("facts", "record", "reviews", "refusals")


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
        whole = record.model_dump(mode="json")
        head = {name: value for name, value in whole.items() if name not in _LISTS}
        lines = [{"kind": "run", **head}]
        lines += [{"kind": name, "value": each} for name in _LISTS for each in whole[name]]
        path = self.path(record.enquiry_id)
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        try:
            _write_whole(path, text)
        except OSError as problem:
            raise Unavailable(f"the archive cannot be written: {problem.strerror}") from problem
        return Archived(location=f"archive/{path.name}", lines=len(lines))

    def find(self, enquiry_id: str) -> RunRecord | None:
        """The record of an enquiry that ended, None when none is kept."""
        path = self.path(enquiry_id)
        if not path.is_file():
            return None
        head, *rest = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        lists: dict[str, list[object]] = {name: [] for name in _LISTS}
        for line in rest:
            lists[line["kind"]].append(line["value"])
        return RunRecord.model_validate({**head, **lists})


def _write_whole(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)

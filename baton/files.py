"""Writing a file so that a reader sees all of it or none, also after a power cut."""

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file as a whole, readable by its owner alone, and have the disk keep it. Raises OSError."""
    _make_directory(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _keep_entries(path.parent)


def _make_directory(path: Path) -> None:
    """Each directory on the way for its owner alone: they hold what customers wrote."""
    if path.is_dir():
        return
    _make_directory(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    _keep_entries(path.parent)


def _keep_entries(directory: Path) -> None:
    opened = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

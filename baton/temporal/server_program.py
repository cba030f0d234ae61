"""Which `temporal` program serves: the user's own before the one from the package index, which is a repackaging."""

import shutil
import sys
import sysconfig
from pathlib import Path

from baton.settings import search_path


def server_programs() -> list[Path]:
    """Every `temporal` to try, in order: first any on PATH outside this Python, then the one installed with it."""
    ours = {Path(sysconfig.get_path("scripts")).resolve(), Path(sys.executable).parent.resolve()}
    elsewhere = [place for place in search_path() if place.resolve() not in ours]
    found = [_in(place) for place in [*elsewhere, *sorted(ours)]]
    return list(dict.fromkeys(program for program in found if program is not None))


def _in(place: Path) -> Path | None:
    program = shutil.which("temporal", path=str(place))
    return Path(program) if program else None

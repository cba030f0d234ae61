"""What each worker is made with."""

import shutil
from pathlib import Path

from baton.temporal.worker_options import CHECKOUT, ROOMS, build_of


def test_the_same_code_is_the_same_build_and_one_changed_line_is_another(tmp_path: Path) -> None:
    for room in ROOMS:
        shutil.copytree(CHECKOUT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    assert build_of(tmp_path) == build_of()
    build_of.cache_clear()
    with (tmp_path / "workflows" / "enquiry.py").open("a") as changed:
        changed.write("\n")
    assert build_of(tmp_path) != build_of()

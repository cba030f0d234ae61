"""The same with systems that remember no keys, and mail that cannot be looked up."""

from pathlib import Path

from .command import chaos


async def test_where_nobody_can_tell_a_person_is_asked_and_nothing_is_done_twice(tmp_path: Path) -> None:
    counted = await chaos(
        tmp_path, "--no-keys", "--runs", "8", "--boundaries", "16", "--chaos", "15", "--patience", "120"
    )
    assert counted.figures("started", "lost", "duplicated", "unapproved") == [8, 0, 0, 0], counted.explained
    assert counted.said["completed"] + counted.said["waiting"] == 8
    assert counted.code == 0

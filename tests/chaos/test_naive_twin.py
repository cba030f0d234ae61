"""The trial is hard enough: what one writes in an afternoon does not survive it."""

from pathlib import Path

from .command import chaos


async def test_the_same_trial_sees_what_a_naive_workflow_loses_and_doubles(tmp_path: Path) -> None:
    counted = await chaos(tmp_path, "--naive", "--runs", "8", "--chaos", "15", "--patience", "40")
    assert counted.said["started"] == 8
    assert counted.said["lost"] > 0, counted.explained
    assert counted.said["duplicated"] > 0, counted.explained
    assert counted.code == 1

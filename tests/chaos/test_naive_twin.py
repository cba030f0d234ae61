"""The trial is hard enough: what one writes in an afternoon does not survive it."""

from pathlib import Path

import pytest

from .command import chaos


async def test_the_same_trial_sees_that_a_naive_workflow_loses_or_doubles(tmp_path: Path) -> None:
    counted = await chaos(tmp_path, "--naive", "--runs", "8", "--chaos", "15", "--patience", "40")
    assert counted.said["started"] == 8
    assert counted.said["lost"] + counted.said["duplicated"] > 0, counted.explained
    assert counted.code == 1


@pytest.mark.long
async def test_among_more_of_them_are_both(tmp_path: Path) -> None:
    """Of eight, chance may leave one kind out."""
    counted = await chaos(tmp_path, "--naive", "--runs", "40", "--chaos", "45", "--patience", "60")
    assert counted.said["started"] == 40
    assert counted.said["lost"] > 0, counted.explained
    assert counted.said["duplicated"] > 0, counted.explained
    assert counted.code == 1

"""Everything breaks while enquiries are in flight: nothing is lost, done twice, or done without approval."""

import os
import re
import signal
from pathlib import Path

import pytest

from baton.temporal.embedded import running
from bench.chaos_parts.guardian import GROUP_FILE
from tests.workflows.driver import eventually

from .command import Counted, chaos, started


def explained(counted: Counted) -> str:
    """What was found, for whoever reads a failed test."""
    return "\n".join(f"{name}: {found}" for name, found in counted.said.items())


async def test_no_effect_is_lost_doubled_or_unapproved_while_everything_breaks(tmp_path: Path) -> None:
    counted = await chaos(tmp_path, "--runs", "30", "--boundaries", "16", "--chaos", "20", "--patience", "120")
    assert counted.figures("started", "lost", "duplicated", "unapproved") == [30, 0, 0, 0], explained(counted)
    assert counted.said["completed"] + counted.said["waiting"] == 30
    assert counted.said["kills"] > 5
    assert counted.code == 0
    names = "started completed waiting lost duplicated unapproved ambiguous kills seconds"
    assert re.fullmatch(" ".join(rf"{name}=[\d.]+" for name in names.split()), counted.last_line)


async def test_where_nobody_can_tell_a_person_is_asked_and_nothing_is_done_twice(tmp_path: Path) -> None:
    counted = await chaos(
        tmp_path, "--no-keys", "--runs", "8", "--boundaries", "16", "--chaos", "15", "--patience", "120"
    )
    assert counted.figures("started", "lost", "duplicated", "unapproved") == [8, 0, 0, 0], explained(counted)
    assert counted.said["waiting"] <= counted.said["ambiguous"]
    assert counted.code == 0


async def test_the_same_trial_sees_what_a_naive_workflow_loses_and_doubles(tmp_path: Path) -> None:
    counted = await chaos(tmp_path, "--naive", "--runs", "8", "--chaos", "15", "--patience", "8")
    assert counted.said["lost"] + counted.said["duplicated"] > 0
    assert counted.code == 1


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
async def test_a_trial_that_is_ended_in_the_middle_leaves_nothing_behind(tmp_path: Path, sign: signal.Signals) -> None:
    command = await started("--state", str(tmp_path), "--runs", "2", "--boundaries", "0")
    await eventually(lambda: _all_up(tmp_path), 60)
    command.send_signal(sign)
    await command.wait()
    await eventually(lambda: _all_gone(tmp_path), 30)


async def _all_up(state: Path) -> bool | None:
    return (state / "workers.log").exists() or None


async def _all_gone(state: Path) -> bool | None:
    try:
        os.killpg(int((state / GROUP_FILE).read_text()), 0)
    except ProcessLookupError:
        return running(state) is None or None
    return None

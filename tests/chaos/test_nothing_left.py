"""A trial that is ended in the middle ends everything that it started."""

import os
import signal
from pathlib import Path

import pytest

from baton.temporal.embedded import running
from bench.chaos_parts.guardian import GROUP_FILE
from tests.workflows.driver import eventually

from .command import started


@pytest.mark.parametrize("sign", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.long)])
async def test_a_trial_that_is_ended_in_the_middle_leaves_nothing_behind(tmp_path: Path, sign: signal.Signals) -> None:
    command = await started("--state", str(tmp_path), "--runs", "2", "--boundaries", "0")
    await eventually(lambda: _workers_up(tmp_path), 60)
    command.send_signal(sign)
    await command.wait()
    await eventually(lambda: _all_gone(tmp_path), 30)


async def _workers_up(state: Path) -> bool | None:
    return (state / "workers.log").exists() or None


async def _all_gone(state: Path) -> bool | None:
    try:
        os.killpg(int((state / GROUP_FILE).read_text()), 0)
    except ProcessLookupError:
        return running(state) is None or None
    return None

"""Everything breaks while enquiries are in flight: nothing is lost, done twice, or done without approval."""

import re
from pathlib import Path

from .command import chaos


async def test_no_effect_is_lost_doubled_or_unapproved_while_everything_breaks(tmp_path: Path) -> None:
    counted = await chaos(tmp_path, "--runs", "30", "--boundaries", "16", "--chaos", "20", "--patience", "120")
    assert counted.figures("started", "lost", "duplicated", "unapproved") == [30, 0, 0, 0], counted.explained
    assert counted.said["completed"] >= 25, counted.explained
    assert counted.said["kills"] > 5
    assert counted.code == 0
    names = "started completed waiting lost duplicated unapproved ambiguous kills seconds"
    assert re.fullmatch(" ".join(rf"{name}=[\d.]+" for name in names.split()), counted.last_line)

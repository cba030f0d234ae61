"""A process of one's own: its log is kept over its lives, its last words are those of this one."""

import os
import sys
from pathlib import Path

from baton.cli.processes import OwnProcess


async def test_last_words_are_those_of_this_life_and_not_of_one_before(tmp_path: Path) -> None:
    talker = OwnProcess("talker", tmp_path, [sys.executable, "-c", "print('I fell')"], os.environ, tmp_path)
    talker.start()
    await talker.ended()
    assert talker.last_words() == "I fell"
    silent = OwnProcess("talker", tmp_path, [sys.executable, "-c", ""], os.environ, tmp_path)
    silent.start()
    await silent.ended()
    assert silent.last_words() == ""
    assert talker.log.read_text() == "I fell\n"

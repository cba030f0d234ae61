"""Nothing is left behind, however the trial ends: one process group for all, and a guardian that outlives us to end it.

`python -m bench.chaos_parts.guardian STATE_DIR` leads the group. It waits for its standard input to close, which the
kernel does even when we were killed, then ends the server, every process of the group, and itself.
"""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from baton.cli.processes import signal_group
from baton.temporal.embedded import EmbeddedServer

ROOT = Path(__file__).resolve().parents[2]
"""The checkout, from which every process is started."""

GROUP_FILE = "chaos.group"


class Guardian:
    """The group that processes join by its number, which stands in the state directory."""

    def __init__(self, state_dir: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.chaos_parts.guardian", str(state_dir)],
            stdin=subprocess.PIPE,
            cwd=ROOT,
            process_group=0,
        )
        (state_dir / GROUP_FILE).write_text(f"{self.group}\n")

    @property
    def group(self) -> int:
        """The number of the group: Ctrl-C in a terminal does not reach it."""
        return self._process.pid

    def end(self) -> None:
        """End the server and everybody in the group, also those that are frozen; returns when that is done."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()


def guard(state_dir: Path) -> None:
    """Wait until nobody holds the other end, then end everything."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdin.buffer.read()
    asyncio.run(EmbeddedServer(state_dir).stop())
    signal_group(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    guard(Path(sys.argv[1]))

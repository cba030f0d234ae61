"""Commands as real processes: what they print, how they end, and what they leave behind."""

import asyncio
import codecs
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.workflows.driver import eventually

ROOT = Path(__file__).resolve().parents[2]
needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")


class Program:
    """One command as a process of its own; what it prints is kept."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""

    async def listen(self) -> None:
        """Keep what it prints, until it closes its output."""
        assert self.process.stdout is not None
        decoder = codecs.getincrementaldecoder("utf-8")()  # a piece may end within a character
        while chunk := await self.process.stdout.read(4096):
            self.said += decoder.decode(chunk)

    async def says(self, words: str, within_s: float = 60) -> None:
        """Wait until it has printed these words."""

        async def look() -> bool | None:
            if self.process.returncode is not None and words not in self.said:
                raise AssertionError(f"it ended with {self.process.returncode}: {self.said}")
            return words in self.said or None

        await eventually(look, within_s)

    async def ends(self, within_s: float = 40) -> int:
        """Its exit code."""
        return await asyncio.wait_for(self.process.wait(), within_s)


@asynccontextmanager
async def started(state: Path, *words: str, **environment: str) -> AsyncIterator[Program]:
    """One command, ended when the test leaves."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("TEMPORAL_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "starter.py", *words, cwd=ROOT, env=kept | {"STATE_DIR": str(state)} | environment,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    program = Program(process)
    listening = asyncio.create_task(program.listen())
    try:
        yield program
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), 30)
        await listening


def left(state: Path) -> list[str]:
    """Processes that belong to this state directory, by their own environment or command line."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        if place.name == str(os.getpid()):
            continue
        try:
            traces = (place / "environ").read_bytes() + (place / "cmdline").read_bytes()
        except OSError:
            continue
        if str(state).encode() in traces:
            found.append((place / "cmdline").read_bytes().decode(errors="replace").replace("\0", " "))
    return found


async def nothing_left(state: Path) -> None:
    """Wait until no process of this state directory is there."""

    async def look() -> bool | None:
        return not left(state) or None

    try:
        await eventually(look, 5)
    except AssertionError:
        raise AssertionError(f"still there: {left(state)}") from None


def worker_that_stops(own: Path, address: str, state: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """`worker.py` with modules of one's own beneath `own`, where these settings keep it from starting."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(own),
        "TEMPORAL_ADDRESS": address,
        "STATE_DIR": str(state),
        "ORDER_SYSTEM_URL": "http://127.0.0.1:9",
        "CRM_URL": "http://127.0.0.1:9",
        "MAILBOX_HOST": "127.0.0.1",
        "MAILBOX_PORT": "9",
        **settings,
    }
    return subprocess.run(
        [sys.executable, "worker.py"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

"""`up` and `demo` as real processes: one enquiry to its end, and nothing left behind however they end."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.workflows.driver import eventually

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")


class Program:
    """One command as a process of its own; what it prints is kept."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""

    async def listen(self) -> None:
        """Keep what it prints, until it closes its output."""
        assert self.process.stdout is not None
        while chunk := await self.process.stdout.read(4096):
            self.said += chunk.decode()

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


async def test_demo_takes_one_enquiry_to_its_end_on_its_own_server(tmp_path: Path) -> None:
    async with started(tmp_path, "demo", "--yes", TEMPORAL_ADDRESS="127.0.0.1:1") as demo:
        assert await demo.ends(90) == 0, demo.said
    assert "TEMPORAL_ADDRESS is set; this command uses its own server" in demo.said
    assert "What would be done" in demo.said
    assert "Done and answered." in demo.said
    assert "as it arrived at the mail server" in demo.said
    assert re.search(r"http://127\.0\.0\.1:\d+/namespaces/default/workflows/enquiry%2FINQ-demo-", demo.said)
    await nothing_left(tmp_path)


async def test_a_demo_stopped_at_its_review_leaves_no_process_and_goes_on_next_time(tmp_path: Path) -> None:
    async with started(tmp_path, "demo") as demo:
        await demo.says("Your answer:")
        demo.process.send_signal(signal.SIGINT)
        assert await demo.ends() == 130
    assert "Nothing is lost" in demo.said
    await nothing_left(tmp_path)
    waiting = re.search(r"INQ-demo-\w+", demo.said)
    assert waiting
    async with started(tmp_path, "demo", "--yes") as again:
        assert await again.ends(90) == 0, again.said
    assert f"An earlier demo run, {waiting[0]}, is still open" in again.said
    assert "Done and answered." in again.said
    await nothing_left(tmp_path)


async def test_what_a_killed_up_left_behind_is_ended_by_the_next_and_ctrl_c_twice_leaves_nothing(
    tmp_path: Path,
) -> None:
    async with started(tmp_path, "up") as first:
        await first.says("Running.")
        async with started(tmp_path, "up") as second:
            assert await second.ends() == 0
        assert "Everything is running here already" in second.said
        first.process.kill()
        await first.ends()
    assert len(left(tmp_path)) == 3, first.said
    async with started(tmp_path, "up") as after:
        await after.says("Running.")
        assert "A worker process was left from before; it was ended." in after.said
        after.process.send_signal(signal.SIGINT)
        await asyncio.sleep(0.05)
        after.process.send_signal(signal.SIGINT)
        assert await after.ends() == 0
    assert "Traceback" not in after.said
    await nothing_left(tmp_path)


async def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    async with started(tmp_path, "up") as up:
        await up.says("Running.")
        pid = int(re.findall(r"\d+", (tmp_path / "worker.pid").read_text())[0])
        os.kill(pid, signal.SIGKILL)
        await up.says("Starting it again in 1 s.")

        async def another() -> bool | None:
            now = int(re.findall(r"\d+", (tmp_path / "worker.pid").read_text())[0])
            return now != pid or None

        await eventually(another)
        up.process.send_signal(signal.SIGTERM)
        assert await up.ends() == 0
    await nothing_left(tmp_path)

"""A part in a process of its own, and what it has used. Linux: the kernel keeps a clock for every process."""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_STARTS_WITHIN_S, _ENDS_WITHIN_S = 60.0, 15.0


@dataclass(frozen=True)
class Part:
    """A running process, and the first line that it said: an address, or that it is ready."""

    pid: int
    said: str


@asynccontextmanager
async def part(module: str, *words: str, environment: dict[str, str] | None = None) -> AsyncIterator[Part]:
    """`python -m module words…`, once it has said its first line. It ends when we let go of its standard input.

    So it ends with us too, whatever ends us.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *words, cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        said = await asyncio.wait_for(process.stdout.readline(), _STARTS_WITHIN_S)
        if not said:
            raise RuntimeError(f"{module} ended before it was ready")
        yield Part(process.pid, said.decode().strip())
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _ENDS_WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()


async def until_let_go() -> None:
    """In the part: return when whoever started it lets go of our standard input, or is gone."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


def cpu_s(pids: Sequence[int]) -> float:
    """Seconds of CPU that these processes have used, all their threads, to the microsecond."""
    return sum(time.clock_gettime_ns(_clock_of(pid)) for pid in pids) / 1e9


def rss_mb(pid: int) -> float:
    """Megabytes of memory that a process holds now."""
    return _status(pid, "VmRSS")


def most_rss_mb(pid: int) -> float:
    """The most that it ever held."""
    return _status(pid, "VmHWM")


def _clock_of(pid: int) -> int:
    """The kernel's CPU clock of a process, exact where /proc/PID/stat counts in hundredths (clock_getcpuclockid(3))."""
    return (~pid << 3) | 2


def _status(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc/{pid}/status has no {name}")

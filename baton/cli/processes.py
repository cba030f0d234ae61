"""A process of ours: in a group of its own, known by a pid file, so that it is ended even after we were killed."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_LOG_LIMIT = 5_000_000  # bytes; then the log starts anew and one old one is kept
_POLL_S = 0.05


@dataclass
class OwnProcess:
    """One named process of the state directory: `name`.pid and `name`.log lie there."""

    name: str
    state_dir: Path
    command: Sequence[str]
    environment: Mapping[str, str]
    cwd: Path
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _log_before: int = field(default=0, init=False)

    def start(self) -> None:
        """Start it. Ctrl-C in the terminal does not reach it: it is ended in order, by us."""
        with _open_log(self.log) as log:
            self._log_before = log.seek(0, os.SEEK_END)
            self._child = subprocess.Popen(
                list(self.command), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.cwd, env=dict(self.environment), start_new_session=True,
            )  # fmt: skip
        _remember(self._pid_file, self._child.pid)

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.state_dir / f"{self.name}.log"

    @property
    def _pid_file(self) -> Path:
        return self.state_dir / f"{self.name}.pid"

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    async def ended(self) -> int:
        """Wait for its end; its exit code."""
        while self._child is not None and self._child.poll() is None:  # noqa: ASYNC110  another process sets no event
            await asyncio.sleep(_POLL_S)
        return self._child.returncode if self._child is not None else 0

    def last_words(self) -> str:
        """The last line that it printed since it was started."""
        try:
            lines = self.log.read_bytes()[self._log_before :][-4000:].decode("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1].strip()[:300] if lines else ""

    async def end(self, patience_s: float, hurry: asyncio.Event) -> None:
        """SIGTERM to its group, SIGKILL when the patience ends or somebody hurries; waits until it is gone."""
        if self._child is None:
            return
        until = asyncio.get_running_loop().time() + patience_s
        signal_group(self._child.pid, signal.SIGTERM)
        while self._child.poll() is None:
            if hurry.is_set() or asyncio.get_running_loop().time() > until:
                break
            await asyncio.sleep(_POLL_S)
        signal_group(self._child.pid, signal.SIGKILL)  # also what it may have started and left
        while self._child.poll() is None:  # noqa: ASYNC110  as above
            await asyncio.sleep(_POLL_S)
        self._pid_file.unlink(missing_ok=True)


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process group of ours; one that is gone is fine."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):  # macOS says 'not permitted' of a group of zombies
        return


async def end_left_over(state_dir: Path, name: str, patience_s: float = 5.0) -> bool:
    """End a process that a killed starter left behind; True when there was one."""
    file = state_dir / f"{name}.pid"
    pid = left_over(file)
    if pid is None:
        file.unlink(missing_ok=True)
        return False
    signal_group(pid, signal.SIGTERM)
    until = asyncio.get_running_loop().time() + patience_s
    while left_over(file) is not None and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110  as above
        await asyncio.sleep(_POLL_S)
    signal_group(pid, signal.SIGKILL)
    file.unlink(missing_ok=True)
    return True


def left_over(pid_file: Path) -> int | None:
    """The process id in the file when that very process still runs: a number alone may be anyone's by now."""
    try:
        noted = json.loads(pid_file.read_text())
        pid, born = int(noted["pid"]), str(noted["born"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return pid if born and _born(pid) == born else None


def _remember(file: Path, pid: int) -> None:
    beside = file.with_name(file.name + ".new")
    beside.write_text(json.dumps({"pid": pid, "born": _born(pid)}) + "\n")
    beside.replace(file)


def _born(pid: int) -> str:
    """When the process started, in the system's own words; empty when it is not there (a zombie is not)."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in ("Z", "X") else fields[19]
    program = shutil.which("ps")
    if program is None:
        return ""
    listed = subprocess.run(
        [program, "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=10
    )
    return listed.stdout.strip()


def _open_log(file: Path) -> IO[bytes]:
    if file.exists() and file.stat().st_size > _LOG_LIMIT:
        file.replace(file.with_suffix(".log.1"))
    return file.open("ab")

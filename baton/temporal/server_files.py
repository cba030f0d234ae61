"""What the embedded server leaves in the state directory, and how its process is recognised."""

import asyncio
import fcntl
import json
import re
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_LOG_LIMIT = 10_000_000  # bytes; then the log starts anew and one old one is kept
_LOCK_DEADLINE = 60.0  # seconds; longer than a start may take


@dataclass(frozen=True)
class ServerAddress:
    """Where an embedded server listens, on this machine only."""

    port: int
    ui_port: int
    pid: int
    state_dir: Path
    namespace: str = "default"

    @property
    def host_port(self) -> str:
        """The gRPC address: what TEMPORAL_ADDRESS would say."""
        return f"127.0.0.1:{self.port}"

    @property
    def ui(self) -> str:
        """The Web UI's address."""
        return f"http://127.0.0.1:{self.ui_port}"


class ServerFailed(Exception):
    """The embedded server cannot be started; the text is one line, with the server's own last words where it spoke."""


_MOST_WORDS = 1_000_000


class ServerFiles:
    """The state directory's files of the embedded server."""

    def __init__(self, state_dir: Path) -> None:
        self.directory = state_dir.resolve()
        self.database = self.directory / "temporal.db"
        self.log = self.directory / "temporal.log"
        self.pid = self.directory / "temporal.pid"
        self.ports = self.directory / "temporal.ports.json"
        self._changing = self.directory / "temporal.lock"
        self._users = self.directory / "temporal.users"

    def create_directory(self) -> None:
        """Make the state directory, readable by its owner alone: it holds customers' messages."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._changing.touch()
        except OSError as problem:
            raise ServerFailed(f"The state directory {self.directory} cannot be used: {problem.strerror}.") from None

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[None]:
        """One process at a time starts or ends the server."""
        self.create_directory()
        until = asyncio.get_running_loop().time() + _LOCK_DEADLINE
        with self._changing.open("a") as lock:
            while not _locked(lock, fcntl.LOCK_EX):
                if asyncio.get_running_loop().time() > until:
                    raise ServerFailed(f"Another process has held {self._changing} for {_LOCK_DEADLINE:.0f} s.")
                await asyncio.sleep(0.05)
            yield

    def join(self) -> IO[str]:
        """Count this process as a user of the server until the returned file is closed or the process dies."""
        users = self._users.open("a")
        fcntl.flock(users, fcntl.LOCK_SH)
        return users

    def in_use(self) -> bool:
        """Whether any process has joined."""
        if not self._users.exists():
            return False
        with self._users.open("a") as users:
            return not _locked(users, fcntl.LOCK_EX)

    def remember(self, address: ServerAddress) -> None:
        """Write process and ports; the ports outlive the server, so that links to its UI do too."""
        self.remember_ports(address.port, address.ui_port)
        _write(self.pid, f"{address.pid}\n")

    def remember_ports(self, port: int, ui_port: int) -> None:
        """For the next server, also where none has been yet: the usual ones then stay others'."""
        _write(self.ports, json.dumps({"port": port, "ui_port": ui_port}) + "\n")

    def forget_process(self) -> None:
        """The server has ended."""
        self.pid.unlink(missing_ok=True)

    def remembered_ports(self) -> tuple[int, int] | None:
        """gRPC and UI port of the last server, None when there are none to be read."""
        try:
            read = json.loads(self.ports.read_text())
            return int(read["port"]), int(read["ui_port"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def open_log(self) -> IO[bytes]:
        """The server's log, started anew when it has grown."""
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        return self.log.open("ab")

    def last_words(self, since: int, lines: int = 3) -> str:
        """What the server's log says from byte `since` on, in one line: its error before it broke down, else its end.

        A server that cannot open its port says so, and then breaks down over pages of its own insides.
        """
        try:
            with self.log.open("rb") as log:
                log.seek(since)
                said = log.read(_MOST_WORDS).decode(errors="replace").splitlines()
        except OSError:
            return ""
        said = [line.strip() for line in said if line.strip()]
        broke_down = next((at for at, line in enumerate(said) if line.startswith("panic:")), len(said))
        return " | ".join(line[:300] for line in (said[:broke_down] or said)[-lines:])


def running(state_dir: Path) -> ServerAddress | None:
    """The state directory's server when its process is there and its port is open."""
    files = ServerFiles(state_dir)
    pid = _pid_in(files.pid)
    address = serving(files.database, pid) if pid is not None else None
    if address is None:
        address = serving(files.database)  # the pid file is stale or gone, the server may be there all the same
    return address if address is not None and is_open(address.port) else None


def serving(database: Path, pid: int | None = None) -> ServerAddress | None:
    """The server of this database file by its own command line; a number that a dead process left may be anyone's."""
    for candidate, command in _processes(pid):
        ports = re.search(r" start-dev .*--port (\d+) --ui-port (\d+) ", command)
        if ports and f" {database} " in command:
            return ServerAddress(port=int(ports[1]), ui_port=int(ports[2]), pid=candidate, state_dir=database.parent)
    return None


def is_open(port: int) -> bool:
    """Whether something listens on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _processes(only: int | None) -> Iterator[tuple[int, str]]:
    """Process ids with their command lines: from /proc where there is one, else from `ps`."""
    return _from_proc(only) if Path("/proc/self/cmdline").exists() else _from_ps(only)


def _from_proc(only: int | None) -> Iterator[tuple[int, str]]:
    proc = Path("/proc")
    for entry in [proc / str(only)] if only is not None else proc.glob("[0-9]*"):
        try:
            yield int(entry.name), (entry / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue  # it ended while we looked


def _from_ps(only: int | None) -> Iterator[tuple[int, str]]:
    program = shutil.which("ps")
    if program is None:
        return
    chosen = ["-p", str(only)] if only is not None else ["-ax"]
    listed = subprocess.run(  # noqa: S603  fixed arguments
        [program, "-ww", *chosen, "-o", "pid=,command="], capture_output=True, text=True, check=False, timeout=10
    )
    for line in listed.stdout.splitlines():
        number, _, command = line.strip().partition(" ")
        if number.isdigit():
            yield int(number), command + " "


def _pid_in(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _locked(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole: a reader must never see half a number."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text)
    beside.replace(path)

"""Which ports the embedded server gets."""

import asyncio
import fcntl
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO

_LONGEST_TURN_S = 20.0
"""Shorter than others wait for the state directory; then it goes on: the ports are most likely free."""

USUAL = (7233, 8233)
"""gRPC and UI port of a Temporal development server: `temporal workflow list` then needs no address."""


@asynccontextmanager
async def taking_ports() -> AsyncIterator[None]:
    """One server of this user at a time chooses its ports and comes to listen on them.

    Else two that start together, as at boot, choose the same ones, and the one that listens answers for both.
    """
    until = asyncio.get_running_loop().time() + _LONGEST_TURN_S
    with _turns() as file:
        while file and not _taken(file) and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110  a file's lock
            await asyncio.sleep(0.05)
        yield


@contextmanager
def _turns() -> Iterator[IO[str] | None]:
    """A file of this user's, whatever the state directory; None where there is no place for one."""
    try:
        name = Path(tempfile.gettempdir()) / f"baton-ports-{os.getuid()}"
        opened = os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600), "w")
    except OSError:
        yield None
        return
    with opened:
        yield opened


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # no locks on this file system: as good as taken, for nobody can
        return True
    return True


def choose_ports(remembered: tuple[int, int] | None) -> tuple[int, int]:
    """gRPC and UI port: the remembered ones, else the usual ones, each replaced by any free one when taken."""
    wanted = remembered or USUAL
    return _free(wanted[0]), _free(wanted[1])


def _free(port: int) -> int:
    return port if _can_listen(port) else any_free_port()


def any_free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _can_listen(port: int) -> bool:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return (
                False  # on macOS binding beside a listener on all addresses succeeds, and one of the two gets no calls
            )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

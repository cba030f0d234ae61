"""A server that goes away in the midst of a command: said in one line, in time, and nothing else on standard output."""

import asyncio
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from temporalio.client import Client

from baton.temporal.embedded import ServerAddress
from tests.cli.command_line import run
from tests.cli.programs import ROOT
from tests.workflows.driver import enquiry


class Wire:
    """A connection to the tests' server that can be cut, or go silent, after so many bytes of answers."""

    def __init__(self, server: ServerAddress, *, silent_after: int | None = None) -> None:
        self._server = server
        self._left = silent_after
        self._writers: list[asyncio.StreamWriter] = []
        self._listening: asyncio.Server | None = None

    async def open(self) -> str:
        """The address to use in place of the server's."""
        self._listening = await asyncio.start_server(self._join, "127.0.0.1", 0)
        return f"127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._server.port)
        self._writers += [writer, back]
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(self._copy(reader, back), self._copy(there, writer, answers=True))

    async def _copy(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, answers: bool = False) -> None:
        while chunk := await source.read(65_536):
            if answers and self._left is not None:
                self._left -= len(chunk)
                if self._left < 0:
                    continue
            to.write(chunk)
            await to.drain()

    def cut(self) -> None:
        """The server is gone."""
        if self._listening is not None:
            self._listening.close()
        for writer in self._writers:
            writer.transport.abort()


async def test_the_sdks_own_warnings_never_reach_standard_output(
    connected: Path, client: Client, server: ServerAddress
) -> None:
    wire = Wire(server)
    address = await wire.open()
    async with enquiry(client) as one:
        await one.open_review()
        program = await asyncio.create_subprocess_exec(
            sys.executable, "starter.py", "watch", one.handle.id, cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "TEMPORAL_ADDRESS": address, "STATE_DIR": str(connected)},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert program.stdout is not None
        seen = b""
        while b"due in" not in seen and (got := await asyncio.wait_for(program.stdout.readline(), 20)):
            seen += got
        wire.cut()
        rest, complaint = await asyncio.wait_for(program.communicate(), 30)
    assert rest == b""
    assert complaint.count(b"\n") == 1
    assert b"does not answer" in complaint


@pytest.mark.parametrize("silent_after", [600, 1200])
@pytest.mark.parametrize("words", [("start", "enquiry", "--text", "hi"), ("list",), ("inbox",), ("approve", "INQ-1")])
async def test_a_server_that_falls_silent_is_said_in_time(
    connected: Path, server: ServerAddress, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], silent_after: int
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", await Wire(server, silent_after=silent_after).open())
    began = time.monotonic()
    await run(*words)
    assert time.monotonic() - began < 10

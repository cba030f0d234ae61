"""An MCP server's process: what it says is bounded, what it knows of us is listed, and it goes when we go.

It is ended as the protocol has it: its input is closed, then it is asked to end, then it is killed, and with it all
that it started. Where we are killed ourselves nobody could do that, so a guard beside it sees our end, and does.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Self

import anyio
from mcp import types
from mcp.client.stdio import get_default_environment
from mcp.shared.message import SessionMessage

from baton.contracts.last_look import last_look
from baton.contracts.mcp import ListedServer
from baton.contracts.sizes import MOST_SAID
from baton.contracts.systems import Unavailable
from baton.settings import named_environment

GRACE_S = 2.0

_GUARD = f'read -r _; sleep {GRACE_S:g}; kill -s KILL -- "-$1"'
"""Its input ends when we do, however we do."""

_PIPE, _NOWHERE = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL


class Ended(Exception):
    """Why the process can be talked to no more."""


class ServerProcess:
    """What a session with the server hears, and the stream that it tells. `why_ended`: why there is no more of that."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._deaf = asyncio.Event()
        self.why_ended = ""
        self.said, self.heard = anyio.create_memory_object_stream[SessionMessage | Exception](0)

    async def listen(self) -> None:
        """Hand its messages on, one a line; what is none is passed over. Raises Ended."""
        assert self._process.stdout is not None
        async with self.said:
            try:
                while line := await self._process.stdout.readline():
                    with suppress(ValueError):
                        message = types.jsonrpc_message_adapter.validate_json(line, by_name=False)
                        await self.said.send(SessionMessage(message))
            except ValueError:
                raise self._ended(f"its answer is longer than {MOST_SAID:,} bytes") from None
        raise self._ended("it ended, or closed its streams")

    async def send(self, item: SessionMessage) -> None:
        """Write what the session tells it, in the task of whoever asks: the last look is that of their attempt."""
        assert self._process.stdin is not None
        line = item.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n"
        if isinstance(item.message, types.JSONRPCRequest) and item.message.method == "tools/call":
            last_look()
        try:
            self._process.stdin.write(line)
            await self._process.stdin.drain()
        except ConnectionError:
            self._ended("it ended, or closed its streams")
            self._deaf.set()
            raise anyio.BrokenResourceError from None

    async def until_deaf(self) -> None:
        """Wait until it takes no more messages. Raises Ended."""
        await self._deaf.wait()
        raise Ended(self.why_ended)

    async def aclose(self) -> None:
        """The session says no more; the process ends with its context."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _ended(self, why: str) -> Ended:
        self.why_ended = self.why_ended or why
        return Ended(self.why_ended)


@asynccontextmanager
async def server_process(listed: ListedServer) -> AsyncIterator[ServerProcess]:
    """The server's process, ended with all that it started. Raises Unavailable where there is none to start."""
    async with AsyncExitStack() as ending:
        try:
            process = await asyncio.create_subprocess_exec(
                listed.command, *listed.args, env=_environment(listed), stdin=_PIPE, stdout=_PIPE,
                stderr=_NOWHERE,  # what it logs may hold what it was handed
                start_new_session=True, limit=MOST_SAID,
            )  # fmt: skip
        except FileNotFoundError:
            raise Unavailable(f"there is no program {listed.command}") from None
        except OSError as problem:
            raise Unavailable(f"{listed.command} cannot be run: {problem.strerror}") from None
        ending.push_async_callback(_end, process)
        guard = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", _GUARD, "guard", str(process.pid), env={"PATH": os.defpath}, stdin=_PIPE,
            stdout=_NOWHERE, stderr=_NOWHERE, start_new_session=True,
        )  # fmt: skip
        ending.push_async_callback(_end_guard, guard)
        yield ServerProcess(process)


def _environment(listed: ListedServer) -> dict[str, str]:
    """PATH, HOME and the like, what is passed on by name, what is written there; nothing else that we know."""
    passed = named_environment(listed.pass_env)
    missing = sorted(set(listed.pass_env) - set(passed))
    if missing:
        raise Unavailable(f"pass_env names {', '.join(missing)}, which is not set")
    return get_default_environment() | passed | listed.env


async def _end(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        if not await _gone(process):
            _signal(process, signal.SIGTERM)
            await _gone(process)
    finally:  # also where we may not wait any longer, and what it started and left
        _signal(process, signal.SIGKILL)
    await _gone(process)


async def _end_guard(guard: asyncio.subprocess.Process) -> None:
    """Before the server itself ends: its number may be another's then."""
    _signal(guard, signal.SIGKILL)
    await _gone(guard)


async def _gone(process: asyncio.subprocess.Process) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE_S):
            await process.wait()
    return process.returncode is not None


def _signal(process: asyncio.subprocess.Process, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)

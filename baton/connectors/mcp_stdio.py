"""A program that offers tools over its standard streams: started when first used, again after it died, ended with us.

what happened                                      reading      writing
-------------------------------------------------  -----------  --------------
it does not start, or does not answer at its start  Unavailable  Unavailable
it died, or closed its streams, during a call       Unavailable  OutcomeUnknown
isError, and arguments that it does not take        Rejected     Rejected
an answer that its own schema does not allow        Unexpected   Unexpected
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any

import anyio
from mcp import MCPError, types
from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client

from baton.contracts.discretion import without_personal_data
from baton.contracts.mcp import ListedServer, PinnedTool
from baton.contracts.systems import OutcomeUnknown, Rejected, SystemFault, Unavailable, Unexpected
from baton.contracts.wire import JsonObject

START_S = 20.0
_LONGEST_WORDS = 200


class Running:
    """One process of a server, as long as it lives."""

    def __init__(self, name: str, listed: ListedServer) -> None:
        self._name, self._listed = name, listed
        self.offered: dict[str, PinnedTool] = {}
        self.started: asyncio.Future[ClientSession] = asyncio.get_running_loop().create_future()
        self.life = asyncio.create_task(self._live(), name=f"mcp {name}")

    async def _live(self) -> None:
        # The streams are entered and left in this one task, whoever calls.
        try:
            async with self._connected() as session:
                async with asyncio.timeout(START_S):
                    await session.initialize()
                    self.offered = await _offered(session)
                self.started.set_result(session)
                await asyncio.Event().wait()
        except Exception as problem:
            fault = Unavailable(f"MCP server {self._name} does not start: {type(problem).__name__}")
            if not self.started.done():
                self.started.set_exception(fault)
                self.started.exception()  # nobody may be waiting for it any more
        finally:
            self.started.cancel()

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[ClientSession]:
        """A session that ends, with whatever is done in it, when the process closes its streams."""
        program = StdioServerParameters(
            command=self._listed.command, args=self._listed.args, env=self._listed.env or None
        )
        # What it logs may hold what it was handed, so it goes nowhere.
        with open(os.devnull, "w") as nowhere:  # noqa: ASYNC230, PTH123  it blocks nobody
            async with stdio_client(program, nowhere) as (read, write):
                hand_on, heard = anyio.create_memory_object_stream[Any](0)

                async def listen() -> None:
                    async with hand_on:
                        with contextlib.suppress(
                            anyio.EndOfStream, anyio.ClosedResourceError, anyio.BrokenResourceError
                        ):
                            while True:
                                await hand_on.send(await read.receive())
                    raise ConnectionError("it closed its streams")

                async with anyio.create_task_group() as tasks, ClientSession(heard, write) as session:
                    tasks.start_soon(listen)
                    yield session
                    tasks.cancel_scope.cancel()


class McpServer:
    """One server that the file lists. `asked`: how many calls it was handed."""

    def __init__(self, name: str, listed: ListedServer) -> None:
        self.name, self._listed = name, listed
        self._running: Running | None = None
        self.asked = 0

    async def running(self) -> Running:
        """Its process, started where there is none. Raises Unavailable."""
        if self._running is None or self._running.life.done():
            self._running = Running(self.name, self._listed)
        running = self._running
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(running.started)
            return running
        if not running.started.cancelled():
            raise asyncio.CancelledError
        raise Unavailable(f"MCP server {self.name} ended")

    async def call(self, running: Running, tool: str, arguments: JsonObject, *, writing: bool) -> types.CallToolResult:
        """The tool's answer; bounded by whoever calls. Raises the faults above."""
        lost = OutcomeUnknown if writing else Unavailable
        words = f"MCP server {self.name}: {tool}"
        self.asked += 1
        asking = asyncio.create_task(running.started.result().call_tool(tool, arguments))
        try:
            await asyncio.wait({asking, running.life}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                raise lost(f"{words}: the server ended before it answered")
            answer = asking.result()
        except MCPError as error:
            raise _of_protocol(words, error, lost) from None
        except (RuntimeError, ValueError) as error:
            raise Unexpected(f"{words} gave an answer that is not of its form ({type(error).__name__})") from None
        finally:
            asking.cancel()
        if answer.is_error:
            said = without_personal_data(text_of(answer))[:_LONGEST_WORDS]
            raise Rejected(f"{words} refused: {said}")
        return answer

    async def aclose(self) -> None:
        """End its process."""
        if self._running is not None:
            self._running.life.cancel()
            await asyncio.wait([self._running.life])


def text_of(answer: types.CallToolResult) -> str:
    """All text of an answer."""
    return "\n".join(each.text for each in answer.content if isinstance(each, types.TextContent))


def _of_protocol(words: str, error: MCPError, lost: type[SystemFault]) -> SystemFault:
    if error.code in (types.INVALID_PARAMS, types.METHOD_NOT_FOUND):
        return Rejected(f"{words}: the server does not take this call")
    if error.code in (types.CONNECTION_CLOSED, types.REQUEST_TIMEOUT):
        return lost(f"{words}: the connection ended before an answer")
    return Unexpected(f"{words}: the server answered with error {error.code}")


async def _offered(session: ClientSession) -> dict[str, PinnedTool]:
    found: dict[str, PinnedTool] = {}
    cursor: str | None = None
    while True:
        page = await session.list_tools(params=types.PaginatedRequestParams(cursor=cursor))
        for tool in page.tools:
            found[tool.name] = PinnedTool(
                description=tool.description or "", input_schema=tool.input_schema, output_schema=tool.output_schema
            )
        cursor = page.next_cursor
        if cursor is None:
            return found

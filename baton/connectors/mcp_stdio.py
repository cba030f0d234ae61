"""A program that offers tools over its standard streams: started when first used, again after it died, ended with us.

what happened                                      reading      writing
-------------------------------------------------  -----------  --------------
it does not start, or does not answer at its start  Unavailable  Unavailable
it died, or closed its streams, during a call       Unavailable  OutcomeUnknown
it said more than MOST_SAID bytes in one message    Unavailable  OutcomeUnknown
isError, and arguments that it does not take        Rejected     Rejected
an answer that its own schema does not allow        Unexpected   Unexpected
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import anyio
from mcp import MCPError, types
from mcp.client.session import ClientSession

from baton.contracts.discretion import without_personal_data
from baton.contracts.mcp import ListedServer, PinnedTool
from baton.contracts.systems import OutcomeUnknown, Rejected, SystemFault, Unavailable, Unexpected
from baton.contracts.wire import JsonObject

from .mcp_process import ServerProcess, server_process

START_S = 20.0
_LONGEST_WORDS = 200


class Running:
    """One process of a server, as long as it lives."""

    def __init__(self, name: str, listed: ListedServer) -> None:
        self._name, self._listed = name, listed
        self.offered: dict[str, PinnedTool] = {}
        self.process: ServerProcess | None = None
        self._changed = False
        self._looking = asyncio.Lock()
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
            if not self.started.done():
                self.started.set_exception(
                    Unavailable(f"MCP server {self._name} does not start: {self.why_ended or _why(problem)}")
                )
                self.started.exception()  # nobody may be waiting for it any more
        finally:
            self.started.cancel()

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[ClientSession]:
        """A session that ends, with whatever is done in it, when the process closes its streams."""
        async with (
            server_process(self._listed) as process,
            anyio.create_task_group() as tasks,
            ClientSession(process.heard, process, message_handler=self._note) as session,
        ):
            tasks.start_soon(process.listen)
            tasks.start_soon(process.until_deaf)
            self.process = process
            yield session
            tasks.cancel_scope.cancel()

    @property
    def why_ended(self) -> str:
        """Why it can be talked to no more; empty while it can."""
        return self.process.why_ended if self.process else ""

    async def _note(self, message: object) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            self._changed = True

    async def look_again(self) -> None:
        """Read what it offers anew where it said that this changed. Raises Unavailable."""
        async with self._looking:
            while self._changed:
                self._changed = False
                try:
                    self.offered = await asyncio.wait_for(_offered(self.started.result()), START_S)
                except (MCPError, TimeoutError):
                    self._changed = True
                    raise Unavailable(f"MCP server {self._name} changed its tools, and does not list them") from None


class McpServer:
    """One server that the file lists. `asked`: how many calls it was handed."""

    def __init__(self, name: str, listed: ListedServer) -> None:
        self.name, self._listed = name, listed
        self._running: Running | None = None
        self._lives: set[asyncio.Task[None]] = set()
        self.asked = 0

    async def running(self) -> Running:
        """Its process, started where there is none. Raises Unavailable."""
        if self._running is None or self._running.life.done() or self._running.why_ended:
            self._running = Running(self.name, self._listed)
            self._lives.add(self._running.life)
            self._running.life.add_done_callback(self._lives.discard)
        running = self._running
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(running.started)
            await running.look_again()
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
                raise lost(f"{words}: no answer: {running.why_ended or 'the server was ended'}")
            answer = asking.result()
        except MCPError as error:
            raise _of_protocol(words, error, lost, running.why_ended) from None
        except (RuntimeError, ValueError) as error:
            raise Unexpected(f"{words} gave an answer that is not of its form ({type(error).__name__})") from None
        finally:
            asking.cancel()
        if answer.is_error:
            said = without_personal_data(text_of(answer))[:_LONGEST_WORDS]
            raise Rejected(f"{words} refused: {said}")
        return answer

    async def aclose(self) -> None:
        """End its process, and see former ones to their end."""
        if self._running is not None and not self._running.why_ended:
            self._running.life.cancel()
        if self._lives:
            await asyncio.wait(self._lives)


def _why(problem: BaseException) -> str:
    """In words that hold nothing of what it was handed."""
    while isinstance(problem, BaseExceptionGroup):
        problem = problem.exceptions[0]
    if isinstance(problem, Unavailable):
        return str(problem)
    if isinstance(problem, TimeoutError):
        return f"no answer within {START_S:g} s"
    return type(problem).__name__


def text_of(answer: types.CallToolResult) -> str:
    """All text of an answer."""
    return "\n".join(each.text for each in answer.content if isinstance(each, types.TextContent))


def _of_protocol(words: str, error: MCPError, lost: type[SystemFault], why_ended: str) -> SystemFault:
    if error.code in (types.INVALID_PARAMS, types.METHOD_NOT_FOUND):
        return Rejected(f"{words}: the server does not take this call")
    if error.code in (types.CONNECTION_CLOSED, types.REQUEST_TIMEOUT):
        return lost(f"{words}: no answer: {why_ended or 'the connection ended'}")
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

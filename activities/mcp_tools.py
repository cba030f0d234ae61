"""Granted tools of MCP servers, made into activities. Their cards come from the lock: no server need run for them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import MethodType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, RootModel

from baton.connectors.mcp_files import lock_beside, read_agents_file, read_lock
from baton.contracts.agents import Card, without_prose
from baton.contracts.mcp import GrantedTool, ListedServer, PinnedTool
from baton.contracts.plan import PlanCard
from baton.contracts.schema_types import LONGEST_DESCRIPTION, needs_in, parts_in, pascal
from baton.contracts.systems import Misconfigured, SystemFault, Unavailable, Unexpected
from baton.contracts.tools.write import KEY_FIELDS, Write
from baton.contracts.wire import JsonObject

from .capability import step_of
from .own_agents import as_method
from .own_cards import RESERVED
from .retries import RETRY_OF

if TYPE_CHECKING:  # only who lists MCP servers has its package
    from baton.connectors.mcp_stdio import McpServer, Running

AGAIN = "Look at what changed, then: uv run starter.py agents lock"


class Arguments(BaseModel):
    """What a tool that reads is handed: the server checks it."""

    model_config = ConfigDict(extra="allow")


class WriteArguments(Write):
    """What a tool that writes is handed, beside the key."""

    model_config = ConfigDict(extra="allow", frozen=True)


class McpResult(RootModel[JsonObject]):
    """What a tool gave."""


class McpTool:
    """One granted tool: its card, and its activity for a worker."""

    def __init__(self, server: str, tool: str, granted: GrantedTool, pinned: PinnedTool) -> None:
        self.server_name, self.tool, self.granted, self.pinned = server, tool, granted, pinned
        self.server: McpServer | None = None
        self.card = _card(server, tool, granted, pinned)
        writing = granted.effect != "read"
        function: Any = self._writer() if writing else self._reader()
        made: Any = step_of(as_method(function, granted.effect), WriteArguments if writing else Arguments, self.card)
        self.step = MethodType(made, self)

    def _reader(self) -> Any:
        async def read(given: Arguments) -> McpResult:
            return await self._call(given.model_extra or {})

        return read

    def _writer(self) -> Any:
        async def write(given: WriteArguments) -> McpResult:
            key = {self.granted.key_input: given.key} if self.granted.key_input else {}
            return await self._call({**(given.model_extra or {}), **key})

        return write

    async def _call(self, arguments: JsonObject) -> McpResult:
        if self.server is None:
            raise Unavailable(f"MCP server {self.server_name} is not there")
        running = await self.server.running()
        why = self.why_refused(running)
        if why:
            raise Misconfigured(why)
        answer = await self.server.call(running, self.tool, arguments, writing=self.granted.effect != "read")
        return McpResult(self._value(answer))

    def why_refused(self, running: "Running") -> str:
        """What to do about a tool that is not as it was pinned; empty where it is."""
        offered = running.offered.get(self.tool)
        place = f"MCP server {self.server_name}: {self.tool}"
        if offered is None:
            return f"{place} is not offered any more, and is refused. {AGAIN}"
        if offered.shape != self.pinned.digest:
            return f"{place} is not as it was pinned, and is refused: its inputs or its result changed. {AGAIN}"
        return ""

    def _value(self, answer: Any) -> JsonObject:
        from baton.connectors.mcp_stdio import text_of  # noqa: PLC0415  only who lists MCP servers has its package

        if self.pinned.output_schema is None:
            return {"text": text_of(answer)}
        if not isinstance(answer.structured_content, dict):
            raise Unexpected(f"MCP server {self.server_name}: {self.tool} gave no structured content")
        return answer.structured_content


def load_mcp_tools(path: Path | None, known: Sequence[Card]) -> list[McpTool]:
    """The granted and pinned tools. Raises Misconfigured with the line to mend."""
    if path is None:
        return []
    listed, lock = read_agents_file(path), read_lock(lock_beside(path))
    taken = {card.name for card in known} | RESERVED
    found: list[McpTool] = []
    for server, each in listed.servers.items():
        for tool, granted in each.tools.items():
            name, place = granted.name or tool, f"{path.name}: servers.{server}.tools.{tool}"
            pinned = lock.servers.get(server, {}).get(tool)
            if name in taken:
                raise Misconfigured(f'{place}: the name {name} is taken. Give it another: name = "{server}_{tool}"')
            taken.add(name)
            if pinned is None:
                logging.warning("%s is granted and not pinned, so it is not there. %s", place, AGAIN)
                continue
            if pinned.shape != pinned.digest:
                raise Misconfigured(f"{lock_beside(path).name}: {server}.{tool} does not match its digest. {AGAIN}")
            wrong = KEY_FIELDS & set(needs_in(pinned.input_schema)) - {granted.key_input}
            if wrong and granted.effect != "read":
                raise Misconfigured(f"{place}: its input {min(wrong)} is one that every write has")
            found.append(McpTool(server, tool, granted, pinned))
    for mine in found:
        if mine.card.undo is not None and mine.card.undo not in taken:
            place = f"{path.name}: servers.{mine.server_name}.tools.{mine.tool}"
            raise Misconfigured(f"{place}: there is no {mine.card.undo} to take it back")
    return found


def server_for(name: str, listed: ListedServer) -> "McpServer":
    """A server, not started. Raises Misconfigured where MCP is not installed."""
    try:
        from baton.connectors.mcp_stdio import McpServer  # noqa: PLC0415  only who lists MCP servers has its package
    except ModuleNotFoundError as missing:
        raise Misconfigured(
            f"AGENTS_FILE needs '{missing.name}', which is not installed: uv sync --group mcp"
        ) from None
    return McpServer(name, listed)


@asynccontextmanager
async def connected_tools(path: Path | None, known: Sequence[Card]) -> AsyncIterator[list[McpTool]]:
    """The tools with their servers behind them, looked at meanwhile, ended at the end. Raises Misconfigured."""
    tools = load_mcp_tools(path, known)
    listed: Mapping[str, ListedServer] = read_agents_file(path).servers if path and tools else {}
    servers = {name: server_for(name, listed[name]) for name in dict.fromkeys(tool.server_name for tool in tools)}
    for tool in tools:
        tool.server = servers[tool.server_name]
    # Not waited for: one that does not answer would hold the worker up for as long as it may take to start.
    looking = [asyncio.create_task(_look(server, tools)) for server in servers.values()]
    try:
        yield tools
    finally:
        for look in looking:
            look.cancel()
        await asyncio.gather(*(server.aclose() for server in servers.values()))


async def _look(server: "McpServer", tools: Sequence[McpTool]) -> None:
    try:
        running = await server.running()
    except SystemFault as fault:
        logging.warning("%s. Its tools fail until it does.", fault)
        return
    for why in (tool.why_refused(running) for tool in tools if tool.server is server):
        if why:
            logging.warning("%s", why)


def _card(server: str, tool: str, granted: GrantedTool, pinned: PinnedTool) -> PlanCard:
    gives = pascal(server) + pascal(tool)
    schema = pinned.output_schema or {
        "type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"],
    }  # fmt: skip
    inputs = {name: need for name, need in needs_in(pinned.input_schema).items() if name != granted.key_input}
    return PlanCard(
        name=granted.name or tool,
        agent=f"{server} (MCP)",
        description=next(iter(pinned.description.splitlines()), "")[:LONGEST_DESCRIPTION] or f"{tool} of {server}.",
        takes=f"{gives}Inputs",
        gives=gives,
        gives_schema=without_prose(schema),
        effect=granted.effect,
        retry=RETRY_OF[granted.effect],
        attempt_s=granted.attempt_s,
        heartbeat_s=2.0,
        undo=granted.undo,
        no_undo=granted.no_undo,
        optional=True,
        inputs=inputs,
        parts=parts_in(gives, schema),
        cost=granted.cost,
        typical_s=granted.typical_s,
        source=f"MCP: {server}",
    )

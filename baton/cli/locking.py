"""`agents lock`: pins the granted tools of MCP servers as they are now: one that changes is not used unseen."""

from activities.mcp_tools import server_for
from baton.cli.console import out
from baton.cli.problems import Problem, plainly
from baton.connectors.mcp_files import lock_beside, read_agents_file, read_lock, write_lock
from baton.contracts.mcp import AgentsLock, ListedServer, PinnedTool
from baton.contracts.sizes import MOST_SCHEMA, size_of
from baton.contracts.systems import SystemFault
from baton.settings import load_settings


@plainly
async def lock() -> None:
    """Pin the inputs and results of all granted MCP tools as their servers offer them now."""
    path = load_settings().agents_file
    if path is None:
        raise Problem("AGENTS_FILE is not set, so there is nothing to pin. Valid example: AGENTS_FILE=agents.toml")
    try:
        before = read_lock(lock_beside(path)).servers
    except SystemFault:  # it is written anew
        before = {}
    try:
        listed = read_agents_file(path).servers
        servers = {name: await _pinned(name, each) for name, each in listed.items() if each.tools}
    except SystemFault as fault:
        raise Problem(str(fault)) from None
    write_lock(lock_beside(path), AgentsLock(servers=servers))
    for server, tools in servers.items():
        for tool, pinned in tools.items():
            known = before.get(server, {}).get(tool)
            word = "pinned" if known is None else "unchanged" if known.digest == pinned.digest else "changed"
            out.print(f"{word}: {server}.{tool} {pinned.digest[:19]}", highlight=False, markup=False)


async def _pinned(name: str, listed: ListedServer) -> dict[str, PinnedTool]:
    server = server_for(name, listed)
    try:
        offered = (await server.running()).offered
    finally:
        await server.aclose()
    missing = sorted(set(listed.tools) - set(offered))
    if missing:
        raise Problem(
            f"MCP server {name} has no tool {', '.join(missing)}. It offers: {', '.join(sorted(offered)) or 'none'}"
        )
    for tool in listed.tools:
        size = size_of(offered[tool].model_dump(mode="json", include={"input_schema", "output_schema"}))
        if size > MOST_SCHEMA:
            raise Problem(
                f"MCP server {name}: the inputs and the result of {tool} take {size:,} bytes to describe, and travel "
                f"with each run: at most {MOST_SCHEMA:,} may"
            )
    return {tool: offered[tool].model_copy(update={"digest": offered[tool].shape}) for tool in sorted(listed.tools)}

"""Servers that say too much, say nothing, change, or do not want to end: none of it is the worker's trouble."""

import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest
from temporalio.exceptions import ApplicationError

from activities.cards import mcp_tools, plan_cards
from activities.mcp_tools import McpTool
from baton.connectors.mcp_stdio import START_S
from baton.contracts.sizes import MOST_GIVEN, MOST_SAID
from baton.health import recent_health
from baton.temporal.heartbeats import Overtaken
from tests.activities.attempts import attempt, overtaken
from tests.cli.command_line import run
from tests.cli.programs import left, needs_proc, nothing_left, started
from tests.workflows.driver import eventually, until

ODD = str(Path(__file__).with_name("odd_server.py"))


def listing(
    *habits: str, tools: tuple[str, ...] = ("environment", "long", "failing", "changing"), more: str = ""
) -> str:
    """agents.toml with this server."""
    granted = "\n".join(f'[servers.odd.tools.{tool}]\neffect = "read"' for tool in tools)
    command, args = json.dumps(sys.executable), json.dumps([ODD, *habits])
    return f"[servers.odd]\ncommand = {command}\nargs = {args}\n{more}\n{granted}\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where agents.toml stands; the settings name it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AGENTS_FILE", "agents.toml")
    return tmp_path / "agents.toml"


def write(file: Path, text: str) -> None:
    """Write the file anew."""
    file.write_text(text, encoding="utf-8")


async def lock(file: Path, *habits: str, more: str = "") -> None:
    """Write it, and pin the tools."""
    write(file, listing(*habits, more=more))
    said = await run("agents", "lock")
    assert (said.code, said.err) == (0, ""), said


@asynccontextmanager
async def granted(file: Path) -> AsyncIterator[dict[str, McpTool]]:
    """The tools as a worker has them."""
    async with mcp_tools([], file) as tools:
        yield {tool.tool: tool for tool in tools}


async def failure(tool: McpTool, **handed: object) -> ApplicationError:
    """What a step with this tool fails with."""
    with pytest.raises(ApplicationError) as caught:
        await attempt().run(tool.step, handed)
    return caught.value


async def text(tool: McpTool, **handed: object) -> str:
    """What it gives."""
    return str((await attempt().run(tool.step, handed)).value["text"])


async def test_it_gets_what_is_listed_of_the_environment_and_nothing_else(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_TOKEN", "not for it")
    monkeypatch.setenv("ODD_KEY", "for it")
    (file.parent / ".env").write_text("ODD_PLACE=in the file\nMAILBOX_PASSWORD=not for it either\n", encoding="utf-8")
    await lock(file, more='env = { MODE = "test" }\npass_env = ["ODD_KEY", "ODD_PLACE"]')
    async with granted(file) as tools:
        known = json.loads(await text(tools["environment"]))
    listed = {"MODE": "test", "ODD_KEY": "for it", "ODD_PLACE": "in the file"}
    assert {name: known.pop(name) for name in listed} == listed
    usual = {"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"}
    assert set(known) - usual <= {"LC_CTYPE"}  # Python's own


async def test_a_variable_to_be_passed_on_that_is_not_set_fails_its_tools_with_its_name(file: Path) -> None:
    await lock(file)
    write(file, listing(more='pass_env = ["ODD_KEY"]'))
    async with granted(file) as tools:
        fault = await failure(tools["long"])
    assert (fault.type, fault.message) == (
        "Unavailable",
        "MCP server odd does not start: pass_env names ODD_KEY, which is not set",
    )


async def test_an_answer_that_is_too_long_is_refused_and_one_without_end_is_not_read(file: Path) -> None:
    await lock(file)
    async with granted(file) as tools:
        assert await text(tools["long"], size=100_000) == "x" * 100_000
        too_large = await failure(tools["long"], size=MOST_GIVEN + 1)
        endless = await failure(tools["long"], size=3 * MOST_SAID)
        words = await failure(tools["failing"])
        assert await text(tools["long"], size=1) == "x"
    assert (too_large.type, too_large.non_retryable) == ("AnswerTooLarge", True)
    assert (endless.type, f"longer than {MOST_SAID:,} bytes" in endless.message) == ("Unavailable", True)
    assert (words.type, len(words.message) < 300) == ("Rejected", True)


async def test_what_travels_with_each_run_is_bounded(file: Path) -> None:
    await lock(file)
    cards = [card for card in plan_cards(agents_file=file) if card.source == "MCP: odd"]
    assert [len(card.description) for card in cards] == [200] * 4
    write(file, listing("wordy"))
    said = await run("agents", "lock")
    assert (said.code, "at most 50,000 may" in " ".join(said.err.split())) == (1, True)


async def test_a_tool_that_changes_while_its_server_runs_is_refused(file: Path) -> None:
    await lock(file)
    async with granted(file) as tools:
        assert await text(tools["long"], size=1) == "x"
        await text(tools["changing"])
        fault = await failure(tools["long"], size=1)
    assert (fault.type, "is not as it was pinned" in fault.message) == ("Misconfigured", True)


async def test_a_call_of_an_attempt_that_nobody_counts_on_is_not_told_to_the_server(file: Path) -> None:
    write(file, listing(tools=("counting",)))
    assert (await run("agents", "lock")).code == 0
    async with granted(file) as tools:
        server = tools["counting"].server
        assert server is not None
        with overtaken(), pytest.raises(Overtaken, match="stood still"):
            await server.call(await server.running(), "counting", {}, writing=True)
        assert await text(tools["counting"]) == "1"


async def test_a_server_that_hears_no_more_fails_the_call_and_is_ended(file: Path) -> None:
    await lock(file, "deaf")
    async with granted(file) as tools:
        fault = await failure(tools["long"])
        assert tools["long"].server is not None
        life = tools["long"].server._running.life  # type: ignore[union-attr]
        await until(life.done)
    assert (fault.type, "closed its streams" in fault.message) == ("Unavailable", True)


async def test_a_server_that_says_nothing_holds_no_worker_up(file: Path) -> None:
    await lock(file)
    write(file, listing("mute"))
    began = monotonic()
    async with granted(file) as tools:
        came_up = monotonic() - began
        assert len(tools) == 4
    assert came_up < START_S / 4


@needs_proc
async def test_a_server_that_does_not_want_to_end_is_ended_with_what_it_started(file: Path) -> None:
    mark = str(file.parent)
    await lock(file, "stubborn", mark)
    async with granted(file) as tools:
        await text(tools["long"])
        assert len(left(Path(mark))) == 2
    await nothing_left(Path(mark))


@pytest.mark.long
@needs_proc
async def test_a_plan_runs_with_it_and_a_killed_worker_leaves_none_of_it_behind(file: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    await lock(file, "stubborn", str(place / "mark"))
    step = {"id": "say", "capability": "long", "inputs": {"size": 3}}
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"goal": "Say it", "steps": [step]}), encoding="utf-8")
    async with started(place, "up", AGENTS_FILE=str(file)) as up:
        await up.says("Running.")
        async with started(
            place, "start", "plan", str(plan), "--wait", AGENTS_FILE=str(file), TEMPORAL_SERVER="embedded"
        ) as asked:
            assert await asked.ends() == 0
        assert "The goal is reached." in asked.said
        first = _processes(place / "mark")
        assert len(first) == 2
        await eventually(lambda: _tried(place, "long"), 20)
        (worker,) = _processes(place, program=b"worker.py")
        os.kill(worker, signal.SIGKILL)

        async def look() -> bool | None:
            now = _processes(place / "mark")
            return (not first & now and len(now) == 2) or None

        await eventually(look, 30)
    await nothing_left(place)


async def _tried(state: Path, name: str) -> bool | None:
    """Whether the worker kept book of this capability."""
    seen = recent_health(state).get(name)
    return (seen is not None and seen.succeeded == 1) or None


def _processes(state: Path, program: bytes = b"odd_server.py") -> set[int]:
    found = set()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            line = (each / "cmdline").read_bytes()
            mine = str(state).encode() in line + (each / "environ").read_bytes()
        except OSError:
            continue
        if mine and program in line:
            found.add(int(each.name))
    return found

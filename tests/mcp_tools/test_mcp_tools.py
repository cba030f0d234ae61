"""Granted tools of a real MCP server: pinned, called, refused where they changed, and failing to the ladder."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.cards import mcp_tools, plan_cards
from activities.mcp_tools import McpTool, load_mcp_tools
from baton.connectors.mcp_files import lock_beside, read_lock
from baton.contracts.agents import Retry
from baton.contracts.systems import Misconfigured
from tests.activities.attempts import attempt
from tests.cli.command_line import run
from tests.workflows.driver import until
from tests.workflows.goals.driver import add, goal, plan
from tests.workflows.goals.tools import Tools

SERVER = str(Path(sys.executable).parent / "mcp-server-time")
GRANTED = f"""
[servers.time]
command = "{SERVER}"
args = ["--local-timezone", "Africa/Johannesburg"]

[servers.time.tools.get_current_time]
effect = "read"
"""
ASKED = {"timezone": "Africa/Johannesburg"}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """agents.toml, named in the settings."""
    path = tmp_path / "agents.toml"
    path.write_text(GRANTED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AGENTS_FILE", "agents.toml")
    return path


def write(file: Path, text: str) -> None:
    """Write the file anew."""
    file.write_text(text, encoding="utf-8")


async def locked(file: Path) -> Path:
    """The file, with its tools pinned."""
    said = await run("agents", "lock")
    assert (said.code, said.err) == (0, ""), said
    return file


@asynccontextmanager
async def granted(file: Path) -> AsyncIterator[McpTool]:
    """Its one tool, as a worker has it."""
    async with mcp_tools([], file) as (tool,):
        yield tool


async def failure(tool: McpTool, handed: dict[str, str]) -> ApplicationError:
    """What a step with this tool fails with."""
    with pytest.raises(ApplicationError) as caught:
        await attempt().run(tool.step, handed)
    return caught.value


async def process_of(tool: McpTool) -> int:
    """The server's process, a child of this one."""
    assert tool.server is not None
    await tool.server.running()
    return _child()


def _child() -> int:
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    (found,) = [pid for pid in children if b"mcp-server-time" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return int(found)


async def test_what_is_granted_is_pinned_with_its_schemas_and_nothing_else(file: Path) -> None:
    said = await run("agents", "lock")
    assert said.out.startswith("pinned: time.get_current_time sha256:")
    pinned = read_lock(lock_beside(file)).servers
    assert {server: set(tools) for server, tools in pinned.items()} == {"time": {"get_current_time"}}
    assert (await run("agents", "lock")).out.startswith("unchanged: time.get_current_time")
    card = {card.name: card for card in plan_cards(agents_file=file)}["get_current_time"]
    assert (card.gives, card.source, card.effect) == ("TimeGetCurrentTime", "MCP: time", "read")
    assert {name: (need.type, need.required) for name, need in card.inputs.items()} == {"timezone": ("str", True)}
    assert card.parts["TimeGetCurrentTime"] == {
        "timezone": "str",
        "datetime": "str",
        "day_of_week": "str",
        "is_dst": "bool",
    }
    lines = json.loads((await run("agents", "--json")).out)["agents"]
    assert [line["source"] for line in lines if line["name"] == "get_current_time"] == ["MCP: time"]
    assert "convert_time" not in {line["name"] for line in lines}


async def test_plan_check_knows_it(file: Path) -> None:
    step = {"id": "now", "capability": "get_current_time", "inputs": {**ASKED}}
    (file.parent / "plan.json").write_text(json.dumps({"goal": "What time is it?", "steps": [step]}), encoding="utf-8")
    before = await run("plan", "check", "plan.json")
    await locked(file)
    after = await run("plan", "check", "plan.json")
    assert (before.code, after.code) == (1, 0), (before, after)
    assert "get_current_time" in after.out


async def test_a_goal_calls_it_under_its_own_name(client: Client, file: Path) -> None:
    async with granted(await locked(file)) as tool:

        class Team(Tools):
            def cards(self) -> list:  # type: ignore[type-arg]
                return [tool.card]

            def activities(self) -> list:  # type: ignore[type-arg]
                return [tool.step, *super().activities()]

        planned = plan({"id": "now", "capability": "get_current_time", "inputs": {**ASKED}})
        async with goal(client, planned, Team()) as running:
            result = await running.result()
            fact = await running.fact("now")
            history = await running.handle.fetch_history()
    assert result.outcome == "reached"
    assert isinstance(fact, dict)
    assert (fact["timezone"], fact["is_dst"]) == ("Africa/Johannesburg", False)
    assert "get_current_time" in {
        event.activity_task_scheduled_event_attributes.activity_type.name for event in history.events
    }


async def test_a_server_that_was_killed_is_started_again_and_ends_with_the_worker(file: Path) -> None:
    async with granted(await locked(file)) as tool:
        first = await process_of(tool)
        os.kill(first, signal.SIGKILL)
        running = tool.server._running  # type: ignore[union-attr]
        assert running is not None
        await until(running.life.done)
        answer = await attempt().run(tool.step, ASKED)
        second = await process_of(tool)
        assert (answer.value["timezone"], first != second) == (ASKED["timezone"], True)
    await until(lambda: not Path(f"/proc/{second}").exists())


@pytest.mark.parametrize(
    ("effect", "kind"),
    [('"read"', "Unavailable"), ('"irreversible"\nno_undo = "time does not go back"', "OutcomeUnknown")],
)
async def test_a_server_that_dies_during_a_call_leaves_a_read_undone_and_a_write_in_doubt(
    file: Path, effect: str, kind: str
) -> None:
    write(file, GRANTED.replace('"read"', effect))
    key = {"key": "GOAL-1/a/1/0"} if kind == "OutcomeUnknown" else {}
    async with granted(await locked(file)) as tool:
        pid = await process_of(tool)
        os.kill(pid, signal.SIGSTOP)  # so that it cannot answer before it dies
        asking = asyncio.create_task(attempt().run(tool.step, {**ASKED, **key}))
        server = tool.server
        assert server is not None
        await until(lambda: server.asked > 0)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ApplicationError) as caught:
            await asking
    assert (caught.value.type, caught.value.non_retryable) == (kind, kind == "OutcomeUnknown")


async def test_what_the_server_refuses_is_rejected(file: Path) -> None:
    async with granted(await locked(file)) as tool:
        fault = await failure(tool, {"timezone": "Nowhere/Land"})
    assert (fault.type, fault.non_retryable) == ("Rejected", True)
    assert "Invalid timezone" in fault.message


async def test_a_tool_that_is_not_as_pinned_is_refused_with_what_to_do_and_the_others_work(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(file, f'{GRANTED}\n[servers.time.tools.convert_time]\neffect = "read"\n')
    lock = lock_beside(await locked(file))
    pinned = read_lock(lock)
    other = pinned.servers["time"]["get_current_time"].model_copy(update={"output_schema": None})
    other = other.model_copy(update={"digest": other.shape})
    tools = {**pinned.servers["time"], "get_current_time": other}
    lock.write_text(pinned.model_copy(update={"servers": {"time": tools}}).model_dump_json(), encoding="utf-8")
    async with mcp_tools([], file) as (current, convert):
        fault = await failure(current, ASKED)
        answer = await attempt().run(
            convert.step, {"source_timezone": "UTC", "time": "12:00", "target_timezone": "Africa/Johannesburg"}
        )
    assert fault.type == "Misconfigured"
    assert "uv run starter.py agents lock" in fault.message
    assert answer.value["time_difference"] == "+2.0h"
    assert [record.message for record in caplog.records if "not as it was pinned" in record.message]


async def test_a_lock_that_was_changed_by_hand_stops_the_start(file: Path) -> None:
    lock = lock_beside(await locked(file))
    lock.write_text(lock.read_text().replace('"is_dst"', '"summer"'), encoding="utf-8")
    with pytest.raises(Misconfigured, match="does not match its digest"):
        load_mcp_tools(file, [])


async def test_a_granted_tool_that_is_not_pinned_is_not_there(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with mcp_tools([], file) as tools:
        assert tools == []
    assert "granted and not pinned" in caplog.text


async def test_a_server_that_is_missing_does_not_stop_the_worker(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    await locked(file)
    write(file, GRANTED.replace(SERVER, "/nowhere/mcp-server-time"))
    async with granted(file) as tool:
        fault = await failure(tool, ASKED)
        await until(lambda: "MCP server time does not start" in caplog.text)
    assert (fault.type, fault.non_retryable) == ("Unavailable", False)
    said = await run("agents", "lock")
    assert (said.code, said.complaint) == (
        1,
        "MCP server time does not start: there is no program /nowhere/mcp-server-time",
    )


async def test_a_step_whose_server_is_missing_is_tried_again_and_then_asks_a_person(client: Client, file: Path) -> None:
    await locked(file)
    write(file, GRANTED.replace(SERVER, "/nowhere/mcp-server-time"))
    async with granted(file) as tool:
        soon = tool.card.model_copy(update={"retry": Retry(attempts=2, first_delay_s=0.05)})

        class Team(Tools):
            def cards(self) -> list:  # type: ignore[type-arg]
                return [soon, *super().cards()]

            def activities(self) -> list:  # type: ignore[type-arg]
                return [tool.step, *super().activities()]

        planned = plan({"id": "now", "capability": "get_current_time", "inputs": {**ASKED}}, add("other", 1))
        async with goal(client, planned, Team()) as running:
            review = await running.review("failure/now")
            assert await running.fact("other") == {"value": 2, "source": "add"}
            await running.decide("failure/now", "skip")
            result = await running.result()
            lines = [line for line in (await running.record()).record if line.kind == "failed"]
    assert [(line.attempt, "there is no program" in line.text) for line in lines] == [(2, True)]
    assert "MCP server time does not start" in review.model_dump_json()
    assert result.outcome == "in_part"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (GRANTED.replace('"read"', '"write"'), "servers.time.tools.get_current_time.effect"),
        (GRANTED.replace('"read"', '"irreversible"'), "a write says what takes it back"),
        (GRANTED.replace('"read"', '"read"\nname = "get_order"'), "the name get_order is taken"),
        (GRANTED.replace('"read"', '"read"\nname = "wait"'), "the name wait is taken"),
        (GRANTED.replace('"read"', '"read"\nname = "check_plan"'), "the name check_plan is taken"),
        (GRANTED.replace("args", "arguments"), "servers.time.arguments"),
        ("[servers", "AGENTS_FILE=agents.toml cannot be read"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(file: Path, written: str, said: str) -> None:
    write(file, written)
    with pytest.raises(Misconfigured, match=said):
        plan_cards(agents_file=file)


async def test_a_tool_that_the_server_does_not_have_is_not_pinned(file: Path) -> None:
    write(file, GRANTED.replace("get_current_time", "stop_time"))
    said = await run("agents", "lock")
    assert (said.code, lock_beside(file).exists()) == (1, False)
    assert said.complaint == "MCP server time has no tool stop_time. It offers: convert_time, get_current_time"

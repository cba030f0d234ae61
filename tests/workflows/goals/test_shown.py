"""What people see of a goal's plan: the flowchart in its record and in the Temporal UI, coloured by state."""

import asyncio
from typing import Any

from pydantic import BaseModel
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client

from tests.workflows.driver import eventually
from workflows.goal_parts.goal_run import MOST_STATEMENTS
from workflows.goal_parts.mermaid import FEW

from .driver import Goal, add, goal, plan, ref
from .tools import Tools, broken, tool, usual
from .tools import add as plus_one

SEND = {"id": "mail", "capability": "send", "inputs": {"value": 1}, "review": True}


async def test_a_plan_under_way_shows_what_each_step_is_at(client: Client) -> None:
    gate = asyncio.Event()

    async def gated(handed: dict[str, Any]) -> BaseModel:
        await gate.wait()
        return plus_one(handed)

    tools = Tools([*usual(), broken(), tool("slow", gated)])
    planned = plan(
        add("one", 1),
        add("never", 1, when=[{"fact": "one.value", "op": ">", "value": 5}]),
        {"id": "slow", "capability": "slow", "inputs": {"value": 1}},
        {"id": "bad", "capability": "broken", "inputs": {"value": 1}},
        add("after_bad", ref("bad.value")),
        add("after_slow", ref("slow.value")),
        SEND,
        {"id": "later", "capability": "wait", "inputs": {"seconds": 3600}},
    )
    async with goal(client, planned, tools) as run:

        async def drawn(*wanted: str) -> str:
            async def look() -> str | None:
                shown = (await run.record()).mermaid
                return shown if all(f"  class {each}\n" in f"{shown}\n" for each in wanted) else None

            return await eventually(look)

        before = ("s0 done", "s1 skipped", "s2 running", "s4,s5 not_begun")
        in_record = await drawn(*before, "s3,s6,s7 waiting")
        assert f"```mermaid\n{in_record}\n```" in await _details(run)
        await run.decide("failure/bad", "skip")
        await drawn("s0 done", "s1,s4 skipped", "s3 failed", "s6,s7 waiting")
        gate.set()
        await run.decide("approve/mail", "approve")
        await drawn("s0,s2,s5,s6 done", "s7 waiting")
        await run.handle.cancel()
        await eventually(lambda: _archived(run))
    assert _classes(run.tools.archived[0].mermaid) == ["s0,s2,s5,s6 done", "s3 failed", "s1,s4,s7 skipped"]


async def test_items_that_could_not_be_done_show(client: Client) -> None:
    planned = plan(
        {"id": "list", "capability": "numbers", "inputs": {"count": 2}},
        {"id": "all", "capability": "broken", "for_each": ref("list.numbers"), "inputs": {"value": ref("each.value")}},
    )
    async with goal(client, planned, Tools([*usual(), broken()])) as run:
        await run.decide("failure/all/1", "supply", value={"value": 40})
        assert "s1 waiting" in _classes((await run.record()).mermaid)
        await run.decide("failure/all/2", "skip")
        await run.result()
        assert _classes((await run.record()).mermaid) == ["s0 done", "s1 failed"]


async def test_a_refused_plan_is_drawn_as_it_never_began(client: Client) -> None:
    async with goal(client, plan(add("one", ref("nobody.value")))) as run:
        assert (await run.result()).outcome == "refused"
    assert _classes(run.tools.archived[0].mermaid) == ["s0 not_begun"]


async def test_a_large_plan_is_shown_wave_by_wave_in_the_ui_and_step_by_step_in_its_record(client: Client) -> None:
    async with goal(client, plan(*(add(f"s{number}", number) for number in range(FEW + 1)))) as run:
        await run.result()
        details, record = await _details(run), await run.record()
    assert f'```mermaid\nflowchart LR\n  w0["wave 1: {FEW + 1} steps<br/>{FEW + 1} done"]' in details
    assert record.mermaid.count("<br/>") == FEW + 1


async def test_the_details_of_a_goal_that_ended_close_with_its_answer(client: Client) -> None:
    async with goal(client, plan(*(add(f"s{number}", number) for number in range(MOST_STATEMENTS + 2)))) as run:
        result = await run.result()
        ending = (await _details(run)).partition("\n**The answer**\n\n")[2].splitlines()
    assert result.answer is not None
    first = result.answer.statements[0]
    assert ending[0] == f"- {first.text} ({first.step})"
    assert ending[MOST_STATEMENTS:] == ["- and 2 more: see the record"]


async def _details(run: Goal) -> str:
    shown = await run.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return str(shown.current_details)


async def _archived(run: Goal) -> bool | None:
    return bool(run.tools.archived) or None


def _classes(drawn: str) -> list[str]:
    return [line.removeprefix("  class ") for line in drawn.splitlines() if line.startswith("  class ")]

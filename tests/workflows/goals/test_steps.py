"""What a plan may say of a step: for each item, when, optional, done when, a longest wait."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from pydantic import BaseModel
from temporalio.client import Client

from baton.contracts.goal import GoalOptions
from baton.contracts.plan import Need

from .driver import add, goal, plan, ref, worker_for
from .tools import Number, Numbers, Tools, broken, numbers, tool, usual
from .tools import add as plus_one


async def test_a_step_is_done_for_each_item_and_the_results_stand_in_their_order(client: Client) -> None:
    async def slower_first(handed: dict[str, Any]) -> BaseModel:
        await asyncio.sleep(0.2 / handed["value"])
        return plus_one(handed)

    tools = Tools([tool("add", slower_first), tool("numbers", numbers, Numbers, inputs={"count": Need(type="int")})])
    planned = plan(
        {"id": "list", "capability": "numbers", "inputs": {"count": 4}},
        add("every", ref("each.value"), for_each=ref("list.numbers")),
        {"id": "answer", "capability": "compose", "needs": ["every"]},
        at_once=3,
    )
    async with goal(client, planned, tools) as run:
        result = await run.result()
    assert result.answer is not None
    (every,) = [line for line in result.answer.statements if line.step == "every"]
    assert (every.type, every.text.startswith("list[Number]: 4: value 2, source add; value 3")) == (
        "list[Number]",
        True,
    )


async def test_no_more_steps_run_at_the_same_time_than_the_plan_says(client: Client) -> None:
    most = running = 0

    async def counted(handed: dict[str, Any]) -> BaseModel:
        nonlocal most, running
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1
        return plus_one(handed)

    planned = plan(*(add(f"s{number}", number) for number in range(9)), at_once=3)
    async with goal(client, planned, Tools([tool("add", counted)])) as run:
        assert (await run.result()).outcome == "reached"
    assert most == 3


async def test_no_more_run_at_once_than_their_queue_may_have(client: Client) -> None:
    most = {"add": 0, "elsewhere": 0}
    running = {"add": 0, "elsewhere": 0}

    def counted(name: str) -> Callable[[dict[str, Any]], Awaitable[BaseModel]]:
        async def count(handed: dict[str, Any]) -> BaseModel:
            running[name] += 1
            most[name] = max(most[name], running[name])
            await asyncio.sleep(0.05)
            running[name] -= 1
            return plus_one(handed)

        return count

    other = f"queue-{uuid4().hex}"
    tools = Tools([tool("add", counted("add")), tool("elsewhere", counted("elsewhere"), queue=other)])
    planned = plan(
        *(add(f"s{number}", number) for number in range(9)),
        *({**add(f"e{number}", number), "capability": "elsewhere"} for number in range(9)),
    )
    options = GoalOptions(on_queue={other: 2})
    async with worker_for(client, tools, other), goal(client, planned, tools, options=options, width=3) as run:
        assert (await run.result()).outcome == "reached"
    assert most == {"add": 3, "elsewhere": 2}


async def test_a_list_without_items_is_a_result(client: Client) -> None:
    planned = plan(
        {"id": "list", "capability": "numbers", "inputs": {"count": 0}},
        add("every", ref("each.value"), for_each=ref("list.numbers")),
        add("after", 1, needs=["every"], when=[{"fact": "every", "op": "empty"}]),
        {
            "id": "mails",
            "capability": "send",
            "for_each": ref("list.numbers"),
            "inputs": {"value": ref("each.value")},
            "review": True,
        },
        wanted=["list[Number]", "list[Sent]"],
    )
    async with goal(client, planned) as run:
        result = await run.result()
        assert await run.fact("after") == {"value": 2, "source": "add"}
    assert result.outcome == "reached"


async def test_what_is_not_wanted_is_left_out_and_so_is_what_cannot_do_without_it(client: Client) -> None:
    tools = Tools([*usual(), tool("may", lambda handed: Number(value=7), inputs={"value": Need(type="int | null")})])
    planned = plan(
        add("one", 1),
        add("unwanted", 1, needs=["one"], when=[{"fact": "one.value", "op": ">", "value": 10}]),
        add("cannot", ref("unwanted.value")),
        {"id": "can", "capability": "may", "inputs": {"value": ref("unwanted.value")}},
        add("only_after", 5, needs=["unwanted"]),
    )
    async with goal(client, planned, tools) as run:
        result = await run.result()
        assert run.tools.asked("may") == [{"value": None}]
        assert await run.fact("only_after") == {"value": 6, "source": "add"}
    assert result.answer is not None
    assert result.answer.missing == ["unwanted: only when one.value > 10", "cannot: unwanted was left out"]


async def test_an_optional_step_that_nobody_can_do_asks_nobody(client: Client) -> None:
    tools = Tools([*usual(), broken()])
    planned = plan({"id": "extra", "capability": "broken", "inputs": {"value": 1}, "optional": True}, add("one", 1))
    async with goal(client, planned, tools) as run:
        result = await run.result()
    assert result.outcome == "reached"
    assert result.answer is not None
    assert result.answer.missing == ["extra: nobody could do it: scripted broken: Refused: it is out of order"]


async def test_a_result_counts_only_when_it_is_what_the_step_was_for(client: Client) -> None:
    first = tool("add", plus_one, fallbacks=["add_better"])
    better = tool("add_better", lambda handed: Number(value=100), takes="add")
    planned = plan(add("one", 1, done_when=[{"fact": "value", "op": ">=", "value": 100}]))
    async with goal(client, planned, Tools([first, better])) as run:
        assert (await run.result()).outcome == "reached"
        assert await run.fact("one") == {"value": 100, "source": ""}
        lines = [line.text for line in (await run.record()).record if line.kind == "failed"]
    assert lines == ["the answer is no Number: it is not so that value >= 100"]


async def test_what_does_not_fit_its_schema_is_no_result(client: Client) -> None:
    first = tool("add", lambda handed: Numbers(), fallbacks=["add_well"])
    planned = plan(add("one", 1))
    async with goal(client, planned, Tools([first, tool("add_well", plus_one, takes="add")])) as run:
        assert (await run.result()).outcome == "reached"
        assert await run.fact("one") == {"value": 2, "source": "add"}


async def test_a_result_that_does_not_come_in_time_goes_to_the_next_agent(client: Client) -> None:
    async def slow(handed: dict[str, Any]) -> BaseModel:
        await asyncio.sleep(10 if handed["value"] else 0)
        return plus_one(handed)

    tools = Tools([tool("add", slow, fallbacks=["add_quickly"]), tool("add_quickly", plus_one, takes="add")])
    async with goal(client, plan(add("one", 1, timeout_s=0.3)), tools) as run:
        assert (await run.result()).outcome == "reached"
        lines = [line.text for line in (await run.record()).record if line.kind == "failed"]
    assert lines[0].startswith(("no answer within the time", "not done in the time"))


async def test_the_same_question_is_asked_once(client: Client) -> None:
    planned = plan(add("one", 1), add("again", 1), add("other", 2))
    async with goal(client, planned) as run:
        result = await run.result()
        assert (result.outcome, result.stalls) == ("reached", 1)
        assert await run.fact("again") == await run.fact("one")
        lines = [line.text for line in (await run.record()).record if line.step == "again"]
    assert sorted(handed["value"] for handed in run.tools.asked("add")) == [1, 2]
    assert lines == ["the same as one: not asked again"]


async def test_a_second_look_after_a_wait_is_no_repeat(client: Client) -> None:
    planned = plan(
        add("before", 1),
        {"id": "pause", "capability": "wait", "inputs": {"seconds": 0.1}, "needs": ["before"]},
        add("after", 1, needs=["pause"]),
    )
    async with goal(client, planned) as run:
        assert (await run.result()).outcome == "reached"
    assert len(run.tools.asked("add")) == 2

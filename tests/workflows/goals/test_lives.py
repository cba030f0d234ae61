"""A goal is paused, cancelled, carried on in a new history, and taken up after its worker was killed."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from temporalio.client import Client, WorkflowFailureError

from baton.contracts import names
from baton.contracts.goal import GoalState
from baton.contracts.record import Fact, Paused
from baton.contracts.review import Intervention
from tests.workflows.driver import eventually, until

from .driver import add, goal, plan, ref
from .histories import histories
from .tools import Gate, Sent, Tools, tool, usual
from .tools import add as plus_one


async def test_a_paused_goal_starts_no_further_step(client: Client) -> None:
    gate = Gate(plus_one)
    planned = plan(add("one", 1), add("two", ref("one.value")))
    async with goal(client, planned, Tools([tool("add", gate)])) as run:
        await until(lambda: gate.reached == 1)
        await run.handle.signal(names.PAUSE, Intervention(by="nomsa"))
        gate.opened.set()
        assert await run.fact("one") == {"value": 2, "source": "add"}
        assert (await run.status()).stage == "paused"
        assert gate.reached == 1
        await run.handle.signal(names.RESUME, Intervention(by="nomsa"))
        assert (await run.result()).outcome == "reached"


async def test_a_pause_uses_up_no_budget(client: Client) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    paused = Paused(by="nomsa", since=yesterday)
    state = GoalState(accepted=True, began_at=yesterday - timedelta(seconds=5), paused=paused)
    async with goal(client, plan(add("one", 1), budget={"seconds": 3_600}), state=state) as run:
        await run.handle.signal(names.RESUME, Intervention(by="nomsa"))
        assert (await run.result()).outcome == "reached"


async def test_a_cancelled_goal_keeps_its_record(client: Client) -> None:
    planned = plan(add("one", 1), {"id": "day", "capability": "wait", "inputs": {"seconds": 86_400}})
    async with goal(client, planned) as run:
        await run.fact("one")
        await run.handle.cancel(reason="not needed")
        with pytest.raises(WorkflowFailureError):
            await run.result()
        (record,) = run.tools.archived
    assert record.result is not None
    assert (record.result.outcome, record.result.summary) == ("cancelled", "cancelled by the operator: not needed")


async def test_an_effect_in_flight_is_seen_through_when_its_goal_is_cancelled(client: Client) -> None:
    gate = asyncio.Event()

    async def slow(handed: dict[str, Any]) -> BaseModel:
        await gate.wait()
        return Sent(reference="done")

    tools = Tools([*usual(), tool("slow_send", slow, Sent, effect="irreversible")])
    planned = plan({"id": "mail", "capability": "slow_send", "inputs": {"value": 1}, "review": True})
    async with goal(client, planned, tools) as run:
        await run.decide("approve/mail", "approve")
        await until(lambda: len(tools.asked("slow_send")) == 1)
        await run.handle.cancel()

        async def cancelled() -> bool | None:
            return any(line.kind == "cancelled" for line in (await run.record()).record) or None

        await eventually(cancelled)
        gate.set()
        with pytest.raises(WorkflowFailureError):
            await run.result()
        (record,) = run.tools.archived
    assert [fact.value for fact in record.facts if fact.name == "mail"] == [{"reference": "done"}]


@pytest.mark.parametrize("width", [1, 4])
async def test_facts_survive_a_new_history_and_nothing_is_done_twice(client: Client, width: int) -> None:
    steps = [add("s0", 100)]
    for number in range(1, 24):
        steps.append(add(f"s{number}", ref(f"s{max(0, number - width)}.value"), needs=["mail"] if number > 12 else []))
    steps.append({"id": "mail", "capability": "send", "inputs": {"value": 1}, "needs": ["s3"], "review": True})
    numbers: list[dict[str, Any]] = [
        {"id": "list", "capability": "numbers", "inputs": {"count": 7}},
        add("every", ref("each.value"), for_each=ref("list.numbers"), needs=["s5"]),
    ]
    planned = plan(*steps, *numbers, at_once=3)
    async with goal(client, planned, continue_after_steps=4) as run:
        async with goal(client, planned) as whole:
            await whole.decide("approve/mail", "approve")
            assert (await whole.result()).outcome == "reached"
        await run.decide("approve/mail", "approve")
        result = await run.result()
    (record,), (other,) = run.tools.archived, whole.tools.archived
    assert result.outcome == "reached"
    assert _known(record.facts) == _known(other.facts)
    assert len(run.tools.asked("send")) == 1
    assert sorted(map(str, run.tools.asked("add"))) == sorted(map(str, whole.tools.asked("add")))
    assert await histories(client, run) >= 4


async def test_a_review_and_a_wait_survive_a_new_history(client: Client) -> None:
    planned = plan(
        {"id": "mail", "capability": "send", "inputs": {"value": 1}, "review": True},
        {"id": "short", "capability": "wait", "inputs": {"seconds": 1}},
        *(add(f"s{number}", number) for number in range(6)),
        at_once=2,
    )
    async with goal(client, planned, continue_after_steps=2) as run:
        await run.fact("s5")
        await run.fact("short")
        await run.decide("approve/mail", "approve")
        assert (await run.result()).outcome == "reached"
        record = run.tools.archived[0]
    assert [line.step for line in record.record if line.kind == "asked"] == ["approve/mail"]
    assert [line.kind for line in record.record if line.step == "short"] == ["waiting", "done"]


def _known(facts: list[Fact]) -> dict[str, object]:
    """Every result; those of the effect and of the answer name the goal itself."""
    return {fact.name: fact.value for fact in facts if fact.type in ("Number", "Numbers")}

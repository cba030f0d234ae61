"""A goal's budget: reserved before it is used, counted once under retries, made larger by a person."""

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.common import RawValue

from baton.contracts import names
from baton.contracts.plan import Plan
from baton.contracts.review import Actor, Decision

from .driver import add, goal, plan, ref
from .tools import Number, Tools, broken, tool, usual


def _fan_out(items: int, **budget: object) -> Plan:
    """One call that gives a list, and one for each of its items: how many, nobody knows before."""
    return plan(
        {"id": "list", "capability": "numbers", "inputs": {"count": items}},
        add("every", ref("each.value"), for_each=ref("list.numbers")),
        budget=budget,
        at_once=1,
    )


async def test_a_budget_that_is_used_up_is_made_larger_by_a_person(client: Client) -> None:
    async with goal(client, _fan_out(5, calls=4)) as run:
        review = await run.review("budget")
        assert review.risk_reasons == ["calls: 5 of 4"]
        await run.decide("budget", "more", value={"calls": 1})
        await run.decide("budget", "more", value={"calls": 1}, revision=2)
        assert (await run.result()).outcome == "reached"
    assert len(run.tools.asked("add")) == 5


@pytest.mark.parametrize(
    "much", ['{"cost": -1e999}', '{"seconds": 1e12}', '{"cost": 1e400}', '{"cost": NaN}', '{"calls": 0}']
)
async def test_what_no_budget_can_be_is_refused(client: Client, much: str) -> None:
    async with goal(client, _fan_out(5, calls=4)) as run:
        review = await run.review("budget")
        decision = Decision(
            decision_id="much",
            review_id="budget",
            revision=1,
            subject_digest=review.subject_digest,
            choice="more",
            actor=Actor(id="nomsa"),
        )
        raw = decision.model_dump_json().replace('"value":null', f'"value":{much}')
        payload = Payload(metadata={"encoding": b"json/plain"}, data=raw.encode())
        await run.handle.signal(names.DECIDE_REVIEW, RawValue(payload))
        await run.decide("budget", "more", value={"calls": 2})
        assert (await run.result()).outcome == "reached"
        record = await run.record()
    assert len(record.refusals) == 1


async def test_when_a_person_has_a_step_tried_again_that_is_another_call(client: Client) -> None:
    tools = Tools([*usual(), broken()])
    planned = plan({"id": "bad", "capability": "broken", "inputs": {"value": 1}}, budget={"calls": 1})
    async with goal(client, planned, tools) as run:
        await run.decide("failure/bad", "retry")
        await run.decide("budget", "finish")
        assert (await run.result()).outcome == "in_part"
    assert len(tools.asked("broken")) == 1


async def test_with_its_budget_used_up_a_goal_finishes_with_what_there_is(client: Client) -> None:
    async with goal(client, _fan_out(3, cost=3)) as run:
        await run.decide("budget", "finish")
        result = await run.result()
    assert len(run.tools.asked("add")) == 2
    assert (result.outcome, result.answer and result.answer.missing) == (
        "in_part", ["every: 1 of 3 could not be done"],
    )  # fmt: skip


async def test_with_its_budget_used_up_a_goal_is_ended(client: Client) -> None:
    async with goal(client, _fan_out(3, calls=2)) as run:
        await run.decide("budget", "stop")
        assert (await run.result()).outcome == "aborted"


async def test_attempts_of_one_call_are_counted_once(client: Client) -> None:
    seen: list[int] = []

    def flaky(handed: dict[str, int]) -> Number:
        seen.append(handed["value"])
        if len(seen) < 3:
            raise RuntimeError("once more")
        return Number(value=handed["value"])

    tools = Tools([tool("add", flaky, attempts=5)])
    async with goal(client, plan(add("one", 1), budget={"calls": 1, "cost": 1}), tools) as run:
        assert (await run.result()).outcome == "reached"
    assert seen == [1, 1, 1]

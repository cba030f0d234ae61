"""Something else is wanted of a goal under way: its plan changes in what has not begun."""

import asyncio
import random
from collections.abc import Awaitable
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel, JsonValue
from temporalio.client import Client
from temporalio.common import RawValue

from baton.contracts import names
from baton.contracts.record import Fact
from baton.contracts.review import Intervention
from baton.contracts.steering import Note
from baton.contracts.wire import canonical_json
from tests.workflows.driver import eventually, until
from workflows.goal import GoalWorkflow

from .driver import goal, ref, worker_for
from .histories import histories, replays
from .parcels import ARRIVAL, arrival, basket, parcels, shopper, to_the_parcel
from .tools import Doing, Gate, fails

SENT = {"id": "mail", "capability": "send", "inputs": {"parcel": ref("parcel")}, "review": True}


async def test_what_has_begun_is_finished_and_what_has_not_is_left_out(client: Client) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(ARRIVAL, SENT), parcels(find_basket=gate)) as run:
        await until(lambda: gate.reached == 1)
        await run.change("the parcel of code K7", reason="she asked again")
        line = await run.line("replanned")
        gate.opened.set()
        result = await run.result()
        record = await run.record()
    assert line.text == (
        "nomsa wants instead: the parcel of code K7 (she asked again); "
        "came in: parcel_b; left out: parcel, arrival, mail"
    )
    left_out = [line for line in record.record if line.kind == "skipped"]
    assert [line.step for line in left_out] == ["parcel", "arrival", "mail"]
    assert {line.text for line in left_out} == {"left out by the change of the plan"}
    assert (result.outcome, result.answer and result.answer.missing) == ("reached", [])
    assert result.answer and result.answer.text.startswith("the parcel of code K7\n")
    assert {"shopper", "basket", "parcel_b"} <= {fact.name for fact in record.facts}
    assert len(run.tools.asked("find_shopper")) == 1
    assert not run.tools.asked("find_parcel") and not run.tools.asked("find_arrival") and not record.reviews
    await replays(client, run)


async def test_where_no_step_changes_that_is_said(client: Client) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(ARRIVAL), parcels(find_basket=gate)) as run:
        await until(lambda: gate.reached == 1)
        await run.change("the basket of code K7")
        await run.line("replanned")
        await run.change("the shopper of code K7")

        async def last() -> str | None:
            lines = [line for line in (await run.record()).record if line.kind == "replanned"]
            return lines[-1].text if len(lines) == 2 else None

        assert (await eventually(last)).endswith("its steps stay as they are: only what is wanted of them changed")
        gate.opened.set()
        await run.result()


async def test_a_write_that_waits_for_its_approval_has_begun_and_is_asked_about_still(client: Client) -> None:
    async with goal(client, to_the_parcel(SENT, {**ARRIVAL, "needs": ["mail"]}), parcels()) as run:
        await run.review("approve/mail")
        await run.change("the basket of code K7")
        await run.line("replanned")
        assert (await run.review("approve/mail")).status == "open"
        await run.decide("approve/mail", "reject")
        result = await run.result()
    assert run.tools.asked("send") == []
    assert not run.tools.asked("find_arrival")
    assert result.outcome == "reached"


async def test_what_was_looked_up_before_a_write_is_asked_again_after_it(client: Client) -> None:
    gate = Gate(arrival)
    planned = to_the_parcel(SENT, {**ARRIVAL, "needs": ["mail"]})
    async with goal(client, planned, parcels(find_arrival=gate)) as run:
        await run.decide("approve/mail", "approve")
        await until(lambda: gate.reached == 1)
        await run.change("the basket of code K7")
        line = await run.line("replanned")
        gate.opened.set()
        assert (await run.result()).outcome == "reached"
        record = await run.record()
    assert "came in: find_shopper, find_basket; nothing was left out" in line.text
    assert [len(run.tools.asked(name)) for name in ("find_shopper", "find_basket", "send")] == [2, 2, 1]
    assert {fact.step for fact in record.facts if fact.name == "find_basket"} == {"find_basket"}
    await replays(client, run)


async def test_a_paused_goal_takes_a_change_and_follows_it_when_it_goes_on(client: Client) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(ARRIVAL), parcels(find_basket=gate)) as run:
        await until(lambda: gate.reached == 1)
        await run.handle.signal(names.PAUSE, Intervention(by="nomsa"))
        gate.opened.set()
        await run.fact("basket")  # what comes after it is ready, and stands still: it has not begun
        await run.change("the parcel of code K7")
        await run.line("noted")
        assert not any(line.kind == "replanned" for line in (await run.record()).record)
        await run.handle.signal(names.RESUME, Intervention(by="nomsa"))
        assert (await run.result()).outcome == "reached"
        record = await run.record()
    left_out = {line.step for line in record.record if line.kind == "skipped"}
    done = {line.step for line in record.record if line.kind == "done"}
    assert left_out | done >= {"shopper", "basket", "parcel", "arrival"}
    assert not left_out & done
    assert [line.step for line in record.record if line.kind == "replanned"] == ["plan/change/1/1"]
    assert "parcel_b" in done
    await replays(client, run)


async def test_a_step_that_waits_for_its_budget_has_not_begun(client: Client) -> None:
    async with goal(client, to_the_parcel(ARRIVAL, budget={"seconds": 0.001}), parcels()) as run:
        await run.review("budget")
        await run.change("the basket of code K8")
        line = await run.line("replanned")
        await run.decide("budget", "more", value={"seconds": 3600})
        assert (await run.result()).outcome == "reached"
    assert line.text.endswith("came in: find_shopper, find_basket; left out: basket, parcel, arrival")
    assert [handed["shopper"]["shopper_id"] for handed in run.tools.asked("find_basket")] == ["of K8"]
    await replays(client, run)


async def test_nobody_is_asked_about_what_the_plan_does_without_now(client: Client) -> None:
    on_monday = {**ARRIVAL, "done_when": [{"fact": "day", "op": "==", "value": "Monday"}]}
    question = {"id": "q", "capability": "ask_person", "inputs": {"question": "which?"}}
    async with goal(client, to_the_parcel(question, on_monday), parcels()) as run:
        await run.review("failure/arrival")
        await run.review("ask/q")
        await run.change("the shopper of code K7")
        assert (await run.result()).outcome == "reached"
        record = await run.record()
        await replays(client, run)
    assert {review.review_id: review.status for review in record.reviews} == {
        "failure/arrival": "superseded",
        "ask/q": "superseded",
    }


async def test_no_step_begins_in_a_pause_that_came_while_its_plan_was_made_anew(client: Client) -> None:
    queue = f"queue-{uuid4().hex}"
    gate = Gate(basket)
    tools = parcels(find_basket=gate)
    short = {"id": "short", "capability": "wait", "inputs": {"seconds": 0.5}, "needs": ["shopper"]}
    later = {"id": "later", "capability": "wait", "inputs": {"seconds": 0.1}, "needs": ["short"]}
    one_at_a_time = worker_for(client, tools, queue, max_concurrent_activities=1)
    async with goal(client, to_the_parcel(short, later), tools, working=False, queue=queue) as run, one_at_a_time:
        await until(lambda: gate.reached == 1)
        await run.change("the weather in Paris")  # planned as soon as the basket leaves the only place free
        await run.fact("short")
        await run.handle.signal(names.PAUSE, Intervention(by="nomsa"))
        gate.opened.set()
        await run.review("change/1")
        assert not any(line.step == "later" for line in (await run.record()).record)
        await run.handle.signal(names.RESUME, Intervention(by="nomsa"))
        await run.decide("change/1", "keep")
        assert (await run.result()).outcome == "reached"


async def test_a_step_that_was_left_out_while_it_waited_for_its_budget_is_left_out_once(client: Client) -> None:
    async with goal(client, to_the_parcel(ARRIVAL, budget={"seconds": 0.001}), parcels()) as run:
        await run.review("budget")
        await run.change("the basket of code K8")
        await run.line("replanned")
        await run.decide("budget", "finish")
        assert (await run.result()).outcome == "in_part"
        record = await run.record()
        await replays(client, run)
    lines = [line.step for line in record.record if line.kind == "skipped"]
    assert len(lines) == len(set(lines))


async def test_who_wants_back_what_they_wanted_first_gets_it(client: Client) -> None:
    """The step that was given up for the first change is not taken for one that the second can go on with."""
    asked: list[dict[str, Any]] = []

    def only_the_first_fails(handed: dict[str, Any]) -> BaseModel:
        asked.append(handed)
        return fails(handed) if len(asked) == 1 else shopper(handed)

    tools = parcels(find_shopper=only_the_first_fails)
    async with goal(client, to_the_parcel(), tools) as run:
        await run.review("failure/shopper")
        await run.handle.signal(names.PAUSE, Intervention(by="nomsa"))
        await run.change("the basket of code K8")
        await run.change("the basket of code K7")
        await run.handle.signal(names.RESUME, Intervention(by="nomsa"))
        result = await run.result()
    assert (result.outcome, result.answer and result.answer.missing) == ("reached", [])
    assert [handed["code"] for handed in asked] == ["K7", "K7"]


async def test_two_changes_are_followed_one_after_the_other(client: Client) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(ARRIVAL), parcels(find_basket=gate)) as run:
        await until(lambda: gate.reached == 1)
        await run.change("the parcel of code K7", change_id="a")
        await run.change("the arrival of code K7", change_id="b")
        await run.change("the arrival of code K7", change_id="b")
        await run.line("replanned", "plan/change/2/1")
        gate.opened.set()
        result = await run.result()
        record = await run.record()
    assert result.answer and "day Tuesday" in result.answer.text
    assert [(each.signal, each.signal_id, each.reason) for each in record.refusals] == [
        ("change_goal", "b", "it was taken already")
    ]
    assert [line.step for line in record.record if line.kind == "replanned"] == ["plan/change/1/1", "plan/change/2/1"]


@pytest.mark.parametrize("every", [1, 3])
async def test_every_fact_survives_a_change_and_new_histories(client: Client, every: int) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(ARRIVAL), parcels(find_basket=gate), continue_after_steps=every) as run:
        await until(lambda: gate.reached == 1)
        before = {fact.name: fact for fact in (await run.record()).facts}
        await run.handle.signal(names.ADD_NOTE, Note(text="She is away on Monday", author="nomsa"))
        await run.change("the parcel of code K7")
        gate.opened.set()
        result = await run.result()
        after = {fact.name: fact for fact in (await run.record()).facts}
        assert {name: after[name] for name in before} == before
        assert {"shopper", "basket", "parcel_b", "plan/note/1", "plan/goal/1"} <= after.keys()
        assert result.answer and result.answer.notes == ["She is away on Monday (nomsa)"]
        assert len(run.tools.asked("find_shopper")) == 1
    assert await histories(client, run) > 1
    await replays(client, run)


GARBAGE: list[JsonValue] = [
    None,
    [],
    "the parcel of code K7",
    {},
    {"text": "", "author": "nomsa"},
    {"text": "x" * 2_001, "author": "nomsa", "goal": "x" * 2_001, "actor": {"id": "nomsa"}},
    {"text": "x", "author": 7, "goal": "x", "actor": "nomsa"},
    {"goal": "", "actor": {"id": "nomsa"}},
    {"goal": {"words": "x"}, "actor": {"id": ""}},
]


async def test_what_does_not_read_is_recorded_and_harms_nothing(client: Client) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(), parcels(find_basket=gate)) as run:
        for signal in (names.ADD_NOTE, names.CHANGE_GOAL):
            for garbage in GARBAGE:
                await run.handle.signal(signal, garbage)
            await run.handle.signal(signal)
            await run.handle.signal(signal, RawValue(client.data_converter.payload_converter.to_payload(b"\x00")))
            await run.handle.signal(signal, args=["one", "two"])

        async def all_refused() -> bool | None:
            return (await run.status()).refused_signals == 2 * (len(GARBAGE) + 3) or None

        await eventually(all_refused)
        gate.opened.set()
        result = await run.result()
        record = await run.record()
    assert result.outcome == "reached"
    assert not any(fact.type in ("Note", "GoalChange") for fact in record.facts)
    assert {each.signal for each in record.refusals} == {names.ADD_NOTE, names.CHANGE_GOAL}
    await replays(client, run)


WORDS = [
    "the parcel of code K7",
    "the arrival of code K7",
    "the basket of code K8",
    "the shopper of code K9",
    "the weather in Paris",
    "the arrival of shopper K7",
]


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_is_wanted_when_no_fact_is_lost_and_nothing_is_done_twice(client: Client, seed: int) -> None:
    """Changes, notes, pauses, failures and new histories, in any order and at any time."""
    chance = random.Random(seed)

    def lingering(does: Doing) -> Doing:
        async def linger(handed: dict[str, Any]) -> BaseModel:
            await asyncio.sleep(chance.random() / 10)
            given = does(handed)
            return await given if isinstance(given, Awaitable) else given

        return linger

    tools = parcels(find_parcel=fails, find_basket=lingering(basket), find_shopper=lingering(shopper))
    planned = to_the_parcel(ARRIVAL, {"id": "moment", "capability": "wait", "inputs": {"seconds": 3}})
    async with goal(client, planned, tools, continue_after_steps=chance.choice([1, 2, 4])) as run:
        for _ in range(6):
            await asyncio.sleep(chance.random() / 5)
            await run.change(chance.choice(WORDS))
            await run.handle.signal(names.ADD_NOTE, Note(text="Hello", author="nomsa"))
            if chance.random() < 0.3:
                await run.handle.signal(names.PAUSE, Intervention(by="nomsa"))
                await asyncio.sleep(chance.random() / 5)
                await run.handle.signal(names.RESUME, Intervention(by="nomsa"))
        ended = asyncio.create_task(run.result())
        seen: dict[str, Fact] = {}
        while not ended.done():
            now = {fact.name: fact for fact in (await run.record()).facts}
            assert {name: now[name] for name in seen} == seen
            seen = now
            for review in await run.handle.query(GoalWorkflow.reviews):
                if review.status == "open":
                    choice = {"clarification": "keep", "failure": "skip"}[review.kind]
                    await run.decide(review.review_id, choice, revision=review.revision)
        result, record = await ended, await run.record()
    assert result.outcome in ("reached", "in_part")
    assert len(result.answer.notes if result.answer else []) == 6
    facts = {fact.name for fact in record.facts}
    assert not facts & {line.step for line in record.record if line.kind == "skipped"}
    for name in ("find_shopper", "find_basket"):
        asked = [canonical_json(handed) for handed in run.tools.asked(name)]
        assert len(asked) == len(set(asked)), name
    await replays(client, run)

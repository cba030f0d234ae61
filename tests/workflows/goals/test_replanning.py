"""A goal finds another way by itself: only what has not begun changes, three times at most, then a person is asked."""

import asyncio
from typing import Annotated, Any

import pytest
from pydantic import BaseModel
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from baton.contracts.plan import Need
from baton.contracts.record import RecordEntry, RunRecord
from baton.contracts.types import Named

from .driver import goal, plan, ref
from .histories import histories, replays
from .parcels import ARRIVAL, NAMED, WAYS, Parcel, parcels, to_the_parcel
from .tools import Doing, Tools, fails, tool


def _lines(record: RunRecord, kind: str) -> list[RecordEntry]:
    return [line for line in record.record if line.kind == kind]


async def test_another_way_is_taken_and_no_finished_step_is_done_again(client: Client) -> None:
    async with goal(client, to_the_parcel(ARRIVAL, wanted=["Parcel"]), parcels(find_parcel=fails)) as run:
        result = await run.result()
        record = await run.record()
    assert (result.outcome, result.answer and result.answer.missing) == ("reached", [])
    assert [fact.value for fact in record.facts if fact.name == "parcel_a"] == [
        {"parcel_id": "P1", "source": "parcel_a"}
    ]
    assert [len(run.tools.asked(name)) for name in ("find_shopper", "find_basket", "find_arrival")] == [1, 1, 1]
    (line,) = _lines(record, "replanned")
    assert line.title == "Plan changed (1 of at most 3)"
    assert line.text == (
        "parcel could not be done: scripted find_parcel: Refused: it is out of order; "
        "came in: parcel_a; nothing was left out"
    )
    assert not record.reviews
    assert [(each.step, each.text[:27]) for each in _lines(record, "skipped")] == [
        ("parcel", "the plan does without it: s")
    ]


async def test_three_times_and_then_a_person_is_asked(client: Client) -> None:
    broken = {name: fails for name, _ in WAYS}
    async with goal(client, to_the_parcel(ARRIVAL), parcels(**broken)) as run:
        review = await run.review("failure/parcel_c")
        record = await run.record()
        assert len(_lines(record, "replanned")) == 3
        assert review.summary.endswith("; no other way: the plan was changed 3 times before")
        assert [choice.id for choice in review.choices] == ["retry", "supply", "skip", "abort"]
        await run.decide(review.review_id, "supply", value={"parcel_id": "P9"})
        result = await run.result()
    assert result.outcome == "reached"
    assert [len(run.tools.asked(name)) for name in ("find_shopper", "find_basket", "find_arrival")] == [1, 1, 1]
    assert run.tools.asked("find_arrival") == [{"parcel": {"parcel_id": "P9"}}]


async def test_where_there_is_no_other_way_a_person_is_asked_and_told_why(client: Client) -> None:
    async with goal(client, to_the_parcel(ARRIVAL), parcels(find_arrival=fails)) as run:
        review = await run.review("failure/arrival")
        assert review.summary.endswith("; no other way: nothing here gives Arrival")
        assert (await run.status()).stage == "working"
        await run.decide("failure/arrival", "retry")
        review = await run.review("failure/arrival", 2)
        assert "no other way" not in review.summary
        await run.decide("failure/arrival", "skip", revision=2)
        assert (await run.result()).outcome == "in_part"


async def test_what_a_person_must_mend_is_not_gone_around(client: Client) -> None:
    def misconfigured(handed: dict[str, Any]) -> BaseModel:
        raise ApplicationError("no key", type="Misconfigured", non_retryable=True)

    async with goal(client, to_the_parcel(), parcels(find_parcel=misconfigured)) as run:
        await run.review("failure/parcel")
        assert not _lines(await run.record(), "replanned")
        await run.decide("failure/parcel", "abort")
        await run.result()


async def test_a_write_is_never_gone_around(client: Client) -> None:
    sent = {"id": "mail", "capability": "send", "inputs": {"parcel": ref("parcel")}, "review": True}
    async with goal(client, to_the_parcel(sent), parcels(find_parcel=fails, send=fails)) as run:
        review = await run.review("approve/mail")
        assert review.subject == {"parcel": {"parcel_id": "P1", "source": "parcel_a"}}
        await run.decide("approve/mail", "approve")
        await run.review("failure/mail")
        assert len(_lines(await run.record(), "replanned")) == 1
        await run.decide("failure/mail", "skip")
        assert (await run.result()).outcome == "in_part"


async def test_steps_that_fail_at_once_are_gone_around_one_after_the_other(client: Client) -> None:
    planned = to_the_parcel(
        {"id": "same", "capability": "find_parcel", "inputs": {"basket": ref("basket")}, "needs": ["shopper"]}, ARRIVAL
    )
    async with goal(client, planned, parcels(find_parcel=fails)) as run:
        assert (await run.result()).outcome == "reached"
        record = await run.record()
    assert [line.step for line in _lines(record, "replanned")] == ["plan/replan/parcel", "plan/replan/same"]


async def test_an_optional_step_is_not_worth_another_plan(client: Client) -> None:
    planned = to_the_parcel(
        {"id": "extra", "capability": "parcel_b", "inputs": {"shopper": ref("shopper")}, "optional": True}
    )
    async with goal(client, planned, parcels(parcel_b=fails)) as run:
        assert (await run.result()).outcome == "reached"
        assert not _lines(await run.record(), "replanned")


async def test_what_runs_meanwhile_is_finished_and_its_result_counts(client: Client) -> None:
    gate = asyncio.Event()

    async def slow(handed: dict[str, Any]) -> BaseModel:
        await gate.wait()
        return Parcel(parcel_id="slow")

    beside = {"id": "beside", "capability": "parcel_b", "inputs": {"shopper": ref("shopper")}, "optional": True}
    async with goal(client, to_the_parcel(ARRIVAL, beside), parcels(find_parcel=fails, parcel_b=slow)) as run:
        await run.fact("arrival")
        gate.set()
        assert (await run.result()).outcome == "reached"
        assert await run.fact("beside") == {"parcel_id": "slow", "source": ""}


class Baskets(BaseModel):
    """Several."""

    ids: list[Annotated[str, Named("BasketId")]]


class Parcels(BaseModel):
    """Several."""

    parcels: list[Parcel]


class Weight(BaseModel):
    """Of all."""

    kg: int


def _of_lists(each: Doing) -> Tools:
    """Every parcel by its basket, or all of somebody at once."""
    of_shopper = {"shopper": Need(type="Shopper")}
    every = {"parcels": Need(type="list[Parcel]")}
    return Tools(
        [
            *parcels().tools[:1],
            tool("list_baskets", lambda _: Baskets(ids=["b1", "b2", "b3"]), Baskets, inputs=of_shopper),
            tool("one_parcel", each, Parcel, inputs={"id": Need(type="BasketId")}, named=NAMED),
            tool("all_parcels", lambda _: Parcels(parcels=[Parcel(parcel_id="P1")]), Parcels, inputs=of_shopper),
            tool("weigh", lambda handed: Weight(kg=len(handed["parcels"])), Weight, inputs=every),
        ]
    )


OF_LISTS = plan(
    {"id": "shopper", "capability": "find_shopper", "inputs": {"code": "K7"}},
    {"id": "baskets", "capability": "list_baskets", "inputs": {"shopper": ref("shopper")}},
    {"id": "each_one", "capability": "one_parcel", "inputs": {"id": ref("each")}, "for_each": ref("baskets.ids")},
    {"id": "weight", "capability": "weigh", "inputs": {"parcels": ref("each_one")}},
)


async def test_a_list_of_which_nothing_could_be_done_is_had_in_another_way(client: Client) -> None:
    async with goal(client, OF_LISTS, _of_lists(fails)) as run:
        assert (await run.result()).outcome == "reached"
        assert await run.fact("weight") == {"kg": 1}
        record = await run.record()
    assert len(_lines(record, "replanned")) == 1
    assert not record.reviews
    await replays(client, run)


async def test_of_a_list_of_which_something_is_done_a_person_says_what_becomes_of_the_rest(client: Client) -> None:
    others = asyncio.Event()

    async def one_fails(handed: dict[str, Any]) -> BaseModel:
        if handed["id"] == "b2":
            await others.wait()
            return fails(handed)
        return Parcel(parcel_id=handed["id"])

    async with goal(client, OF_LISTS, _of_lists(one_fails)) as run:
        await run.fact("each_one/1")
        others.set()
        review = await run.review("failure/each_one/2")
        assert review.summary.endswith("; no other way: it is one item of a list, of which others are done")
        await run.decide("failure/each_one/2", "supply", value={"parcel_id": "P9"})
        assert (await run.result()).outcome == "reached"
        assert await run.fact("weight") == {"kg": 3}


@pytest.mark.parametrize("every", [1, 2, 3])
async def test_every_fact_survives_replans_and_new_histories(client: Client, every: int) -> None:
    """Each fact, once it is there, is the same in every later look, through changes of the plan and new histories."""
    broken = {name: fails for name, _ in WAYS[:3]}
    async with goal(client, to_the_parcel(ARRIVAL), parcels(**broken), continue_after_steps=every) as run:
        seen: dict[str, Any] = {}

        async def walk() -> None:
            record = await run.record()
            now = {fact.name: (fact.value, fact.step, fact.agent, fact.at) for fact in record.facts}
            for name, known in seen.items():
                assert now[name] == known, name
            assert len(now) == len(record.facts)
            seen.update(now)

        ended = asyncio.create_task(run.result())
        while not ended.done():
            await walk()
            await asyncio.sleep(0)
        assert (await ended).outcome == "reached"
        await walk()
        (record,) = run.tools.archived
        kept = {fact.name: (fact.value, fact.step, fact.agent, fact.at) for fact in record.facts}
        kept_later = {name for name in seen if name.startswith("closing/")}
        assert kept == {name: known for name, known in seen.items() if name not in kept_later}
        assert {"shopper", "basket", "arrival", "plan/replan/parcel"} <= kept.keys()
        assert len(_lines(record, "replanned")) == 3
        for name in ("find_shopper", "find_basket", "find_arrival", *(name for name, _ in WAYS[:4])):
            assert len(run.tools.asked(name)) == 1, name
    assert await histories(client, run) > 2
    await replays(client, run)

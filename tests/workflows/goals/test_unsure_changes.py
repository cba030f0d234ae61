"""A change of the goal that may mean several things, or cannot be had: a person is asked, unless another follows."""

from temporalio.client import Client

from baton.contracts import names
from baton.contracts.review import Intervention
from tests.workflows.driver import until

from .driver import goal
from .histories import replays
from .parcels import ARRIVAL, basket, parcels, to_the_parcel
from .tools import Gate


async def test_where_the_words_are_unsure_a_person_chooses_and_the_plan_goes_on_meanwhile(client: Client) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(ARRIVAL), parcels(find_basket=gate)) as run:
        await until(lambda: gate.reached == 1)
        await run.change("the weather and the parcel of code K7")
        review = await run.review("change/1")
        assert (review.kind, [choice.id for choice in review.choices]) == ("clarification", ["1", "words", "keep"])
        assert "“weather”" in review.summary
        gate.opened.set()
        await run.fact("arrival")
        assert (await run.status()).waiting.review_ids == ["change/1"]
        await run.decide("change/1", "1")
        result = await run.result()
    assert result.answer is not None
    assert {each.step for each in result.answer.statements if each.type == "Parcel"} == {"parcel", "parcel_b"}


async def test_it_may_be_said_in_other_words(client: Client) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(ARRIVAL), parcels(find_basket=gate)) as run:
        await until(lambda: gate.reached == 1)
        await run.change("the weather in Paris")
        await run.decide("change/1", "words", value="the moon of code K7")
        await run.decide("change/1", "words", value="the parcel of code K7", revision=2)
        line = await run.line("replanned")
        gate.opened.set()
        assert (await run.result()).outcome == "reached"
    assert line.text.startswith(
        "nomsa wants instead: the weather in Paris; "
        "nomsa chose: the moon of code K7; nomsa chose: the parcel of code K7;"
    )
    assert not run.tools.asked("find_arrival")


async def test_what_cannot_be_had_is_told_and_the_plan_goes_on(client: Client) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(ARRIVAL), parcels(find_basket=gate)) as run:
        await until(lambda: gate.reached == 1)
        await run.change("the arrival of shopper K7")
        review = await run.review("change/1")
        gate.opened.set()
        assert review.title == "This change of the goal cannot be had"
        assert review.summary.startswith("The plan goes on as it was. nothing here gives Arrival")
        await run.fact("arrival")
        await run.decide("change/1", "keep")
        assert (await run.result()).outcome == "reached"
        assert not any(line.kind == "replanned" for line in (await run.record()).record)


async def test_nobody_need_answer_what_was_meant_before_something_else_was_wanted(client: Client) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(ARRIVAL), parcels(find_basket=gate)) as run:
        await until(lambda: gate.reached == 1)
        await run.change("the weather and the parcel of code K7")
        await run.review("change/1")
        await run.change("the parcel of code K7")
        await run.line("replanned", "plan/change/2/1")
        gate.opened.set()
        assert (await run.result()).outcome == "reached"
        record = await run.record()
    assert [(review.review_id, review.status) for review in record.reviews] == [("change/1", "superseded")]
    assert not run.tools.asked("find_arrival")
    await replays(client, run)


async def test_nobody_is_asked_about_a_change_that_another_followed_while_it_was_planned(client: Client) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(ARRIVAL), parcels(find_basket=gate)) as run:
        await until(lambda: gate.reached == 1)
        await run.handle.signal(names.PAUSE, Intervention(by="nomsa"))
        await run.change("the weather and the parcel of code K7")
        await run.change("the parcel of code K7")
        await run.handle.signal(names.RESUME, Intervention(by="nomsa"))
        await run.line("replanned", "plan/change/2/1")
        gate.opened.set()
        assert (await run.result()).outcome == "reached"
        record = await run.record()
    assert [line.step for line in record.record if line.kind == "superseded"] == ["change/1"]
    assert record.reviews == []

"""What an agent says that does not fit, or names what stands nowhere, goes back to it, and then to a person."""

from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from baton.temporal.replaying import replay_failure
from tests.workflows.driver import eventually

from .errand_office import ORDER, answers, dated, ended, looks, office, record_of, start
from .errands import ErrandsWorkflow
from .scripted import CallsTools, Fails, ScriptedModel


async def test_what_cannot_be_asked_so_is_told_to_the_model_twice_then_a_person_is_asked(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(
        CallsTools([("delete_all", {})]),
        CallsTools([("get_order", {"number": 7})]),
        CallsTools([("get_order", "{not json")]),
        answers("it was mended"),
    )
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop)
        review = await shop.review(handle)
        assert review.kind == "failure"
        assert "no answer that fits" in str(review.subject)
        await shop.decide(handle, review, "retry")
        assert (await ended(handle)).summary == "it was mended"
    told = [asked.corrections[-1] for asked in model.asked[1:3]]
    assert "there is no tool “delete_all”: there are get_order, get_customer, read_old_file, log_note" in told[0]
    assert "get_order: the whole: 'order_id' is a required property" in told[1]


async def test_an_answer_that_its_model_refuses_goes_back_twice_and_is_mended(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(answers("soon"), looks(ORDER), answers("soon"), dated("soon", "2026-12-01"))
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop)
        assert (await ended(handle)).summary == "soon"
        history = await handle.fetch_history()
    asked = model.asked
    assert [len(each.heard) for each in asked] == [0, 1, 2, 3]
    assert "This answer does not fit. Answer again, whole, with these mended:" in asked[-1].heard[-1]
    assert "the whole: Value error, say when that is: soon" in asked[-1].heard[-1]
    assert asked[-1].heard[-1].count("‹") == 2, "fenced: its words may be an attacker's"
    assert await replay_failure(history, ErrandsWorkflow) is None


async def test_an_answer_that_never_is_what_the_task_gives_goes_back_twice_and_then_to_a_person(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.rule(lambda asked: answers("soon"))
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop)
        review = await shop.review(handle)
        assert (review.kind, len(model.asked)) == ("failure", 3)
        assert "the whole: value_error" in str(review.subject)
        await shop.decide(handle, review, "supply", value={"answer": {"words": "soon"}})
        again = await shop.review(handle)
        assert "the supplied value does not fit: the whole: value_error" in str(again.subject)
        await shop.decide(handle, again, "supply", value={"answer": {"words": "soon", "due": "2026-12-01"}})
        assert (await ended(handle)).summary == "soon"
    assert len(model.asked) == 3


async def test_a_person_who_gives_an_answer_that_does_not_fit_is_told_and_no_model_is(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.rule(lambda asked: Fails(401))
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop)
        review = await shop.review(handle)
        asked = len(model.asked)
        await shop.decide(handle, review, "supply", value={"answer": {"words": "soon"}})
        again = await shop.review(handle)
        assert "the supplied value does not fit: the whole: value_error" in str(again.subject)
        await shop.decide(handle, again, "abort")
        assert (await ended(handle)).outcome == "aborted"
    assert len(model.asked) == asked


async def test_a_date_that_is_none_goes_back_within_the_turn(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(dated("soon", "2026-02-30"), dated("soon", "2026-02-28"))
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop)
        assert (await ended(handle)).summary == "soon"
        record = await record_of(handle)
    assert (
        "give_answer: due: '2026-02-30' is not valid under any of the given schemas" in model.asked[1].corrections[-1]
    )
    assert [fact.name for fact in record.facts if fact.name.startswith("errand/")] == ["errand/1"]


async def test_an_answer_of_what_was_told_ends_it_and_one_that_was_mended_too(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    good = "The boots of W1042207 cost R1 899.00."
    model.answers(looks(ORDER), answers("The boots cost R1 900.00, see https://shop.example"), answers(good))
    async with office(client, tmp_path, model) as shop:
        assert (await ended(await start(shop, f"What do the boots of {ORDER} cost?"))).summary == good
    (told,) = model.asked[2].corrections
    assert "words: an amount that stands nowhere in what was given and told: “R1 900.00”; leave it out" in told
    assert "words: a link that stands nowhere in what was given and told: “https://shop.example”" in told


@pytest.mark.parametrize(
    ("decided", "summary"),
    [
        ({"choice": "approve"}, "R1 900.00"),
        ({"choice": "edit", "value": {"words": "R1 901.00, I looked"}}, "R1 901.00, I looked"),
        ({"choice": "reject"}, "nothing was found out"),
    ],
)
async def test_what_an_answer_still_names_after_two_corrections_is_for_a_person(
    client: Client, tmp_path: Path, model: ScriptedModel, decided: dict[str, Any], summary: str
) -> None:
    model.answers(looks(ORDER), answers("R1 900.00"))
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop)
        review = await shop.review(handle)
        assert (review.review_id, review.subject, review.risk) == ("answer/errand/2", {"words": "R1 900.00"}, "high")
        line = "words: an amount that stands nowhere in what was given and told: “R1 900.00”"
        assert review.notes[0] == line
        assert review.notes[1].startswith(f"sent back to the agent: give_answer: {line}")
        assert [fact.value for fact in review.evidence] == ["what it was given", f'get_order {{"order_id":"{ORDER}"}}']
        await shop.decide(handle, review, **decided)
        assert (await ended(handle)).summary == summary
    assert len(model.asked) == 4, "a request and two corrections, and no other model"


async def test_an_edit_of_an_answer_that_does_not_fit_is_asked_again(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(answers("R1 900.00"))
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop)
        await shop.decide(handle, await shop.review(handle), "edit", value={"words": ""})

        async def refused() -> bool | None:
            return (await record_of(handle)).refused_count == 1 or None

        await eventually(refused)
        await shop.decide(handle, await shop.review(handle), "approve")
        assert (await ended(handle)).summary == "R1 900.00"

"""What an agent may use: turns, requests and money, and what a person grants it beyond that."""

from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from baton.connectors.model_keys import ADDRESS

from .errand_office import ORDER, answers, ended, gives_up, looks, looks_on, office, record_of, start
from .scripted import KEY, Asked, ScriptedModel
from .thinking import calls_of


async def test_at_its_last_turn_it_has_no_tools_and_says_that_it_is_not_finished_and_a_person_lets_it_go_on(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    def keeps_looking(asked: Asked) -> Any:
        if "get_order" not in asked.tools:
            return gives_up("the order is missing")
        return answers("found") if len(asked.heard) > 2 else looks(ORDER)

    model.rule(keeps_looking)
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop, turns=2)
        review = await shop.review(handle)
        assert (review.kind, review.notes) == ("budget", ["2 turns are used up"])
        assert review.summary == "After 2 turns it says: the order is missing"
        await shop.decide(handle, review, "more", value={"turns": 3}, comment="look once more")
        assert (await ended(handle)).summary == "found"
    assert [("get_order" in asked.tools) for asked in model.asked] == [True, False, True, True]
    assert "This is your last turn" in model.asked[1].instructions
    assert "They say: look once more" in model.asked[2].heard[1]


async def test_a_budget_of_requests_ends_with_what_there_is_or_with_a_person_who_answers(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.rule(looks_on)
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop, calls=2)
        review = await shop.review(handle)
        assert review.notes == ["2 requests to models were made, of 2"]
        assert review.subject == {"turns": 3, "calls": 3, "cost": "0", "calls_of_unknown_price": 3}
        await shop.decide(handle, review, "supply", value={"words": "I looked myself"})
        assert (await ended(handle)).summary == "I looked myself"


@pytest.mark.parametrize(("bound", "refused"), [("turns", 0), ("calls", 1)])
async def test_what_a_person_grants_an_agent_without_an_answer_is_of_use(
    client: Client, tmp_path: Path, model: ScriptedModel, bound: str, refused: int
) -> None:
    """Turns alone are no use where requests are used up: such an answer is refused."""
    model.rule(looks_on)
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop, turns=2) if bound == "turns" else await start(shop, calls=2)
        review = await shop.review(handle)
        before = len(model.asked)
        if refused:
            await shop.decide(handle, review, "more", value={"turns": 1})
        await shop.decide(handle, review, "more", value={bound: 1})
        await shop.decide(handle, await shop.review(handle), "skip")
        await ended(handle)
        assert (await record_of(handle)).refused_count == refused
    assert [("get_order" in asked.tools) for asked in model.asked[before:]] == [True, False]


async def test_a_budget_of_money_is_kept_by_the_prices_in_the_record(
    client: Client, tmp_path: Path, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.rule(looks_on)
    monkeypatch.setitem(ADDRESS, "openai", model.url)
    async with office(client, tmp_path, model, baton_model="openai:gpt-5-mini", openai_api_key=KEY) as shop:
        handle = await start(shop, cost=0.0005)
        review = await shop.review(handle)
        spent = sum(call.price or 0 for call in calls_of(await record_of(handle))[:-1])
        assert review.notes == [f"the requests to models cost ${spent:.4f}, of $0.0005"]
        assert len(model.asked) == 4
        await shop.decide(handle, review, "skip")
        assert (await ended(handle)).summary == "nothing was found out"

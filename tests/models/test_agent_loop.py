"""An agent with tools, over real servers: what it asks for is read side by side, until there is an answer."""

from pathlib import Path

import pytest
from temporalio.client import Client

from activities.cards import plan_cards, process_cards
from baton.contracts.review import Review
from baton.processes.loading import WrongProcess, load_processes
from baton.temporal.replaying import replay_failure
from tests.workflows.driver import eventually

from .errand_office import AGENTS, MODULE, ORDER, OTHER, answers, ended, looks, office, record_of, start
from .errands import ErrandsWorkflow
from .scripted import CallsTools, Fails, ScriptedModel
from .thinking import calls_of


async def test_two_tools_are_read_side_by_side_and_the_answer_ends_it(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(looks(ORDER, OTHER), answers("boots and mugs"))
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop)
        result = await ended(handle)
        record = await record_of(handle)
        history = await handle.fetch_history()
    assert (result.outcome, result.summary) == ("done", "boots and mugs")
    assert [fact.name for fact in record.facts if fact.name.startswith("errand/")] in (
        ["errand/1", "errand/1/1", "errand/1/2", "errand/2"],
        ["errand/1", "errand/1/2", "errand/1/1", "errand/2"],
    )
    first, second = model.asked
    assert first.tools == {"get_order", "get_customer", "read_old_file", "log_note", "not_finished", "give_answer"}
    assert [len(each.heard) for each in (first, second)] == [0, 2]
    assert "Hiking Boots" in second.heard[0]
    assert "Rooibos Gift Box" in second.heard[1]
    assert [call.model for call in calls_of(record)] == [f"{model.url}#qwen3"] * 2
    scheduled = [e for e in history.events if e.HasField("activity_task_scheduled_event_attributes")]
    both = [e for e in scheduled if e.activity_task_scheduled_event_attributes.activity_type.name == "get_order"]
    assert both[1].event_id == both[0].event_id + 1, "side by side"
    assert await replay_failure(history, ErrandsWorkflow) is None


async def test_what_a_tool_cannot_read_is_told_to_the_model_and_nobody_is_asked(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(looks("W9999999"), answers("there is no such order"))
    async with office(client, tmp_path, model) as shop:
        result = await ended(await start(shop))
    assert result.summary == "there is no such order"
    assert model.asked[1].heard[0].startswith("It could not be had.\n‹get_order ")


async def test_wrong_settings_of_a_tools_system_are_told_to_a_person_and_not_to_the_model(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    """Also in a new history: with `after`, each step that ends leads to one."""
    model.answers(looks(ORDER), answers("boots"))
    async with office(client, tmp_path, model) as shop:
        await shop.fault(shop.systems.orders_url, kind="fail", status=401, count=None, match={"method": "GET"})
        handle = await start(shop, after=1)
        review = await shop.review(handle)
        assert (review.review_id, review.kind) == ("failure/errand/1/1", "failure")
        assert "Misconfigured: order system: GET /orders/{order_id} answered 401" in str(review.subject)
        assert "the settings must be mended first" in review.summary
        await shop.no_faults()
        await shop.decide(handle, review, "retry")
        assert (await ended(handle)).summary == "boots"
    assert "Hiking Boots" in model.asked[1].heard[0]


async def test_what_is_too_large_for_a_history_is_kept_beside_it_and_the_model_is_shown_its_beginning(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(CallsTools([("read_old_file", {"file": "a.txt"})]), answers("it is long"))
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop)
        await ended(handle)
        size = (await handle.describe()).raw_description.workflow_execution_info.history_size_bytes
    assert size < 100_000
    (heard,) = model.asked[1].heard
    assert heard.startswith("Only the first 20,000 of 900,011 characters:\n‹read_old_file ")
    assert len(heard) < 20_300


async def test_a_person_takes_a_turn_that_no_model_takes_and_may_ask_for_no_other_tools(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(Fails(400), answers("found"))
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop)
        review = await shop.review(handle)
        assert review.kind == "failure"
        unknown = {"calls": [{"tool": "cancel_order_by_number", "arguments": {}}]}
        await shop.decide(handle, review, "supply", value=unknown)

        async def asked_again() -> Review | None:
            found = await shop.review(handle)
            return found if found.revision == 2 else None

        again = await eventually(asked_again)
        assert "it has no tool 'cancel_order_by_number'" in str(again.subject)
        call = {"tool": "get_order", "arguments": {"order_id": ORDER}}
        await shop.decide(handle, again, "supply", value={"calls": [call]})
        assert (await ended(handle)).summary == "found"
    assert "Hiking Boots" in model.asked[1].heard[0]


def test_a_process_with_an_agent_and_no_model_does_not_start_and_says_which_setting_is_missing() -> None:
    with pytest.raises(WrongProcess, match="there is no capability take_turn_by_model") as wrong:
        load_processes([MODULE], process_cards(plan_cards([AGENTS])))
    assert "BATON_MODEL_AGENT=openai:gpt-5-mini" in str(wrong.value)

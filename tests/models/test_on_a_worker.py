"""A model reads, its fallbacks stand in, and the record says who did: over real HTTP, on real workers."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.testing import ActivityEnvironment

from activities.pending import Pending
from baton.cli.check import _queues
from baton.cli.runs import Runs
from baton.contracts import names
from baton.contracts.mail import Message
from baton.contracts.record import CallsSoFar
from baton.temporal.replaying import replay_failure
from tests.end_to_end.office import Handle, office
from tests.workflows.driver import eventually, until
from workflows.enquiry import EnquiryWorkflow

from .reading import AFRIKAANS, AFRIKAANS_READ, CANCELS, MADE_UP, asks, read_as
from .resolving import acts, resolved
from .scripted import Answer, CutsTheLine, Fails, Garbles, Refuses, Says, ScriptedModel, scripted_model
from .thinking import all_words, of_reading, second_model_workers, thinking_office, was_read, with_settings

PLAIN = Message(text="Where is my order #W1043118?\n\nThandi Nkosi", from_address="thandi.nkosi@posbus.example")
PLAIN_READ = read_as(asks("order_status", "Where is my order #W1043118?", order_numbers=["#W1043118"]))


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with scripted_model() as served:
        yield served


@pytest.fixture
def two_models() -> Iterator[tuple[ScriptedModel, ScriptedModel]]:
    with scripted_model() as first, scripted_model() as second:
        yield first, second


async def test_a_model_reads_any_language_and_the_record_says_so(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(Says(AFRIKAANS_READ, tokens=(900, 150)))
    async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
        handle = await shop.receive(AFRIKAANS)
        record = await was_read(shop, handle)
        fact = next(fact for fact in record.facts if fact.name == "read_enquiry")
        assert isinstance(fact.value, dict)
        assert fact.agent == "Reader (qwen3)"
        assert fact.value["language"] == "af"
        assert [each["words"] for each in fact.value["requests"]] == [CANCELS]  # type: ignore[index,call-overload,union-attr]
        (done,) = of_reading(record)
        assert (done.kind, done.agent) == ("done", "Reader (qwen3)")
        (call,) = done.calls
        assert call.model == f"{model.url}#qwen3"
        assert (call.input_tokens, call.output_tokens) == (900, 150)
        assert (call.prompt.name, call.prompt.version, len(call.prompt.digest)) == ("read_enquiry", "1", 64)
        assert call.price is None, "nobody knows what a server of one's own costs"
        assert call.seconds > 0
        await handle.cancel()
    assert len(model.asked) == 1


async def test_what_fits_no_better_after_two_corrections_is_left_to_the_rules(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(Says("no JSON at all"), Says(MADE_UP), Says({"requests": []}))
    async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
        handle = await shop.receive(PLAIN)
        record = await was_read(shop, handle)
        failed, fell_back, done = of_reading(record)
        assert (failed.kind, failed.agent, failed.attempt) == ("failed", "Reader (qwen3)", 3)
        assert "no answer that fits, also after 2 corrections" in failed.text
        assert len(failed.calls) == 3, "what was of no use was paid for as well"
        assert (fell_back.kind, done.kind, done.agent) == ("fell_back", "done", "Reader (rules)")
        assert not done.calls
        assert await replay_failure(await handle.fetch_history(), EnquiryWorkflow) is None
        await handle.cancel()
    assert [len(asked.corrections) for asked in model.asked] == [0, 1, 2]
    assert "Invalid JSON" in model.asked[1].corrections[0]
    assert "does not stand in the message" in model.asked[2].corrections[1]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Refuses(), "will not answer"),
        (Says("filtered", finish="content_filter"), "will not answer"),
        (Says('{"requests": [', finish="length"), "cut off"),
        (Fails(400), "refuses the request as it stands"),
        (Fails(429, error={"message": "quota", "code": "insufficient_quota"}), "nothing left to spend"),
    ],
    ids=["refused", "filtered", "cut off", "rejected", "quota"],
)
async def test_what_no_second_request_mends_goes_to_the_second_model_at_once(
    client: Client, tmp_path: Path, two_models: tuple[ScriptedModel, ScriptedModel], answer: Answer, words: str
) -> None:
    model, second = two_models
    model.answers(answer)
    second.answers(Says(AFRIKAANS_READ))
    chain = f"{model.url}#first,{second.url}#second"
    async with thinking_office(client, tmp_path, baton_model=chain) as shop:
        handle = await shop.receive(AFRIKAANS)
        record = await was_read(shop, handle)
        failed, _, done = of_reading(record)
        assert failed.agent == "Reader (first)"
        assert words in failed.text
        assert (done.kind, done.agent) == ("done", "Reader (second)")
        await handle.cancel()
    assert (len(model.asked), len(second.asked)) == (1, 1)


@pytest.mark.parametrize("answer", [Says(""), Says(AFRIKAANS_READ, tool="delete_order")], ids=["empty", "unknown tool"])
async def test_an_empty_answer_and_a_tool_that_is_not_there_are_sent_back(
    client: Client, tmp_path: Path, model: ScriptedModel, answer: Answer
) -> None:
    model.answers(answer, Says(AFRIKAANS_READ))
    async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
        handle = await shop.receive(AFRIKAANS)
        record = await was_read(shop, handle)
        (done,) = of_reading(record)
        assert (done.agent, len(done.calls)) == ("Reader (qwen3)", 2)
        await handle.cancel()
    assert len(model.asked[1].corrections) == 1


@pytest.mark.parametrize("trouble", [Fails(503), CutsTheLine(), Garbles()], ids=["503", "cut", "garbled"])
async def test_what_passes_is_tried_again_by_temporal_alone(
    client: Client, tmp_path: Path, model: ScriptedModel, trouble: Answer
) -> None:
    model.answers(trouble, Says(AFRIKAANS_READ))
    async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
        handle = await shop.receive(AFRIKAANS)
        record = await was_read(shop, handle)
        (done,) = of_reading(record)
        assert (done.agent, done.attempt) == ("Reader (qwen3)", 2)
        await handle.cancel()
    assert len(model.asked) == 2


async def test_a_pause_is_kept_and_what_was_said_before_it_is_not_paid_again(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(Says(MADE_UP), Fails(429, {"Retry-After": "2"}), Says(AFRIKAANS_READ))
    async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
        handle = await shop.receive(AFRIKAANS)
        record = await was_read(shop, handle)
        (done,) = of_reading(record)
        assert (done.agent, done.attempt, len(done.calls)) == ("Reader (qwen3)", 3, 2)
        await handle.cancel()
    assert [len(asked.corrections) for asked in model.asked] == [0, 1, 1]
    assert model.asked[2].at - model.asked[1].at >= 2


async def test_a_pause_of_hours_is_one_of_five_minutes(client: Client, tmp_path: Path, model: ScriptedModel) -> None:
    model.answers(Fails(429, {"Retry-After": "36000"}))
    async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
        handle = await shop.receive(AFRIKAANS)
        await until(lambda: bool(model.asked), 30)

        async def pause() -> float | None:
            for each in (await handle.describe()).raw_description.pending_activities:
                if each.HasField("last_failure") and each.HasField("next_attempt_schedule_time"):
                    ended = each.last_attempt_complete_time.ToSeconds()
                    return float(each.next_attempt_schedule_time.ToSeconds() - ended)
            return None

        waits = await eventually(pause, 30)
        assert 298 <= waits <= 302
        await handle.cancel()


async def test_a_wrong_key_asks_a_person_at_once_and_no_fallback_hides_it(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.wants_key()
    wrong = "sk-wrong-0a1b2c3d4e5f6a7b"
    chain = f"{model.url}#first,{model.url}#second"
    async with thinking_office(client, tmp_path, baton_model=chain, baton_model_key=wrong) as shop:
        handle = await shop.receive(AFRIKAANS)
        review = await shop.review(handle)
        assert review.kind == "failure"
        assert "BATON_MODEL_KEY" in str(review.subject)
        assert "Misconfigured" in str(review.subject)
        assert review.summary == (
            "read_enquiry_by_model failed: the settings must be mended first; "
            "until then read_enquiry_by_second_model, read_enquiry are held back"
        )
        record = await shop.record(handle)
        assert [entry.kind for entry in of_reading(record)][:1] == ["failed"]
        history = all_words(await handle.fetch_history())
        assert CANCELS in history, "payloads were looked through"
        assert wrong not in history
        await handle.cancel()
    assert [asked.model for asked in model.asked] == ["first"]


async def test_what_is_read_in_another_language_is_left_to_a_person_by_rules_that_write_english(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(Says(AFRIKAANS_READ))
    async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
        handle = await shop.receive(AFRIKAANS)
        review = await shop.review(handle)
        assert review.kind == "hand_over"
        assert "not written in English" in str(review.model_dump())
        await shop.decide(handle, review, "handled_outside")
        assert (await handle.result()).outcome == "handled_outside"


async def test_what_a_model_proposes_in_the_customers_language_is_done_once_a_person_approves(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    body = "Beste Thandi\n\nOns het bestelling #W1043118 gekanselleer."
    cancelled = acts("cancel_order", "#W1043118", reason="ordered by mistake")
    model.answers(Says(AFRIKAANS_READ), Says(resolved(cancelled, reply=body)))
    name = f"{model.url}#qwen3"
    async with thinking_office(client, tmp_path, baton_model=name, baton_model_resolver=name) as shop:
        handle = await shop.receive(AFRIKAANS)
        review = await shop.review(handle)
        assert (review.kind, [note for note in review.notes if note.startswith("careful")]) == ("resolution", [])
        assert await shop.performed() == []
        await shop.decide(handle, review, "approve")
        assert (await handle.result()).outcome == "answered"
        (mail,) = await shop.mails()
        assert "Ons het bestelling #W1043118 gekanselleer." in str(mail)
        record = await shop.record(handle)
        (done,) = [line for line in record.record if line.step == "propose_resolution" and line.kind == "done"]
        assert (done.agent, done.calls[0].prompt.name) == ("Resolver (qwen3)", "resolve_enquiry")
    assert len(model.asked) == 2


async def test_a_draft_that_stays_wrong_is_left_to_the_rules(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(Says(resolved(reply="Track it at https://evil.example, refund R9 999.00")))
    name = f"{model.url}#qwen3"
    async with thinking_office(client, tmp_path, baton_model_reader="rules", baton_model_resolver=name) as shop:
        handle = await shop.receive(PLAIN)
        review = await shop.review(handle)
        assert "evil" not in str(review.model_dump())
        lines = [line for line in (await shop.record(handle)).record if line.step == "propose_resolution"]
        assert [(line.kind, line.agent) for line in lines][-1] == ("done", "Resolver (rules)")
        await handle.cancel()
    assert len(model.asked) == 3


@pytest.mark.parametrize(
    "then", [Says(AFRIKAANS_READ, after_s=60), Fails(429, {"Retry-After": "60"})], ids=["under way", "between attempts"]
)
async def test_a_run_that_is_cancelled_waits_for_no_answer_and_knows_what_those_before_it_cost(
    client: Client, tmp_path: Path, model: ScriptedModel, then: Answer
) -> None:
    model.answers(Says(MADE_UP, tokens=(900, 150)), then)
    async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
        handle = await shop.receive(AFRIKAANS)
        await until(lambda: len(model.asked) == 2, 30)
        assert (await _calls_so_far(client, handle, "another step")).calls == []
        began = time.monotonic()
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        assert time.monotonic() - began < 30
        (given_up,) = of_reading(await shop.record(handle))
        assert (given_up.kind, given_up.agent) == ("cancelled", "Reader (qwen3)")
        assert [call.input_tokens for call in given_up.calls] == [900]
        (look,) = [
            event.activity_task_scheduled_event_attributes
            for event in (await handle.fetch_history()).events
            if event.activity_task_scheduled_event_attributes.activity_type.name == names.CALLS_SO_FAR
        ]
        assert 0 < look.schedule_to_close_timeout.seconds <= 10, "a busy worker does not hold up the end"


async def _calls_so_far(client: Client, handle: Handle, activity_id: str) -> CallsSoFar:
    looking = ActivityEnvironment(client=client)
    looking.info = replace(looking.info, workflow_id=handle.id, workflow_run_id=None)
    return await looking.run(Pending(client).calls_so_far, activity_id)


async def test_without_a_worker_that_asks_models_the_rules_take_over(client: Client, tmp_path: Path) -> None:
    """The run was started where a model is named, and no worker has one."""
    async with office(client, tmp_path) as opened:
        shop = with_settings(opened, baton_model="openai:gpt-5-mini")
        handle = await shop.receive(PLAIN, wait_s=1)
        record = await was_read(shop, handle)
        failed, _, done = of_reading(record)
        assert "no worker took it in time" in failed.text
        assert done.agent == "Reader (rules)"
        await handle.cancel()


async def test_a_pause_is_no_wait_for_a_worker(client: Client, tmp_path: Path, model: ScriptedModel) -> None:
    """Else a pause that is longer than the wait would send the step on to the rules."""
    model.answers(Fails(429, {"Retry-After": "3"}), Says(AFRIKAANS_READ))
    async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
        handle = await shop.receive(AFRIKAANS, wait_s=1)
        (done,) = of_reading(await was_read(shop, handle))
        assert (done.agent, done.attempt) == ("Reader (qwen3)", 2)
        await handle.cancel()


async def test_check_tells_whose_models_nobody_asks(client: Client, tmp_path: Path, model: ScriptedModel) -> None:
    async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
        elsewhere = with_settings(shop, baton_model=f"{model.url}#qwen3,openai:gpt-5-mini")
        own = shop.settings.task_queue

        async def seen() -> dict[str, bool] | None:
            lines = await asyncio.gather(*_queues(Runs(client, elsewhere.settings, "")))
            told = {line.name: line.ok for line in lines}
            return told if sum(told.values()) >= 2 else None

        assert await eventually(seen, 60) == {
            f"Workers on {own}": True,
            f"Workers on {own}-model-url": True,
            f"Workers on {own}-model-openai": False,
        }


async def test_a_run_that_was_promised_a_second_model_goes_on_without_it(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    """The worker's settings name one now, and named two when the run started."""
    model.answers(Fails(400))
    async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
        before = with_settings(shop, baton_model=f"{model.url}#qwen3,{model.url}#gone")
        handle = await before.receive(PLAIN)
        lines = of_reading(await was_read(shop, handle))
        assert [line.agent for line in lines if line.kind == "failed"] == ["Reader (qwen3)", "Reader (gone)"]
        assert (lines[-1].kind, lines[-1].agent) == ("done", "Reader (rules)")
        await handle.cancel()


async def test_the_bound_per_minute_holds_for_all_runs_together(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    """Of two workers too, and for each request, also those that send an answer back.

    One may be asked each second: eight take seven at least, less what the first was late on a busy machine.
    """
    model.rule(lambda asked: Says(PLAIN_READ) if asked.corrections else Says("no JSON"))
    named = f"{model.url}#qwen3"
    async with (
        thinking_office(client, tmp_path, baton_model=named, baton_model_calls_per_minute="60") as shop,
        second_model_workers(shop),
    ):
        handles = [await shop.receive(PLAIN) for _ in range(4)]
        for handle in handles:
            await was_read(shop, handle)
        at = [asked.at for asked in model.asked]
        assert len(at) == 8
        assert at[-1] - at[0] >= 4
        for handle in handles:
            await handle.cancel()

"""Shadows: a model proposes beside the rules, nothing of it is used, and `shadow report` compares."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.by_model import model_queue, thinking_agents
from activities.capability import steps_of
from activities.cards import all_cards, shadow_cards
from baton.cli.beside import beside
from baton.cli.messages import Incoming
from baton.cli.runs import Runs
from baton.cli.shadow_shapes import ShadowReport, ShadowTally
from baton.cli.shapes import MonthReport
from baton.cli.starting import start, start_shadow
from baton.connectors.models import load_models
from baton.contracts import names
from baton.contracts.enquiry import Enquiry, ReadEnquiry
from baton.contracts.mail import Message
from baton.contracts.models import ModelChains, models_in
from baton.contracts.record import RecordEntry, RunRecord
from baton.contracts.shadow import ShadowStart
from baton.settings import Settings
from baton.temporal.replaying import replay_failure
from bench.instruments.attempts import attempted
from tests.cli.command_line import run
from tests.end_to_end.office import Handle, Office
from tests.workflows.driver import eventually
from workflows.shadow import NobodyIsAsked, ShadowWorkflow
from workflows.step import RunAborted

from .reading import asks, read_as
from .resolving import acts, resolved
from .scripted import Fails, Says, ScriptedModel, scripted_model
from .thinking import all_words, calls_of, thinking_office

CANCELS = "Please cancel order #W1043118, I ordered it by mistake."
MAIL = Message(text=f"{CANCELS}\n\nThandi Nkosi", from_address="thandi.nkosi@posbus.example")
READ = read_as(asks("cancel", CANCELS, order_numbers=["#W1043118"]), order_numbers=["#W1043118"])
REPLY = "Dear Thandi,\n\nYour order is cancelled. From the shadow."
SAME = resolved(acts("cancel_order", "#W1043118", reason="ordered by mistake"), reply=REPLY)
ANOTHER = resolved(acts("cancel_order", "#W1043118", reason="no longer needed"), reply=REPLY)


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with scripted_model() as served:
        yield served


@asynccontextmanager
async def shop_of_rules(
    client: Client, state: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any
) -> AsyncIterator[Office]:
    """Rules are in use, and the command line knows where the archive is."""
    async with thinking_office(client, state, **settings) as shop:
        monkeypatch.setenv("STATE_DIR", str(shop.settings.state_dir))
        monkeypatch.setenv("TEMPORAL_ADDRESS", client.service_client.config.target_host)
        yield shop


async def handed_in(shop: Office, message: Message = MAIL) -> tuple[str, Handle]:
    """An enquiry, started as `start enquiry` does."""
    enquiry_id = f"INQ-{uuid4().hex[:8]}"
    runs = Runs(shop.client, shop.settings, "")
    await start_shadow(runs, await start(runs, Incoming(message, enquiry_id)))
    return enquiry_id, shop.client.get_workflow_handle(names.workflow_id(enquiry_id))


async def shadow_of(shop: Office, enquiry_id: str) -> RunRecord:
    """The record of its shadow, once that has ended."""

    async def look() -> RunRecord | None:
        return Runs(shop.client, shop.settings, "").archived(names.shadow_id(enquiry_id))

    return await eventually(look, 60)


async def approved(shop: Office, handle: Handle) -> RunRecord:
    """What a person is shown is approved, and the enquiry has ended."""
    review = await shop.review(handle)
    await shop.decide(handle, review, "approve")
    await handle.result()
    record = Runs(shop.client, shop.settings, "").archived(handle.id.partition("/")[2])
    assert record is not None
    return record


async def compared() -> ShadowTally:
    said = await run("shadow", "report", "--json")
    assert said.code == 0, said
    (tally,) = ShadowReport.model_validate_json(said.out).tallies
    return tally


async def test_a_shadow_proposes_beside_and_nothing_of_it_is_used(
    client: Client, tmp_path: Path, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.answers(Says(READ, tokens=(900, 150)), Says(SAME, tokens=(1800, 200)))
    async with shop_of_rules(client, tmp_path, monkeypatch, baton_shadow=f"{model.url}#qwen3") as shop:
        enquiry_id, handle = await handed_in(shop)
        shadow = await shadow_of(shop, enquiry_id)
        assert await shop.performed() == [], "nobody approved anything"
        assert await shop.mails() == []
        assert (shadow.reviews, [entry.step for entry in shadow.record if entry.key]) == ([], [])
        assert len(calls_of(shadow)) == 2
        record = await approved(shop, handle)
        assert calls_of(record) == []
        words = all_words(await handle.fetch_history())
        assert not any(each in words for each in ("qwen3", "From the shadow", "shadow/"))
        assert len(await shop.performed()) == 1
        (mail,) = await shop.mails()
        assert "From the shadow" not in str(mail)
        of_shadow = shop.client.get_workflow_handle(names.shadow_id(enquiry_id))
        assert await replay_failure(await of_shadow.fetch_history(), ShadowWorkflow) is None
        tally = await compared()
        assert tally.models == [f"{model.url}#qwen3"]
        assert (tally.shadows, tally.compared, tally.same_in_all, tally.differing) == (1, 1, 1, [])
        (decision,) = tally.decisions
        assert (decision.verdict, decision.in_use, decision.shadow) == ("approved", 1, 1)
        assert (tally.in_use.model_requests, tally.shadow.model_requests, tally.shadow.input_tokens) == (0, 2, 2700)
        month = MonthReport.model_validate_json((await run("report", "--json")).out)
        assert (sum(month.all.outcomes.values()), month.all.model_requests) == (1, 0)
        assert (sum(month.shadows.outcomes.values()), month.shadows.model_requests) == (1, 2)


async def test_what_differs_is_listed_with_what_was_done(
    client: Client, tmp_path: Path, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.answers(Says(READ), Says(ANOTHER))
    async with shop_of_rules(client, tmp_path, monkeypatch, baton_shadow=f"{model.url}#qwen3") as shop:
        enquiry_id, handle = await handed_in(shop)
        await shadow_of(shop, enquiry_id)
        review = await shop.review(handle)
        subject: Any = review.subject
        edited = {**subject, "actions": [{**subject["actions"][0], "reason": "no longer needed"}]}
        await shop.decide(handle, review, "edit", value=edited)
        await handle.result()
        tally = await compared()
        assert (tally.same["customer"], tally.same["actions"], tally.same_in_all) == (1, 0, 0)
        (difference,) = tally.differing
        assert (difference.enquiry_id, difference.decided) == (enquiry_id, "edited")
        (one,) = difference.differs
        assert one.in_use == "cancel_order on #W1043118 (ordered by mistake)"
        assert [one.shadow] == difference.done == ["cancel_order on #W1043118 (no longer needed)"]
        (decision,) = tally.decisions
        assert (decision.enquiries, decision.in_use, decision.shadow) == (1, 0, 1)
        shown = (await run("shadow", "report")).out
        assert "ordered by mistake" in shown
        assert "as in the shadow" in shown


@pytest.mark.parametrize(
    "trouble",
    [(Fails(404), "BATON_SHADOW"), (Fails(400), "rules stood in for its models")],
    ids=["no such model", "model that refuses"],
)
async def test_a_shadow_that_fails_leaves_the_enquiry_as_it_is(
    client: Client, tmp_path: Path, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch, trouble: tuple[Fails, str]
) -> None:
    failing, why = trouble
    model.answers(*[failing] * 2)
    async with shop_of_rules(client, tmp_path, monkeypatch, baton_shadow=f"{model.url}#qwen3") as shop:
        enquiry_id, handle = await handed_in(shop)
        shadow = await shadow_of(shop, enquiry_id)
        assert shadow.reviews == [], "nobody is asked"
        record = await approved(shop, handle)
        assert record.result is not None
        assert record.result.outcome == "answered"
        assert not any(entry.kind == "failed" for entry in record.record)
        tally = await compared()
        (left_out,) = tally.not_compared
        assert why in left_out.why
        assert tally.compared == 0


async def test_where_the_customer_would_be_asked_a_shadow_of_rules_ends_and_sends_nothing(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shop_of_rules(client, tmp_path, monkeypatch, baton_shadow="rules") as shop:
        enquiry_id, handle = await handed_in(
            shop, Message(text="Please cancel my order.", from_address="who@is.example")
        )
        shadow = await shadow_of(shop, enquiry_id)
        assert shadow.result is not None
        assert shadow.result.summary.startswith("would ask the customer: ")
        assert (shadow.reviews, await shop.mails()) == ([], [])
        assert (await shop.review(handle)).kind == "question"
        enquiry = await shop.record(handle)
        pair = beside(shadow, enquiry)
        assert (pair.why_not, pair.models, pair.differs) == ("", (), [])
        assert pair.shadow is not None
        assert pair.shadow.course == "asks the customer"
        done = RecordEntry(at=shadow.received_at, kind="done", step="cancel_order/a1/1", key="INQ-1/a1/1/1", text="x")
        changed = enquiry.model_copy(update={"record": [done, *enquiry.record]})
        assert "too late" in beside(shadow, changed).why_not
        assert "has not ended" in beside(shadow, None).why_not
        await handle.cancel()


async def test_without_the_setting_no_shadow_is_made_and_one_that_cannot_begin_holds_nobody_up(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async with shop_of_rules(client, tmp_path, monkeypatch) as shop:
        enquiry_id, handle = await handed_in(shop)
        await shop.review(handle)
        with pytest.raises(RPCError) as missing:
            await client.get_workflow_handle(names.shadow_id(enquiry_id)).describe()
        assert missing.value.status is RPCStatusCode.NOT_FOUND
        by_rules = Office(client, shop.settings.model_copy(update={"baton_shadow": "rules"}), shop.systems)
        await client.start_workflow("nobody's", id="shadow/INQ-taken", task_queue=f"nobody-{uuid4().hex}")
        runs = Runs(client, by_rules.settings, "")
        await start_shadow(runs, await start(runs, Incoming(MAIL, "INQ-taken")))
        await shop.review(client.get_workflow_handle("enquiry/INQ-taken"))
        assert "goes on without its shadow" in capfd.readouterr().err
        for each in (handle, client.get_workflow_handle("enquiry/INQ-taken")):
            await each.cancel()
        await client.get_workflow_handle("shadow/INQ-taken").terminate()


async def test_a_shadow_is_paused_and_goes_with_its_enquiry_also_when_that_has_ended(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shop_of_rules(client, tmp_path, monkeypatch) as shop:
        nobody_asks = Office(
            client, shop.settings.model_copy(update={"baton_shadow": "http://127.0.0.1:9/v1#qwen3"}), shop.systems
        )
        enquiry_id, handle = await handed_in(nobody_asks)
        shadow_id = names.shadow_id(enquiry_id)
        assert await waiting_with(client, model_queue(shop.settings.task_queue, "url"), 5), "what is in use goes first"
        assert "is paused" in (await run("pause", shadow_id)).out
        await approved(shop, handle)
        said = await run("cancel", enquiry_id, "--reason", "they want to be forgotten")
        assert (said.code, said.complaint) == (1, f"{enquiry_id} has ended already (completed).")
        record = await shadow_of(shop, enquiry_id)
        assert record.result is not None
        assert (record.result.outcome, record.reviews) == ("cancelled", [])
        assert "they want to be forgotten" in record.result.summary


async def waiting_with(client: Client, queue: str, priority: int) -> bool:
    """Whether a question to a model waits there with that priority, once one waits at all."""
    wanted = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
        report_stats=True,
    )

    async def look() -> bool | None:
        found = await client.workflow_service.describe_task_queue(wanted)
        waiting = found.stats_by_priority_key[priority].approximate_backlog_count
        return waiting > 0 if found.stats.approximate_backlog_count else None

    return await eventually(look)


async def test_a_worker_that_knows_no_shadow_and_asks_that_provider_says_so_at_once(model: ScriptedModel) -> None:
    chosen = Settings(_env_file=None, baton_model=f"{model.url}#qwen3")
    async with load_models(chosen) as models:
        assert models is not None
        steps: list[Any] = list(steps_of(thinking_agents(chosen.models, models)))
        (read,) = [each for each in steps if each.__temporal_activity_definition.name == "read_enquiry_by_shadow"]
        with pytest.raises(ApplicationError, match="the Shadow has fewer models here") as said:
            await attempted(read, ReadEnquiry(message=MAIL).model_dump(mode="json"))
    assert (said.value.non_retryable, model.asked) == (True, [])


def test_where_a_person_would_be_asked_a_shadow_ends_and_says_why() -> None:
    desk = object.__new__(NobodyIsAsked)
    with pytest.raises(RunAborted, match="Read it: no agent; none at all"):
        desk.open("failure", title="Read it", subject={"causes": ["no agent", "none at all"]})
    with pytest.raises(RunAborted, match="Decide: what was proposed"):
        desk.open("resolution", title="Decide", summary="what was proposed", subject=["none"])


def test_a_shadow_has_no_card_that_writes_but_of_its_own_record() -> None:
    models = ModelChains(chains={"shadow": models_in("openai:gpt-5,anthropic:claude-haiku-4-5")})
    cards = shadow_cards(models, "baton")
    writes = {card.name for card in cards if card.effect not in ("read", "model")}
    assert writes == {"archive_record"}
    assert {card.queue for card in cards if card.effect == "model"} == {
        "baton-model-openai",
        "baton-model-anthropic",
    }
    assert all_cards(models, "baton") == all_cards(), "the enquiry itself knows nothing of them"
    enquiry = Enquiry(enquiry_id="INQ-1", message=MAIL, received_at=datetime.now(UTC))
    with pytest.raises(ValidationError, match=r"a shadow changes nothing: .*cancel_order"):
        ShadowStart(enquiry=enquiry, cards=all_cards())

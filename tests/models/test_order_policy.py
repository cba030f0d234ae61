"""What an agent with tools would do to an order is held against the shop's policy before a person is asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Replayer

from activities.cards import plan_cards, process_cards
from baton.contracts import names
from baton.contracts.outcome import ProcessResult
from baton.contracts.process import ProcessStart, carried_cards, tools_among
from baton.contracts.record import RunRecord
from baton.temporal.converter import data_converter
from baton.temporal.interceptors import SignalGuard
from baton.temporal.worker_options import workflow_runner
from tests.end_to_end.office import Office

from .order_errands import OrderErrandsWorkflow
from .scripted import CallsTools, Says, ScriptedModel, scripted_model
from .thinking import thinking_office

Handle = WorkflowHandle[OrderErrandsWorkflow, ProcessResult]

PENDING, DELIVERED, SOMEBODYS = "W1043118", "W1042207", "W1043502"
CLOSED = (
    f"order #{DELIVERED}: the order is delivered, and only a pending order can be cancelled or changed (pending only)"
)
NOT_THEIRS = f"order #{SOMEBODYS}: the order is not one of this customer's (own order)"


def cancels(order: str) -> CallsTools:
    """A proposal."""
    return CallsTools([("cancel_order_by_number", {"order_id": order})])


ANSWERS = Says({"words": "seen to"}, tool="give_answer")


@asynccontextmanager
async def asked(client: Client, state: Path, *turns: Any) -> AsyncIterator[tuple[Office, ScriptedModel]]:
    """An installation whose model takes these turns."""
    with scripted_model() as model:
        model.answers(*turns)
        async with thinking_office(
            client, state, baton_model=f"{model.url}#qwen3", processes="tests.models.order_errands"
        ) as shop:
            yield shop, model


async def start(shop: Office, *, without: str = "") -> Handle:
    """Hand an errand in; `without`: a card that runs of before did not have."""
    run_id = f"order-errands/{uuid4().hex[:12]}"
    uses = [each.name for each in OrderErrandsWorkflow.uses]
    cards = process_cards(plan_cards(), shop.settings.models, shop.settings.task_queue)
    begun = ProcessStart(
        run_id=run_id,
        given={"question": f"Cancel {PENDING}.", "customer_id": "thandi_nkosi_4471"},
        received_at=datetime.now(UTC),
        cards=[each for each in carried_cards([*uses, names.ARCHIVE_RECORD.name], cards) if each.name != without],
        tools=tools_among(uses, cards),
    )
    return await shop.client.start_workflow(
        "process/order-errands", begun, id=run_id, task_queue=shop.settings.task_queue, result_type=ProcessResult
    )


async def ended(handle: Handle) -> RunRecord:
    """All that happened, once it has; its history goes with this code."""
    assert (await asyncio.wait_for(handle.result(), 90)).summary == "seen to"
    replayer = Replayer(
        workflows=[OrderErrandsWorkflow],
        data_converter=data_converter(),
        interceptors=[SignalGuard()],
        workflow_runner=workflow_runner(),
    )
    await replayer.replay_workflow(await handle.fetch_history())
    return await handle.query(OrderErrandsWorkflow.record)


async def test_what_the_policy_forbids_is_told_to_the_model_and_put_before_nobody(
    client: Client, tmp_path: Path
) -> None:
    async with asked(client, tmp_path, cancels(DELIVERED), cancels(SOMEBODYS), cancels(PENDING), ANSWERS) as (
        shop,
        model,
    ):
        handle = await start(shop)
        review = await shop.review(handle)
        assert (review.review_id, review.subject) == ("approve/errand/3/1", {"order_id": PENDING})
        assert (review.risk, review.choices[0].label) == ("medium", "Do this")
        assert f"sent back to the agent: cancel_order_by_number: the policy forbids it: {CLOSED}" in review.notes
        await shop.decide(handle, review, "approve")
        record = await ended(handle)
        assert [each["order_id"] for each in await shop.performed()] == [f"#{PENDING}"]
    told = [each.heard[-1] for each in model.asked[1:3]]
    assert [words.split("\n")[0] for words in told] == [
        "The shop's policy forbids this: nobody is asked, and it is not done."
    ] * 2
    assert (CLOSED in told[0], NOT_THEIRS in told[1]) == (True, True)
    warned = [(line.step, line.text) for line in record.record if line.kind == "warned"]
    assert warned == [
        ("errand/1/1", f"not proposed: the policy forbids it: {CLOSED}"),
        ("errand/2/1", f"not proposed: the policy forbids it: {NOT_THEIRS}"),
    ]


async def test_an_edit_that_the_policy_forbids_is_shown_to_its_writer_once_more(client: Client, tmp_path: Path) -> None:
    async with asked(client, tmp_path, cancels(PENDING), ANSWERS) as (shop, model):
        handle = await start(shop)
        await shop.decide(handle, await shop.review(handle), "edit", value={"order_id": DELIVERED})
        again = await shop.review(handle)
        assert (again.revision, again.subject, again.risk) == (2, {"order_id": DELIVERED}, "high")
        assert again.title.startswith("The policy forbids this edit")
        assert (again.notes[0], again.risk_reasons[0]) == (f"forbidden: {CLOSED}", f"forbidden: {CLOSED}")
        assert again.choices[0].label == "Do this all the same"
        assert await shop.performed() == []
        await shop.decide(handle, again, "edit", value={"order_id": PENDING, "reason": "ordered by mistake"})
        await ended(handle)
        assert [each["order_id"] for each in await shop.performed()] == [f"#{PENDING}"]
    assert "A person had it done otherwise" in model.asked[1].heard[0]


async def test_where_the_policy_cannot_be_asked_a_person_is_and_nothing_is_allowed(
    client: Client, tmp_path: Path
) -> None:
    async with asked(client, tmp_path, cancels(PENDING), ANSWERS) as (shop, model):
        await shop.fault(
            shop.systems.orders_url, kind="fail", status=422, count=None, match={"method": "GET", "path": "/orders/*"}
        )
        handle = await start(shop)
        review = await shop.review(handle)
        assert (review.kind, review.review_id) == ("failure", "failure/errand/1/1/policy/1")
        await shop.decide(handle, review, "skip")
        record = await ended(handle)
        assert await shop.performed() == []
    assert model.asked[1].heard == ["The shop's policy could not be asked: it is not done."]
    assert [review.kind for review in record.reviews] == ["failure"]


async def test_a_run_that_began_before_the_policy_was_asked_goes_on_without(client: Client, tmp_path: Path) -> None:
    async with asked(client, tmp_path, cancels(DELIVERED), ANSWERS) as (shop, _):
        handle = await start(shop, without="check_order_change")
        review = await shop.review(handle)
        assert (review.kind, review.subject) == ("approval", {"order_id": DELIVERED})
        await shop.decide(handle, review, "reject")
        await ended(handle)

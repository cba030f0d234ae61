"""Workers die, or stand still past the heartbeat, before, in the middle of and after every step of one enquiry."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError

from baton.archive import Archive
from baton.contracts import names
from baton.contracts.enquiry import EnquiryOptions
from baton.contracts.mail import Message
from baton.contracts.record import CustomerReplied
from baton.contracts.review import Review
from baton.temporal.embedded import ServerAddress
from tests.end_to_end.office import Handle, Office, systems_only
from tests.workflows.driver import eventually
from workflows.enquiry import EnquiryWorkflow

from .falling import IN_THE_MIDDLE_S, Fall, Moment, Way, falling_workers

WISH = Message(
    text="Please exchange my hiking boots for a size 7, same brown leather ones. "
    "Any price difference can go on the Visa card that I paid with.",
    from_address="boots@post.example",
    subject="Too small",
)
WHO = WISH.model_copy(update={"text": "It is Thandi Nkosi, thandi.nkosi@posbus.example, order W1042207."})

LONG_S = 150.0
"""A dozen workers fall one after the other, and what a dead one may have dispatched is waited for."""


@pytest.mark.parametrize("way", ["killed", pytest.param("frozen", marks=pytest.mark.long)])
async def test_workers_that_fall_at_every_step_lose_nothing_and_double_nothing(
    client: Client, server: ServerAddress, tmp_path: Path, way: Way
) -> None:
    moments: tuple[Moment, ...] = ("before", "during", "after")
    await asyncio.gather(*(_one_enquiry(client, server, tmp_path / each, Fall(each, way, tmp_path / f"{each}-fell"))
                           for each in moments))  # fmt: skip


async def _one_enquiry(client: Client, server: ServerAddress, place: Path, fall: Fall) -> None:
    fall.marks.mkdir()
    async with systems_only(client, place) as shop:
        await _slow_once_at_every_route(shop)
        handle = await shop.receive(
            WISH, options=EnquiryOptions(ask_customer="auto", trust="named"), attempts=30, attempt_s=20, heartbeat_s=0.5
        )
        async with falling_workers(shop.settings, server, fall, handle):
            await _until_answered(shop, handle)
            steps = await _steps(handle)
        assert set(fall.fell_at()) == steps, fall
        assert len(await shop.performed()) == 1, fall
        assert [mail["copies"] for mail in await shop.mails()] == [1, 1], fall
        assert len(await shop.entries(handle.id.removeprefix("enquiry/"))) == 1, fall
        kept = Archive(shop.settings.state_dir).find(handle.id.removeprefix("enquiry/"))
        assert kept is not None
        assert not [line for line in kept.record if line.kind in ("failed", "ambiguous")], fall


async def _slow_once_at_every_route(shop: Office) -> None:
    """So that whoever falls in the middle of a step falls while its request is on the way, and is carried out."""
    orders, crm = shop.systems.orders_url, shop.systems.crm_url
    for url, match in (
        (orders, {"path": "/customers"}),
        (orders, {"path": "/capabilities"}),
        (orders, {"path": "/orders/*", "method": "GET"}),
        (orders, {"path": "/products/*"}),
        (orders, {"method": "POST"}),
        (crm, {"method": "POST"}),
    ):
        await shop.fault(url, kind="slow", seconds=IN_THE_MIDDLE_S * 3, count=1, match=dict(match))
    await shop.fault(shop.systems.mail_url, kind="slow", seconds=IN_THE_MIDDLE_S * 3, count=2)


async def _until_answered(shop: Office, handle: Handle) -> None:
    """The customer answers what she is asked, a person approves, and the run ends."""

    async def asked() -> bool | None:
        return bool(await shop.mails()) or None

    await eventually(asked, LONG_S)
    await handle.signal(names.CUSTOMER_REPLIED, CustomerReplied(reply_id="r1", message=WHO))
    review = await eventually(lambda: _open_review(handle), LONG_S)
    assert review.kind == "resolution"
    await shop.decide(handle, review, "approve")
    assert (await asyncio.wait_for(handle.result(), LONG_S)).outcome == "answered"


async def _open_review(handle: Handle) -> Review | None:
    """A query may go to a worker that has just fallen."""
    with suppress(RPCError, WorkflowQueryFailedError):
        reviews = await handle.query(EnquiryWorkflow.reviews, rpc_timeout=timedelta(seconds=3))
        return next((review for review in reviews if review.status == "open"), None)
    return None


async def _steps(handle: Handle) -> set[str]:
    """The steps that the run had, by its history."""
    history = await handle.fetch_history()
    return {
        event.activity_task_scheduled_event_attributes.activity_type.name
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    }

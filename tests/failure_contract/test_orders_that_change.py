"""An order changes under an enquiry's hands: nothing is done on what nobody saw, and nothing is done for two."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from temporalio.client import Client

from baton.cli.eml import message_from_eml
from baton.contracts.enquiry import EnquiryResult
from baton.contracts.review import Review
from tests.end_to_end.office import ROOT, Handle, Office, office
from tests.workflows.driver import eventually

EXCHANGE = message_from_eml((ROOT / "demo" / "enquiries" / "exchange.eml").read_bytes())
CANCEL = EXCHANGE.model_copy(
    update={"text": "Please cancel my order W1043118, I ordered it by mistake. Thandi Nkosi", "subject": "Cancel it"}
)
ELSEWHERE = {
    "kind": "change_address",
    "address": {"address1": "1 Long Street", "city": "Cape Town", "country": "ZA", "zip": "8001"},
}


@pytest_asyncio.fixture(loop_scope="session")
async def shop(client: Client, tmp_path: Path) -> AsyncIterator[Office]:
    """A fresh installation."""
    async with office(client, tmp_path) as opened:
        yield opened


async def test_an_order_that_changes_while_the_approved_action_is_on_its_way_is_shown_again(shop: Office) -> None:
    handle = await shop.receive(CANCEL)
    review = await shop.review(handle)
    assert review.kind == "resolution"
    await shop.fault(shop.systems.orders_url, kind="slow", seconds=3, match={"method": "POST"})
    await shop.decide(handle, review, "approve")
    await eventually(lambda: _on_its_way(shop))
    await _changed_by_somebody_else(shop, "W1043118")
    again = await _revision(shop, handle, 2)
    assert any("changed while we acted on it" in note for note in again.notes)
    assert [each["kind"] for each in await shop.performed()] == ["change_address"]
    assert await shop.mails() == []
    await shop.decide(handle, again, "approve")
    assert (await handle.result()).outcome == "answered"
    assert [each["kind"] for each in await shop.performed()] == ["change_address", "cancel_order"]


@pytest.mark.parametrize("both_on_their_way", [False, True])
async def test_of_two_enquiries_about_one_order_that_are_approved_together_one_acts(
    shop: Office, both_on_their_way: bool
) -> None:
    handles = [await shop.receive(EXCHANGE), await shop.receive(EXCHANGE)]
    reviews = [await shop.review(handle) for handle in handles]
    if both_on_their_way:
        await shop.fault(shop.systems.orders_url, kind="slow", seconds=0.7, count=2, match={"method": "POST"})
    await asyncio.gather(
        *(shop.decide(handle, review, "approve") for handle, review in zip(handles, reviews, strict=True))
    )
    outcomes = await asyncio.gather(*(_answered_or_asked_again(shop, handle) for handle in handles))
    (answered,) = [each for each in outcomes if isinstance(each, EnquiryResult)]
    ((handle, asked),) = [
        (handle, outcome) for handle, outcome in zip(handles, outcomes, strict=True) if isinstance(outcome, Review)
    ]
    assert answered.outcome == "answered"
    assert asked.revision == 2
    assert "exchange requested" in str(asked.notes)
    await shop.decide(handle, asked, "reject")
    assert (await handle.result()).outcome == "rejected"
    assert len(await shop.performed()) == 1
    assert len(await shop.mails()) == 1


async def _on_its_way(shop: Office) -> bool | None:
    """The fault is used up by the request that waits."""
    async with httpx.AsyncClient() as http:
        return (await http.get(f"{shop.systems.orders_url}/faults")).json() == [] or None


async def _changed_by_somebody_else(shop: Office, order_id: str) -> None:
    async with httpx.AsyncClient(base_url=shop.systems.orders_url) as http:
        version = (await http.get(f"/orders/{order_id}")).headers["ETag"]
        headers = {"Idempotency-Key": "somebody else's", "If-Match": version}
        (await http.post(f"/orders/{order_id}/actions", json=ELSEWHERE, headers=headers)).raise_for_status()


async def _revision(shop: Office, handle: Handle, number: int) -> Review:
    async def look() -> Review | None:
        review = await shop.review(handle)
        return review if review.revision == number else None

    return await eventually(look)


async def _answered_or_asked_again(shop: Office, handle: Handle) -> EnquiryResult | Review:
    ended = asyncio.ensure_future(handle.result())
    asked = asyncio.ensure_future(_revision(shop, handle, 2))
    _, waiting = await asyncio.wait([ended, asked], return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
    return ended.result() if ended.done() and not ended.cancelled() else asked.result()

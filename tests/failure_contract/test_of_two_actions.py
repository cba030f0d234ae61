"""Of two approved actions the first is done and the second refused by the order system: a person says what then."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from temporalio.client import Client

from baton.cli.eml import message_from_eml
from tests.end_to_end.office import ROOT, Handle, Office, office

TWO_THINGS = message_from_eml((ROOT / "demo" / "enquiries" / "exchange.eml").read_bytes()).model_copy(
    update={
        "subject": "Two things",
        "text": "Please send order W1043118 to 1 Long Street, Cape Town, 8001 instead. And please exchange my hiking "
        "boots of order W1042207 for a size 7, same brown leather ones; any price difference can go on the Visa card "
        "that I paid with. Thandi Nkosi",
    }
)


@pytest_asyncio.fixture(loop_scope="session")
async def shop(client: Client, tmp_path: Path) -> AsyncIterator[Office]:
    """A fresh installation."""
    async with office(client, tmp_path) as opened:
        yield opened


async def test_the_first_is_taken_back_where_a_person_says_undo(shop: Office) -> None:
    before = await shop.orders()
    handle = await _refused(shop, "undo")
    again = await shop.review(handle)
    assert (again.kind, again.revision) == ("hand_over", 2)
    assert await shop.orders() == before
    assert await _done(shop) == ["change_address", "change_address"]
    assert await shop.mails() == []
    await shop.decide(handle, again, "reject")
    assert (await handle.result()).outcome == "rejected"


async def test_the_first_stays_where_a_person_says_keep_and_the_next_reviewer_is_told(shop: Office) -> None:
    handle = await _refused(shop, "keep")
    again = await shop.review(handle)
    assert (again.kind, again.revision) == ("hand_over", 2)
    assert await _done(shop) == ["change_address"]
    assert (await shop.order("W1043118"))["address"]["address1"] == "1 Long Street"
    assert any("was left out; it was not done" in note for note in again.notes)
    assert "The delivery address of order #W1043118 was changed." in str(again.subject)
    assert await shop.mails() == []
    await shop.decide(handle, again, "reject")
    await handle.result()


async def test_the_second_is_done_where_a_person_says_retry_and_the_first_not_again(shop: Office) -> None:
    handle = await _refused(shop, "retry")
    assert (await handle.result()).outcome == "answered"
    assert await _done(shop) == ["change_address", "exchange_items"]
    assert len(await shop.mails()) == 1


async def _refused(shop: Office, answer: str) -> Handle:
    """An enquiry whose second action was refused, and what a person said to that; nothing refuses any more."""
    handle = await shop.receive(TWO_THINGS)
    review = await shop.review(handle)
    assert isinstance(review.subject, dict)
    assert str(review.subject["actions"]).count("action_id") == 2
    refuses = {"method": "POST", "path": "/orders/W1042207/actions"}
    await shop.fault(shop.systems.orders_url, kind="fail", status=422, match=dict(refuses))
    await shop.decide(handle, review, "approve")
    failed = await shop.review(handle)
    assert failed.kind == "failure"
    assert {"retry", "keep", "undo"} <= {choice.id for choice in failed.choices}
    await shop.no_faults()
    await shop.decide(handle, failed, answer)
    return handle


async def _done(shop: Office) -> list[str]:
    return [each["kind"] for each in await shop.performed()]

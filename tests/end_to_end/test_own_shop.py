"""The flagship, from a mail to the logged outcome, in the project's own shop."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from temporalio.client import Client

from baton.archive import Archive
from baton.cli.eml import message_from_eml
from baton.contracts import names
from baton.contracts.enquiry import EnquiryOptions
from baton.contracts.mail import Message
from baton.contracts.record import CustomerReplied
from baton.contracts.review import Review
from tests.workflows.driver import eventually

from .office import Office, office

ENQUIRIES = Path(__file__).parents[2] / "demo" / "enquiries"


@pytest_asyncio.fixture(loop_scope="session")
async def shop(client: Client, tmp_path: Path) -> AsyncIterator[Office]:
    """A fresh installation of the project's own shop."""
    async with office(client, tmp_path) as opened:
        yield opened


async def test_an_exchange_is_approved_done_once_answered_in_its_thread_logged_and_kept(shop: Office) -> None:
    message = message_from_eml((ENQUIRIES / "exchange.eml").read_bytes())
    before = await shop.orders()
    handle = await shop.receive(message)
    review = await shop.review(handle)
    assert review.kind == "resolution"
    assert await shop.orders() == before
    assert await shop.mails() == []
    await shop.decide(handle, review, "approve")
    result = await handle.result()
    assert result.outcome == "answered"
    (action,) = await shop.performed()
    assert action["key"] == f"{result.enquiry_id}/a1/1/0"
    assert (await shop.order("W1042207"))["status"] == "exchange requested"
    (mail,) = await shop.mails()
    assert mail["headers"]["In-Reply-To"] == message.message_id
    (entry,) = await shop.entries(result.enquiry_id)
    assert result.enquiry_id in str(entry)
    kept = Archive(shop.settings.state_dir).find(result.enquiry_id)
    assert kept is not None
    assert kept.result is not None
    assert {fact.name for fact in kept.facts} >= {"received", "read_enquiry", "find_customer", "approved/1"}


async def test_a_rejected_enquiry_leaves_the_order_system_as_it_was_byte_for_byte(shop: Office) -> None:
    before = await shop.orders()
    handle = await shop.receive(message_from_eml((ENQUIRIES / "return.eml").read_bytes()))
    await shop.decide(handle, await shop.review(handle), "reject")
    assert (await handle.result()).outcome == "rejected"
    assert await shop.orders() == before
    assert await shop.mails() == []


async def test_a_stranger_is_asked_and_the_answer_leads_on(shop: Office) -> None:
    message = Message(text="Hello, can you help me with my order?", from_address="stranger@post.example")
    handle = await shop.receive(message, options=EnquiryOptions(ask_customer="auto"))

    async def asked() -> bool | None:
        return True if await shop.mails() else None

    await eventually(asked)
    (mail,) = await shop.mails()
    assert "postcode" in str(mail)
    reply = Message(
        text="It is Thandi Nkosi, thandi.nkosi@posbus.example, order W1042207. Please return the hiking boots.",
        from_address=message.from_address,
    )
    await handle.signal(names.CUSTOMER_REPLIED, CustomerReplied(reply_id="r1", message=reply))
    review = await shop.review(handle)
    assert review.review_id == "resolution"
    record = await shop.record(handle)
    (match,) = [fact for fact in record.facts if fact.name == "find_customer/2"]
    assert match.value["outcome"] == "one"  # type: ignore[index,call-overload]
    await shop.decide(handle, review, "reject")
    await handle.result()


async def test_a_wish_that_the_rules_cannot_follow_leaves_a_proposal_that_can_be_approved(shop: Office) -> None:
    handle = await shop.receive(message_from_eml((ENQUIRIES / "return.eml").read_bytes()))
    first = await shop.review(handle)
    await shop.decide(handle, first, "request_changes", comment="shorter")

    async def again() -> Review | None:
        review = await shop.review(handle)
        return review if review.revision == 2 else None

    second = await eventually(again)
    assert second.subject == first.subject
    assert "shorter" in second.notes[0]
    await shop.decide(handle, second, "approve")
    assert (await handle.result()).outcome == "answered"
    assert len(await shop.performed()) == 1

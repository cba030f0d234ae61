"""When a system fails, over real HTTP and SMTP: what is tried, what stands in, and that nothing is doubled."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from baton.cli.eml import message_from_eml
from baton.contracts.mail import Message
from baton.contracts.names import LATE_LOG_WORKFLOW
from tests.workflows.driver import eventually

from .office import Office, office

ENQUIRIES = Path(__file__).parents[2] / "demo" / "enquiries"


@pytest.fixture
def message() -> Message:
    """An enquiry whose resolution the rules can propose."""
    return message_from_eml((ENQUIRIES / "exchange.eml").read_bytes())


@pytest_asyncio.fixture(loop_scope="session")
async def shop(client: Client, tmp_path: Path) -> AsyncIterator[Office]:
    """A fresh installation of the project's own shop."""
    async with office(client, tmp_path) as opened:
        yield opened


async def test_a_passing_fault_is_tried_again_and_told(shop: Office, message: Message) -> None:
    await shop.fault(shop.systems.orders_url, kind="fail", status=503, count=2)
    handle = await shop.receive(message)
    review = await shop.review(handle)
    assert review.kind == "resolution"
    record = await shop.record(handle)
    assert max(fact.attempt for fact in record.facts) > 1
    await shop.decide(handle, review, "reject")
    await handle.result()


async def test_while_the_order_system_is_down_the_crm_stands_in_and_nothing_is_proposed(
    shop: Office, message: Message
) -> None:
    await shop.fault(shop.systems.orders_url, kind="down")
    handle = await shop.receive(message, attempts=2)
    review = await shop.review(handle)
    record = await shop.record(handle)
    fell_back = {entry.step for entry in record.record if entry.kind == "fell_back"}
    assert "find_customer" in fell_back
    assert any(step.startswith("check_orders/") for step in fell_back)
    assert review.kind == "hand_over"
    assert "an order is an old copy" in review.risk_reasons
    await shop.decide(handle, review, "handled_outside")
    assert (await handle.result()).outcome == "handled_outside"


async def test_an_answer_lost_after_the_work_was_done_does_it_once(shop: Office, message: Message) -> None:
    handle = await shop.receive(message)
    review = await shop.review(handle)
    await shop.fault(shop.systems.orders_url, kind="cut_after", count=1, match={"method": "POST"})
    await shop.decide(handle, review, "approve")
    assert (await handle.result()).outcome == "answered"
    assert len(await shop.performed()) == 1
    assert len(await shop.mails()) == 1
    (acted,) = [line for line in (await shop.record(handle)).record if line.step.startswith("exchange_items/")]
    assert (acted.kind, acted.attempt) == ("done", 2)
    assert acted.text.endswith("; an earlier attempt had done it: looked up, not done again")


async def test_a_mail_whose_receipt_was_lost_is_not_sent_twice(shop: Office, message: Message) -> None:
    handle = await shop.receive(message)
    review = await shop.review(handle)
    await shop.fault(shop.systems.mail_url, kind="cut_after", count=1)
    await shop.decide(handle, review, "approve")
    assert (await handle.result()).outcome == "answered"
    assert len(await shop.mails()) == 1


async def test_an_order_that_changed_after_approval_is_shown_again_before_anything_is_done(
    shop: Office, message: Message
) -> None:
    other = Message(
        text="Please return the hiking boots from order #W1042207, I do not need them.",
        from_address=message.from_address,
        subject="return",
    )
    first = await shop.receive(message)
    second = await shop.receive(other)
    first_review = await shop.review(first)
    second_review = await shop.review(second)
    assert second_review.kind == "resolution"
    await shop.decide(first, first_review, "approve")
    assert (await first.result()).outcome == "answered"
    await shop.decide(second, second_review, "approve")

    async def again() -> bool | None:
        review = await shop.review(second)
        return review.revision == 2 or None

    await eventually(again)
    review = await shop.review(second)
    assert any("status was 'delivered', is 'exchange requested'" in note for note in review.notes)
    await shop.decide(second, review, "reject")
    await second.result()
    assert len(await shop.performed()) == 1


async def test_an_enquiry_does_not_wait_for_a_crm_that_is_down(shop: Office, message: Message, client: Client) -> None:
    handle = await shop.receive(message, attempts=2)
    review = await shop.review(handle)
    await shop.fault(shop.systems.crm_url, kind="down")
    await shop.decide(handle, review, "approve")
    result = await handle.result()
    assert (result.outcome, result.log_entry) == ("answered", f"later: log/{result.enquiry_id}")
    late = client.get_workflow_handle(f"log/{result.enquiry_id}")
    assert (await late.describe()).workflow_type == LATE_LOG_WORKFLOW
    await late.terminate()


async def test_the_late_log_is_written_once_the_crm_answers(shop: Office, message: Message, client: Client) -> None:
    handle = await shop.receive(message, attempts=1)
    review = await shop.review(handle)
    await shop.fault(shop.systems.crm_url, kind="fail", status=503, count=1)
    await shop.decide(handle, review, "approve")
    result = await handle.result()
    await client.get_workflow_handle(f"log/{result.enquiry_id}").result()
    assert len(await shop.entries(result.enquiry_id)) == 1

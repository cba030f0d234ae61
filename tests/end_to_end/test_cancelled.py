"""An enquiry is cancelled in the middle of an effect, over real systems: it is finished or given up, and told so."""

from pathlib import Path

import pytest
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client, WorkflowFailureError

from baton.cli.eml import message_from_eml
from baton.contracts.enquiry import EnquiryResult
from tests.workflows.driver import eventually

from .office import ROOT, Handle, Office, office

POST = {"method": "POST"}
LOST = {"kind": "cut_after", "count": 1, "match": POST}
DEAF = {"kind": "down", "count": None, "match": {"path": "/actions*"}}
"""Nobody can look up what was done."""


async def _approved(shop: Office, mail: str = "exchange", **fault: object) -> Handle:
    handle = await shop.receive(message_from_eml((ROOT / "demo" / "enquiries" / f"{mail}.eml").read_bytes()))
    review = await shop.review(handle)
    for url, each in fault.items():
        assert isinstance(each, list)
        for one in each:
            await shop.fault(getattr(shop.systems, url), **one)
    await shop.decide(handle, review, "approve")
    return handle


async def _the_worker_has_seen_that_keys_are_kept(shop: Office) -> None:
    """One enquiry before: from then on it looks nothing up before a first attempt."""
    handle = await _approved(shop, "return")
    assert (await handle.result()).outcome == "answered"
    assert (len(await shop.performed()), len(await shop.mails())) == (1, 1)


async def _in_flight(handle: Handle, step: str, *, its_word: bool = False) -> None:
    """An attempt works on it; with `its_word` it has left word that it does, as it does where keys are not kept."""

    async def look() -> bool | None:
        pending = (await handle.describe()).raw_description.pending_activities
        started = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
        return (
            any(
                each.activity_type.name == step
                and each.state == started
                and (not its_word or each.heartbeat_details.payloads)
                for each in pending
            )
            or None
        )

    await eventually(look)


async def _between_attempts(handle: Handle, step: str, attempt: int) -> None:
    """After a few, so that the next one is not due at this very moment."""

    async def look() -> bool | None:
        pending = (await handle.describe()).raw_description.pending_activities
        waits = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
        return (
            any(each.activity_type.name == step and each.state == waits and each.attempt >= attempt for each in pending)
            or None
        )

    await eventually(look, 60)


async def _cancelled(shop: Office, handle: Handle) -> EnquiryResult:
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    record = await shop.record(handle)
    assert isinstance(record.result, EnquiryResult)
    assert [review.review_id for review in record.reviews if review.status == "open"] == []
    (entry,) = await shop.entries(record.enquiry_id)
    assert entry["outcome"] == record.result.outcome == "cancelled"
    return record.result


@pytest.mark.parametrize("keys", [True, False])
async def test_an_action_in_flight_is_finished_and_nothing_follows_it(
    client: Client, tmp_path: Path, keys: bool
) -> None:
    async with office(client, tmp_path, keys=keys) as shop:
        handle = await _approved(shop, orders_url=[{"kind": "slow", "seconds": 3, "count": 1, "match": POST}])
        await _in_flight(handle, "exchange_items", its_word=not keys)
        await handle.cancel()
        result = await _cancelled(shop, handle)
        assert len(await shop.performed()) == 1
        assert (len(result.actions_done), result.in_doubt) == (1, [])
        assert await shop.mails() == []


async def test_a_mail_in_flight_is_sent_once_and_the_enquiry_is_answered(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, mail_tells=False) as shop:
        handle = await _approved(shop, mail_url=[{"kind": "slow", "seconds": 3, "count": 1}])
        await _in_flight(handle, "send_reply", its_word=True)
        await handle.cancel()
        assert (await handle.result()).outcome == "answered"
        assert len(await shop.mails()) == 1


@pytest.mark.parametrize("keys", [True, False])
async def test_with_the_order_system_down_an_action_is_given_up_and_nobody_is_in_doubt(
    client: Client, tmp_path: Path, keys: bool
) -> None:
    async with office(client, tmp_path, keys=keys) as shop:
        handle = await _approved(shop, orders_url=[{"kind": "down", "count": None}])
        await _between_attempts(handle, "exchange_items", 4)
        await handle.cancel()
        result = await _cancelled(shop, handle)
        await shop.no_faults()
        assert await shop.performed() == []
        assert (result.actions_done, result.in_doubt) == ([], [])


async def test_an_answer_that_was_lost_is_told_as_what_nobody_knows_while_the_system_cannot_be_asked(
    client: Client, tmp_path: Path
) -> None:
    async with office(client, tmp_path) as shop:
        await _the_worker_has_seen_that_keys_are_kept(shop)
        handle = await _approved(shop, orders_url=[LOST, DEAF])
        await _between_attempts(handle, "exchange_items", 3)
        await handle.cancel()
        result = await _cancelled(shop, handle)
        await shop.no_faults()
        assert result.in_doubt == [(await shop.performed())[-1]["key"]]


async def test_an_answer_that_was_lost_is_found_when_the_system_can_be_asked_again(
    client: Client, tmp_path: Path
) -> None:
    async with office(client, tmp_path) as shop:
        await _the_worker_has_seen_that_keys_are_kept(shop)
        handle = await _approved(shop, orders_url=[LOST, DEAF])
        await _between_attempts(handle, "exchange_items", 5)
        await shop.no_faults()
        await handle.cancel()
        result = await _cancelled(shop, handle)
        assert len(await shop.performed()) == 2
        assert (len(result.actions_done), result.in_doubt) == (1, [])
        assert len(await shop.mails()) == 1

"""What a system answers on a bad day, over real HTTP: what passes is tried again, a no is a person's to answer."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client

from baton.cli.eml import message_from_eml
from tests.end_to_end.office import ROOT, Office, office
from tests.workflows.driver import eventually

EXCHANGE = message_from_eml((ROOT / "demo" / "enquiries" / "exchange.eml").read_bytes())
ACTING: dict[str, Any] = {"method": "POST", "path": "/orders/*/actions"}
PASSING: dict[str, dict[str, Any]] = {
    "500": {"kind": "fail", "status": 500},
    "503": {"kind": "fail", "status": 503},
    "503 after the work": {"kind": "fail_after", "status": 503},
    "429": {"kind": "fail", "status": 429, "retry_after": 1},
    "garbage": {"kind": "garbage"},
    "never": {"kind": "slow", "seconds": 2},
    "cut off": {"kind": "cut_after"},
    "cut off amid the answer": {"kind": "cut_amid"},
}


@pytest_asyncio.fixture(loop_scope="session")
async def shop(client: Client, tmp_path: Path) -> AsyncIterator[Office]:
    """A fresh installation that waits a second for an answer."""
    async with office(client, tmp_path, timeout_s=1) as opened:
        yield opened


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
async def test_whatever_passes_when_an_action_is_carried_out_costs_an_attempt_and_it_is_done_once(
    shop: Office, fault: dict[str, Any]
) -> None:
    handle = await shop.receive(EXCHANGE)
    review = await shop.review(handle)
    await shop.fault(shop.systems.orders_url, **fault, match=ACTING)
    await shop.decide(handle, review, "approve")
    assert (await handle.result()).outcome == "answered"
    assert len(await shop.performed()) == 1
    assert len(await shop.mails()) == 1
    (line,) = [line for line in (await shop.record(handle)).record if line.step.startswith("exchange_items")]
    assert (line.kind, line.attempt > 1) == ("done", True)


async def test_whatever_passes_when_orders_are_read_leads_to_the_same_proposal(shop: Office) -> None:
    undisturbed = await shop.receive(EXCHANGE)
    expected = (await shop.review(undisturbed)).subject
    for fault in PASSING.values():
        await shop.fault(shop.systems.orders_url, **fault, match={"method": "GET", "path": "/orders/*"})
    handle = await shop.receive(EXCHANGE)
    review = await shop.review(handle)
    assert (review.kind, review.subject) == ("resolution", expected)
    for each in (undisturbed, handle):
        await shop.decide(each, await shop.review(each), "reject")
        await each.result()


@pytest.mark.parametrize("status", [404, 409])
async def test_a_no_to_an_action_is_told_to_a_person_at_once_and_nothing_is_done(shop: Office, status: int) -> None:
    handle = await shop.receive(EXCHANGE)
    review = await shop.review(handle)
    before = await shop.orders()
    await shop.fault(shop.systems.orders_url, kind="fail", status=status, match=ACTING)
    await shop.decide(handle, review, "approve")

    async def failed() -> bool | None:
        return (await shop.review(handle)).kind == "failure" or None

    await eventually(failed)
    asked = await shop.review(handle)
    assert f"answered {status}" in str(asked.subject)
    assert "not_done" not in [choice.id for choice in asked.choices]
    assert (await shop.performed(), await shop.mails()) == ([], [])
    assert await shop.orders() == before
    await shop.decide(handle, asked, "retry")
    assert (await handle.result()).outcome == "answered"
    assert len(await shop.performed()) == 1


async def test_an_order_that_is_gone_is_looked_up_in_the_crm_and_nothing_is_proposed_from_that(shop: Office) -> None:
    await shop.fault(
        shop.systems.orders_url, kind="fail", status=404, count=None, match={"method": "GET", "path": "/orders/*"}
    )
    handle = await shop.receive(EXCHANGE)
    review = await shop.review(handle)
    assert review.kind == "hand_over"
    assert "an order is an old copy" in review.risk_reasons
    await shop.decide(handle, review, "handled_outside")
    await handle.result()


async def test_wrong_credentials_stop_the_step_at_once_and_no_stand_in_hides_them(shop: Office) -> None:
    await shop.fault(shop.systems.orders_url, kind="fail", status=401, count=None, match={"path": "/customers"})
    handle = await shop.receive(EXCHANGE)
    review = await shop.review(handle)
    assert review.kind == "failure"
    assert "Misconfigured" in str(review.subject)
    (line,) = [line for line in (await shop.record(handle)).record if line.step == "find_customer"]
    assert (line.kind, line.attempt) == ("failed", 1)
    await shop.no_faults()
    await shop.decide(handle, review, "retry")

    async def mended() -> bool | None:
        return (await shop.review(handle)).kind == "resolution" or None

    await eventually(mended)
    await shop.decide(handle, await shop.review(handle), "reject")
    await handle.result()

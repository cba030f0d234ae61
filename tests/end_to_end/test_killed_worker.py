"""A worker dies by kill -9 in the middle of an effect: another goes on, and nothing is done twice."""

from pathlib import Path

import pytest
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client

from baton.cli.eml import message_from_eml
from baton.temporal.embedded import ServerAddress
from tests.workflows.driver import eventually

from .office import ROOT, Handle, Office, systems_only, worker_process


@pytest.mark.parametrize(
    ("system", "keys"), [pytest.param("orders", True, marks=pytest.mark.long), ("orders", False), ("mail", True)]
)
async def test_a_worker_killed_in_the_middle_of_an_effect_costs_nothing_and_doubles_nothing(
    client: Client, server: ServerAddress, tmp_path: Path, system: str, keys: bool
) -> None:
    async with systems_only(client, tmp_path, keys=keys) as shop:
        handle = await _killed_in_the_middle(shop, server, tmp_path, system)
        async with worker_process(shop.settings, server, tmp_path / "second.log"):
            assert (await handle.result()).outcome == "answered"
        assert len(await shop.performed()) == 1
        assert len(await shop.mails()) == 1


async def test_a_worker_killed_while_it_sent_a_mail_of_which_nobody_can_tell_leaves_it_to_a_person(
    client: Client, server: ServerAddress, tmp_path: Path
) -> None:
    async with systems_only(client, tmp_path, mail_tells=False) as shop:
        handle = await _killed_in_the_middle(shop, server, tmp_path, "mail")
        sent = len(await shop.mails())
        async with worker_process(shop.settings, server, tmp_path / "second.log"):
            review = await shop.review(handle)
            assert {"done", "not_done"} <= {choice.id for choice in review.choices}
            assert len(await shop.mails()) == sent
            await shop.decide(handle, review, "done" if sent else "not_done")
            assert (await handle.result()).outcome == "answered"
        assert len(await shop.mails()) == 1


async def _killed_in_the_middle(shop: Office, server: ServerAddress, tmp_path: Path, system: str) -> Handle:
    """An enquiry whose worker died by kill -9 while the system was at work for it."""
    message = message_from_eml((ROOT / "demo" / "enquiries" / "exchange.eml").read_bytes())
    async with worker_process(shop.settings, server, tmp_path / "first.log") as first:
        handle = await shop.receive(message, attempts=5, attempt_s=4)
        review = await shop.review(handle)
        await _slow_after(shop, system)
        await shop.decide(handle, review, "approve")
        step = "exchange_items" if system == "orders" else "send_reply"
        await eventually(lambda: _effect_in_flight(handle, step, its_word=system == "mail"))
        first.kill()
        await first.wait()
    await shop.no_faults()
    return handle


async def _slow_after(shop: Office, system: str) -> None:
    if system == "orders":
        await shop.fault(shop.systems.orders_url, kind="slow", seconds=2, count=1, match={"method": "POST"})
    else:
        await shop.fault(shop.systems.mail_url, kind="slow", seconds=2, count=1)


async def _effect_in_flight(handle: Handle, step: str, *, its_word: bool) -> bool | None:
    """Whether an attempt works on it, and, where it leaves word first, has done so."""
    pending = (await handle.describe()).raw_description.pending_activities
    started = [
        each
        for each in pending
        if each.activity_type.name == step
        and each.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
        and (not its_word or each.heartbeat_details.payloads)
    ]
    return True if started else None

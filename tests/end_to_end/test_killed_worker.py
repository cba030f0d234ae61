"""A worker dies by kill -9 in the middle of an effect: another goes on, and nothing is done twice."""

from pathlib import Path

import pytest
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client

from baton.cli.eml import message_from_eml
from baton.temporal.embedded import ServerAddress
from tests.workflows.driver import eventually

from .office import ROOT, Handle, Office, systems_only, worker_process


@pytest.mark.parametrize("system", ["orders", "mail"])
async def test_a_worker_killed_in_the_middle_of_an_effect_costs_nothing_and_doubles_nothing(
    client: Client, server: ServerAddress, tmp_path: Path, system: str
) -> None:
    message = message_from_eml((ROOT / "demo" / "enquiries" / "exchange.eml").read_bytes())
    async with systems_only(client, tmp_path) as shop:
        async with worker_process(shop.settings, server, tmp_path / "first.log") as first:
            handle = await shop.receive(message, attempts=5, attempt_s=4)
            review = await shop.review(handle)
            await _slow_after(shop, system)
            await shop.decide(handle, review, "approve")
            step = "exchange_items" if system == "orders" else "send_reply"
            await eventually(lambda: _effect_in_flight(handle, step))
            first.kill()
            await first.wait()
        await shop.no_faults()
        async with worker_process(shop.settings, server, tmp_path / "second.log"):
            assert (await handle.result()).outcome == "answered"
        assert len(await shop.performed()) == 1
        assert len(await shop.mails()) == 1


async def _slow_after(shop: Office, system: str) -> None:
    if system == "orders":
        await shop.fault(shop.systems.orders_url, kind="slow", seconds=2, count=1, match={"method": "POST"})
    else:
        await shop.fault(shop.systems.mail_url, kind="slow", seconds=2, count=1)


async def _effect_in_flight(handle: Handle, step: str) -> bool | None:
    pending = (await handle.describe()).raw_description.pending_activities
    started = [
        each
        for each in pending
        if each.activity_type.name == step and each.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
    ]
    return True if started else None

"""An address that was changed is put back, against the real order system, and nothing of others is overwritten."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from temporalio.exceptions import ApplicationError

from activities.order_desk import OrderDesk
from baton.connectors.http_orders import HttpOrders
from baton.contracts.enquiry import ActionResult, Resolution
from baton.contracts.orders import Address, ChangeAddress, Order
from baton.contracts.wire import digest_of
from demo.servers import DemoSystems

from .attempts import attempt

NEW = Address(address1="4 Hill Street", city="Pinetown", country="ZA", postcode="3610")


@pytest_asyncio.fixture(loop_scope="session", params=[True, False], ids=["with keys", "without keys"])
async def orders(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[HttpOrders]:
    """The project's own shop, with idempotency keys and without."""
    async with DemoSystems.started(tmp_path, keys=request.param) as systems:
        connector = HttpOrders({"url": systems.orders_url})
        yield connector
        await connector.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def basis(orders: HttpOrders) -> Order:
    """An order that has not left yet."""
    async with httpx.AsyncClient() as http:
        tables = (await http.get(f"{orders._http._url}/dump")).json()
    pending = next(row["order_id"] for row in tables["orders"].values() if row["status"] == "pending")
    return await orders.get_order(pending)


def _handed(basis: Order, key: str) -> dict[str, Any]:
    move = ChangeAddress(action_id="a1", order_id=basis.order_id, order_version=basis.version, address=NEW)
    subject = Resolution(actions=[move]).model_dump(mode="json")
    return {
        "subject": subject,
        "subject_digest": digest_of(subject),
        "action_id": "a1",
        "basis": basis.model_dump(mode="json"),
        "key": key,
    }


async def _changed(orders: HttpOrders, basis: Order) -> None:
    await attempt().run(OrderDesk(orders).change_address, _handed(basis, "INQ-1/a1/1/0"))
    assert (await orders.get_order(basis.order_id)).address == NEW


async def _undone(orders: HttpOrders, basis: Order, number: int = 1) -> ActionResult:
    handed = _handed(basis, "INQ-1/a1-undo/1/0")
    answer = await attempt(number).run(OrderDesk(orders).undo_change_address, handed)
    return ActionResult.model_validate(answer.value)


async def test_the_former_address_is_put_back(orders: HttpOrders, basis: Order) -> None:
    await _changed(orders, basis)
    assert (await _undone(orders, basis)).outcome == "done"
    assert (await orders.get_order(basis.order_id)).address == basis.address


async def test_an_address_that_somebody_else_gave_since_stays(orders: HttpOrders, basis: Order) -> None:
    await _changed(orders, basis)
    now = await orders.get_order(basis.order_id)
    other = NEW.model_copy(update={"address1": "9 Other Road"})
    move = ChangeAddress(action_id="x", order_id=basis.order_id, order_version=now.version, address=other)
    await orders.perform(move, key="somebody else", expected_version=now.version)
    undone = await _undone(orders, basis)
    assert (undone.outcome, undone.changes) == ("changed", ["the delivery address is another one now"])
    assert (await orders.get_order(basis.order_id)).address == other


async def test_an_order_that_had_no_address_is_not_touched(orders: HttpOrders, basis: Order) -> None:
    await _changed(orders, basis)
    with pytest.raises(ApplicationError, match="no address before"):
        await _undone(orders, basis.model_copy(update={"address": None}))
    assert (await orders.get_order(basis.order_id)).address == NEW


async def test_a_repeat_of_the_undo_does_nothing_more(orders: HttpOrders, basis: Order) -> None:
    await _changed(orders, basis)
    first = await _undone(orders, basis)
    assert first.order.version == (await orders.get_order(basis.order_id)).version
    if (await orders.capabilities()).supports_keys:
        assert (await _undone(orders, basis, 2)).outcome == "done"
        assert (await orders.get_order(basis.order_id)).version == first.order.version

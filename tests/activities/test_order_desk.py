"""Approved actions against the real order system: only what was approved, and only while nothing changed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from pydantic import JsonValue
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.order_desk import OrderDesk
from activities.policy_desk import PolicyDesk
from baton.connectors.http_orders import HttpOrders
from baton.contracts.enquiry import ActionResult, CheckPolicy, PolicyVerdict, Resolution
from baton.contracts.orders import Action, ActionKind, CancelOrder, ChangeAddress, ChangeItems, Order, ReturnItems, Swap
from baton.contracts.systems import Conflict, OrderCapabilities, Performed
from baton.contracts.wire import digest_of
from demo.servers import DemoSystems

from .attempts import attempt, word


class Shop(HttpOrders):
    """The project's own shop, with what it can do as a test says."""

    def __init__(self, url: str) -> None:
        super().__init__({"url": url})
        self.url = url
        self.only: list[ActionKind] | None = None

    async def capabilities(self) -> OrderCapabilities:
        """What the shop says, or less."""
        said = await super().capabilities()
        return said if self.only is None else said.model_copy(update={"actions": self.only})


@pytest_asyncio.fixture(loop_scope="session")
async def keyless(tmp_path: Path) -> AsyncIterator[Shop]:
    """The same shop, which keeps no idempotency keys."""
    async with DemoSystems.started(tmp_path, keys=False) as systems:
        connector = Shop(systems.orders_url)
        yield connector
        await connector.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def orders(tmp_path: Path) -> AsyncIterator[Shop]:
    """The project's own shop over HTTP."""
    async with DemoSystems.started(tmp_path) as systems:
        connector = Shop(systems.orders_url)
        yield connector
        await connector.aclose()


async def _pending(orders: Shop) -> Order:
    async with httpx.AsyncClient() as http:
        tables = (await http.get(f"{orders.url}/dump")).json()
    pending = (row["order_id"] for row in tables["orders"].values() if row["status"] == "pending")
    return await orders.get_order(next(pending))


def _handed(basis: Order, key: str = "INQ-1/a1/1/0", **changed: JsonValue) -> dict[str, Any]:
    cancel = CancelOrder(
        action_id="a1", order_id=basis.order_id, order_version=basis.version, reason="no longer needed"
    )
    subject = Resolution(actions=[cancel]).model_dump(mode="json")
    return {
        "subject": subject,
        "subject_digest": digest_of(subject),
        "key": key,
        "action_id": "a1",
        "basis": basis.model_dump(mode="json"),
        **changed,
    }


async def _cancel(orders: Shop, handed: dict[str, Any], within: ActivityEnvironment | None = None) -> ActionResult:
    answer = await (within or attempt()).run(OrderDesk(orders).cancel_order, handed)
    return ActionResult.model_validate(answer.value)


async def test_what_is_not_what_was_approved_is_never_performed(orders: Shop) -> None:
    basis = await _pending(orders)
    handed = _handed(basis)
    handed["subject"]["actions"][0]["reason"] = "ordered by mistake"
    with pytest.raises(ApplicationError) as caught:
        await _cancel(orders, handed)
    assert (caught.value.type, caught.value.non_retryable) == ("NotWhatWasApproved", True)
    assert (await orders.get_order(basis.order_id)).status == "pending"


async def test_an_approved_action_is_performed_and_its_receipt_comes_back(orders: Shop) -> None:
    basis = await _pending(orders)
    result = await _cancel(orders, _handed(basis))
    assert (result.outcome, result.order.status) == ("done", "cancelled")
    assert result.statement == f"Order {basis.order_id} was cancelled"


async def test_an_order_that_changed_since_is_left_alone_and_old_and_new_come_back(orders: Shop) -> None:
    basis = await _pending(orders)
    await _cancel(orders, _handed(basis))
    result = await _cancel(orders, _handed(basis, key="INQ-2/a1/1/0"))
    assert result.outcome == "changed"
    assert result.changes[0] == "status was 'pending', is 'cancelled'"


async def test_a_redo_finds_what_an_earlier_round_did(orders: Shop) -> None:
    basis = await _pending(orders)
    first = await _cancel(orders, _handed(basis))
    again = await _cancel(orders, _handed(basis, key="INQ-1/a1/1/1", earlier_keys=["INQ-1/a1/1/0"]))
    assert (again.outcome, again.reference) == ("done", first.reference)


async def test_an_action_that_the_order_system_lacks_is_forbidden_before_anybody_approves_it(
    orders: Shop,
) -> None:
    orders.only = ["return_items"]
    basis = await _pending(orders)
    cancel = CancelOrder(
        action_id="a1", order_id=basis.order_id, order_version=basis.version, reason="no longer needed"
    )
    given = CheckPolicy(resolution=Resolution(actions=[cancel]), orders=[basis]).model_dump(mode="json")
    answer = await attempt().run(PolicyDesk("", "policy.md", orders).check_policy, given)
    (breach,) = PolicyVerdict.model_validate(answer.value).breaches
    assert breach.rule == "the order system cannot do this"


async def test_another_customers_order_is_neither_read_nor_touched(orders: Shop) -> None:
    basis = await _pending(orders)
    desk = OrderDesk(orders)
    with pytest.raises(ApplicationError, match="not one of this customer's") as caught:
        await attempt().run(desk.check_orders, {"order_id": basis.order_id, "customer_id": "somebody_else"})
    assert caught.value.non_retryable
    with pytest.raises(ApplicationError, match="not one of this customer's"):
        await _cancel(orders, _handed(basis.model_copy(update={"customer_id": "somebody_else"})))
    assert (await orders.get_order(basis.order_id)).status == "pending"


async def test_an_action_is_bound_to_the_order_that_the_reviewer_saw(orders: Shop) -> None:
    basis = await _pending(orders)
    later = basis.model_copy(update={"version": "another"})
    with pytest.raises(ApplicationError, match="not proposed from the order that the reviewer saw"):
        await _cancel(orders, {**_handed(basis), "basis": later.model_dump(mode="json")})
    assert (await orders.get_order(basis.order_id)).status == "pending"


async def test_a_price_that_changed_since_comes_back_before_anything_is_exchanged(orders: Shop) -> None:
    order = await _pending(orders)
    item = order.items[0]
    product = await orders.get_product(item.product_id)
    new = next(each for each in product.variants if each.available and each.item_id != item.item_id)
    method = order.payments[0].method_id
    change = ChangeItems(
        action_id="a1",
        order_id=order.order_id,
        order_version=order.version,
        swaps=[Swap(item_id=item.item_id, new_item_id=new.item_id)],
        pay_with=method,
    )
    subject = Resolution(actions=[change]).model_dump(mode="json")
    cheaper = new.model_copy(update={"price": new.price - 1})
    handed = _handed(order) | {
        "subject": subject,
        "subject_digest": digest_of(subject),
        "variants": [cheaper.model_dump(mode="json")],
    }
    answer = await attempt().run(OrderDesk(orders).change_items, handed)
    result = ActionResult.model_validate(answer.value)
    assert result.outcome == "changed"
    assert result.changes == [f"the price of variant {new.item_id} was {new.price - 1}, is {new.price}"]
    handed["variants"] = [new.model_dump(mode="json")]
    answer = await attempt().run(OrderDesk(orders).change_items, handed)
    assert ActionResult.model_validate(answer.value).outcome == "done"


async def _performed(orders: Shop) -> int:
    async with httpx.AsyncClient() as http:
        return len((await http.get(f"{orders.url}/actions")).json())


async def test_without_keys_the_order_itself_shows_that_a_lost_attempt_did_it(keyless: Shop) -> None:
    basis = await _pending(keyless)
    handed = _handed(basis)
    done = CancelOrder(action_id="a1", order_id=basis.order_id, order_version=basis.version, reason="no longer needed")
    await keyless.perform(done, key="INQ-1/a1/1/0", expected_version=basis.version)

    result = await _cancel(keyless, handed, attempt(2, last_word=word("dispatching", version=basis.version)))

    assert (result.outcome, result.order.status, result.statement) == (
        "done",
        "cancelled",
        f"Order {basis.order_id} was cancelled",
    )
    assert await _performed(keyless) == 1


async def test_without_keys_an_order_that_did_not_change_shows_that_it_was_not_done(keyless: Shop) -> None:
    basis = await _pending(keyless)
    with pytest.raises(ApplicationError, match="did not arrive, so far"):
        early = attempt(2, last_word=word("dispatching", version=basis.version, ago_s=0))
        await _cancel(keyless, _handed(basis), early)
    assert await _performed(keyless) == 0
    within = attempt(2, last_word=word("dispatching", version=basis.version))
    assert (await _cancel(keyless, _handed(basis), within)).outcome == "done"
    assert await _performed(keyless) == 1


async def test_without_keys_an_order_that_changed_otherwise_is_for_a_person(keyless: Shop) -> None:
    basis = await _pending(keyless)
    assert basis.address is not None
    elsewhere = basis.address.model_copy(update={"address1": "1 Other Street"})
    move = ChangeAddress(action_id="x", order_id=basis.order_id, order_version=basis.version, address=elsewhere)
    await keyless.perform(move, key="somebody else", expected_version=basis.version)

    with pytest.raises(ApplicationError, match="does not show whether by us") as caught:
        await _cancel(keyless, _handed(basis), attempt(2, last_word=word("dispatching", version=basis.version)))

    assert (caught.value.type, caught.value.non_retryable) == ("OutcomeUnknown", True)
    assert caught.value.details == (2, True)
    assert await _performed(keyless) == 1


@pytest.mark.parametrize("kept", [True, False])
async def test_an_earlier_request_that_lands_while_we_look_is_taken_for_ours(
    orders: Shop, keyless: Shop, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = orders if kept else keyless
    basis = await _pending(shop)
    handed = _handed(basis)
    perform = shop.perform

    async def lands_first(action: Action, *, key: str, expected_version: str) -> Performed:
        await perform(action, key=key, expected_version=expected_version)
        raise Conflict("the order changed since it was read")

    monkeypatch.setattr(shop, "perform", lands_first)
    result = await _cancel(shop, handed, attempt(2, last_word=word("dispatching", version=basis.version)))

    assert result.outcome == "done"
    assert await _performed(shop) == 1


async def test_a_redo_without_keys_sees_in_the_order_what_an_earlier_round_did(keyless: Shop) -> None:
    basis = await _pending(keyless)
    await _cancel(keyless, _handed(basis))
    again = await _cancel(keyless, _handed(basis, key="INQ-1/a1/1/1", earlier_keys=["INQ-1/a1/1/0"]))
    assert again.outcome == "done"
    assert await _performed(keyless) == 1


async def test_whoever_only_looks_finds_what_was_done_and_does_nothing(orders: Shop) -> None:
    basis = await _pending(orders)
    doubt: dict[str, Any] = {"unknown_keys": ["INQ-1/a1/1/0"], "only_look": True}
    with pytest.raises(ApplicationError, match="it was not done") as caught:
        await _cancel(orders, _handed(basis, **doubt), attempt(2, last_word=word("dispatching")))
    assert caught.value.details == (2, False)
    assert await _performed(orders) == 0
    await _cancel(orders, _handed(basis))
    assert (await _cancel(orders, _handed(basis, **doubt))).outcome == "done"
    assert await _performed(orders) == 1


async def test_without_keys_the_return_of_somebody_else_is_not_taken_for_ours(keyless: Shop) -> None:
    basis, other = await _delivered(keyless)
    ours = ReturnItems(
        action_id="a1", order_id=basis.order_id, order_version=basis.version, item_ids=[basis.items[0].item_id],
        refund_to=basis.payments[0].method_id,
    )  # fmt: skip
    subject = Resolution(actions=[ours]).model_dump(mode="json")
    handed = _handed(basis, subject=subject, subject_digest=digest_of(subject))
    perform = keyless.perform

    async def somebody_was_first(action: Action, *, key: str, expected_version: str) -> Performed:
        await perform(other, key="somebody else", expected_version=expected_version)
        return await perform(action, key=key, expected_version=expected_version)

    keyless.perform = somebody_was_first  # type: ignore[method-assign]
    answer = ActionResult.model_validate((await attempt().run(OrderDesk(keyless).return_items, handed)).value)
    assert answer.outcome == "changed"
    assert await _performed(keyless) == 1


async def _delivered(orders: Shop) -> tuple[Order, ReturnItems]:
    """A delivered order of two items, and the return of its second."""
    async with httpx.AsyncClient() as http:
        tables = (await http.get(f"{orders.url}/dump")).json()
    many = (row for row in tables["orders"].values() if row["status"] == "delivered" and len(row["items"]) > 1)
    basis = await orders.get_order(next(many)["order_id"])
    return basis, ReturnItems(
        action_id="x", order_id=basis.order_id, order_version=basis.version, item_ids=[basis.items[1].item_id],
        refund_to=basis.payments[0].method_id,
    )  # fmt: skip

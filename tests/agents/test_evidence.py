"""What an order shows of an action whose answer was lost."""

from decimal import Decimal
from typing import Any

import pytest

from baton.agents.evidence import evidence_of
from baton.contracts.orders import (
    Action,
    Address,
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    ExchangeItems,
    Order,
    OrderItem,
    Payment,
    ReturnItems,
    Swap,
)

KEY = "INQ-1/a1/1/0"
HOME = Address(address1="1 Long Street", city="Cape Town", country="South Africa", postcode="8001")
AWAY = HOME.model_copy(update={"address1": "2 Short Street"})
ABOUT = {"action_id": "a1", "order_id": "#1", "order_version": "1"}


def item(item_id: str) -> OrderItem:
    return OrderItem(item_id=item_id, product_id="p", name="Kettle", price=Decimal(10))


def paid(method: str, kind: str = "payment") -> Payment:
    return Payment.model_validate({"kind": kind, "amount": "20", "method_id": method})


APPROVED = Order(
    order_id="#1",
    customer_id="c",
    status="pending",
    version="1",
    items=[item("red"), item("red"), item("blue")],
    address=HOME,
    payments=[paid("visa")],
)


def changed(**fields: Any) -> Order:
    return APPROVED.model_copy(update={"version": "2", **fields})


CANCEL = CancelOrder(**ABOUT, reason="no longer needed")
RETURN = ReturnItems(**ABOUT, item_ids=["red"], refund_to="visa")
EXCHANGE = ExchangeItems(**ABOUT, swaps=[Swap(item_id="red", new_item_id="green")], pay_with="visa")
SWAP = ChangeItems(**ABOUT, swaps=[Swap(item_id="red", new_item_id="green")], pay_with="visa")
MOVE = ChangeAddress(**ABOUT, address=AWAY)
PAY = ChangePayment(**ABOUT, pay_with="paypal")

SHOWN: list[tuple[Action, Order]] = [
    (CANCEL, changed(status="Cancelled")),
    (SWAP, changed(items=[item("green"), item("red"), item("blue")])),
    (MOVE, changed(address=AWAY)),
    (PAY, changed(payments=[paid("visa"), paid("paypal"), paid("visa", "refund")])),
]


def seen(action: Action, now: Order, *, dispatched_on: str = "1", approved: Order = APPROVED) -> str:
    return evidence_of(action, approved, now, keys=[KEY], dispatched_on=dispatched_on)


@pytest.mark.parametrize(("action", "now"), SHOWN, ids=lambda each: getattr(each, "kind", ""))
def test_an_order_that_is_as_asked_shows_that_it_was_done(action: Action, now: Order) -> None:
    assert seen(action, now) == "done"


@pytest.mark.parametrize(("action", "now"), SHOWN, ids=lambda each: getattr(each, "kind", ""))
def test_an_order_that_did_not_change_at_all_shows_that_it_was_not_done(action: Action, now: Order) -> None:
    assert seen(action, APPROVED) == "not_done"
    assert seen(action, now, dispatched_on=now.version) == "not_done"


@pytest.mark.parametrize(("action", "now"), SHOWN, ids=lambda each: getattr(each, "kind", ""))
def test_an_order_that_changed_otherwise_tells_nothing(action: Action, now: Order) -> None:
    assert seen(action, changed()) == "cannot_tell"
    others = [other for _, other in SHOWN if other is not now]
    assert {seen(action, other) for other in others} == {"cannot_tell"}


@pytest.mark.parametrize(("action", "now"), SHOWN, ids=lambda each: getattr(each, "kind", ""))
def test_what_was_so_before_it_was_asked_proves_nothing(action: Action, now: Order) -> None:
    assert seen(action, now.model_copy(update={"version": "3"}), approved=now) == "cannot_tell"


def test_two_of_a_kind_of_which_one_was_to_change_are_told_apart() -> None:
    assert seen(SWAP, changed(items=[item("green"), item("green"), item("blue")])) == "cannot_tell"


def test_a_note_with_our_key_shows_it_and_one_that_only_begins_like_it_does_not() -> None:
    assert seen(CANCEL, changed(notes=["called on Monday", f"baton {KEY}"])) == "done"
    assert seen(CANCEL, changed(notes=[f"{KEY}1", f"X{KEY}"])) == "cannot_tell"


@pytest.mark.parametrize(
    ("action", "status"), [(RETURN, "return requested"), (EXCHANGE, "exchange requested")], ids=["return", "exchange"]
)
def test_a_status_that_names_no_items_may_be_of_another_request(action: Action, status: str) -> None:
    assert seen(action, changed(status=status)) == "cannot_tell"
    assert seen(action, changed(status=status, notes=[f"baton {KEY}"])) == "done"

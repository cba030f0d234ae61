"""The order system's tools against the real demo order system: look-ups, and writes that are done once."""

import pytest

from activities.tools.orders import OrderTools
from baton.contracts.orders import Customer, Order, Product
from baton.contracts.tools.orders import AddressChanged, CustomerOrders, OrderCancelled, ReturnOpened
from tests.activities.attempts import attempt, word

from .conftest import Shop
from .doing import KEY, done, failed

THANDI = {
    "customer_id": "thandi_nkosi_4471",
    "email": "thandi.nkosi@posbus.example",
    "name": "Thandi Nkosi",
    "postcode": "0083",
}
ELSEWHERE = {"address1": "4 Hill Street", "city": "Pinetown", "country": "South Africa", "postcode": "3610"}


async def test_a_customer_is_found_by_address_by_name_and_by_number(shop: Shop) -> None:
    tools = OrderTools(shop.orders)
    found = [
        await done(tools.find_customer_by_email, Customer, email=THANDI["email"].upper()),
        await done(tools.find_customer_by_name, Customer, name=THANDI["name"], postcode=THANDI["postcode"]),
        await done(tools.get_customer, Customer, customer_id=THANDI["customer_id"]),
    ]
    assert [each.customer_id for each in found] == [THANDI["customer_id"]] * 3


async def test_nobody_is_not_found_and_no_other_attempt_is_made(shop: Shop) -> None:
    fault = await failed(OrderTools(shop.orders).find_customer_by_email, email="nobody@posbus.example")
    assert (fault.type, fault.non_retryable) == ("NotFound", True)
    assert "nobody@" not in str(fault)


async def test_an_order_and_its_product_are_read(shop: Shop) -> None:
    tools = OrderTools(shop.orders)
    order = await done(tools.get_order, Order, order_id="W1042207")
    product = await done(tools.get_product, Product, product_id=order.items[0].product_id)
    assert (order.customer_id, order.status) == (THANDI["customer_id"], "delivered")
    assert order.items[0].item_id in {variant.item_id for variant in product.variants}


async def test_all_orders_of_a_customer_are_read_in_the_order_of_the_file(shop: Shop) -> None:
    tools = OrderTools(shop.orders)
    found = await done(tools.list_orders, CustomerOrders, customer_id=THANDI["customer_id"])
    customer = await done(tools.get_customer, Customer, customer_id=THANDI["customer_id"])
    assert [order.order_id for order in found.orders] == customer.order_ids
    assert len(found.orders) > 1


async def test_an_order_is_cancelled_once_by_its_number(any_shop: Shop) -> None:
    tools, order_id = OrderTools(any_shop.orders), any_shop.one_of("pending")["order_id"]
    cancelled = await done(tools.cancel_order_by_number, OrderCancelled, order_id=order_id, key=KEY)
    assert (cancelled.order.status, cancelled.statement) == ("cancelled", f"Order {order_id} was cancelled")
    assert any_shop.performed() == 1


async def test_an_attempt_that_died_in_the_middle_is_found_and_not_done_again(any_shop: Shop) -> None:
    tools, order_id = OrderTools(any_shop.orders), any_shop.one_of("pending")["order_id"]
    before = await any_shop.orders.get_order(order_id)
    await done(tools.cancel_order_by_number, OrderCancelled, order_id=order_id, key=KEY)
    later = attempt(2, last_word=word("dispatching", version=before.version))
    again = await done(
        OrderTools(any_shop.orders).cancel_order_by_number, OrderCancelled, later, order_id=order_id, key=KEY
    )
    assert again.order.status == "cancelled"
    assert any_shop.performed() == 1


async def test_an_answer_that_was_lost_is_looked_up(shop: Shop) -> None:
    tools, order_id = OrderTools(shop.orders), shop.one_of("pending")["order_id"]
    shop.fault(shop.systems.orders_url, kind="cut_after", match={"method": "POST", "path": "/orders/*/actions"})
    fault = await failed(tools.cancel_order_by_number, order_id=order_id, key=KEY)
    assert (fault.type, fault.non_retryable) == ("OutcomeUnknown", False)
    shop.no_faults(shop.systems.orders_url)
    later = attempt(2, last_word=word("dispatching"))
    await done(tools.cancel_order_by_number, OrderCancelled, later, order_id=order_id, key=KEY)
    assert shop.performed() == 1


async def test_whoever_only_looks_does_nothing(shop: Shop) -> None:
    tools, order_id = OrderTools(shop.orders), shop.one_of("pending")["order_id"]
    fault = await failed(tools.cancel_order_by_number, order_id=order_id, key=KEY, only_look=True)
    assert (fault.type, shop.performed()) == ("NotFound", 0)


@pytest.mark.parametrize(
    ("words", "reason"),
    [("it was ordered by mistake", "ordered by mistake"), ("The customer no longer needs it.", "no longer needed")],
)
async def test_a_reason_in_other_words_is_the_one_that_the_policy_knows(shop: Shop, words: str, reason: str) -> None:
    order_id = shop.one_of("pending")["order_id"]
    await done(OrderTools(shop.orders).cancel_order_by_number, OrderCancelled, order_id=order_id, key=KEY, reason=words)
    cancelled = shop.order(order_id)
    assert (cancelled["status"], cancelled["cancel_reason"]) == ("cancelled", reason)


async def test_a_reason_that_the_policy_does_not_know_cancels_nothing(shop: Shop) -> None:
    order_id = shop.one_of("pending")["order_id"]
    fault = await failed(OrderTools(shop.orders).cancel_order_by_number, order_id=order_id, key=KEY, reason="bored")
    assert (fault.type, shop.performed()) == ("Rejected", 0)


@pytest.mark.parametrize("version", ["seen", "another"])
async def test_what_was_decided_on_another_state_of_the_order_is_not_done(shop: Shop, version: str) -> None:
    tools, order_id = OrderTools(shop.orders), shop.one_of("pending")["order_id"]
    order = await done(tools.get_order, Order, order_id=order_id)
    step, handed = tools.cancel_order_by_number, {"order_id": order_id, "key": KEY}
    if version == "seen":
        assert await done(step, OrderCancelled, **handed, order_version=order.version)
        assert shop.performed() == 1
    else:
        fault = await failed(step, **handed, order_version="another")
        assert (fault.type, fault.non_retryable, shop.performed()) == ("Conflict", True, 0)


async def test_a_whole_order_is_returned_to_where_it_was_paid_from(shop: Shop) -> None:
    row = shop.one_of("delivered")
    opened = await done(OrderTools(shop.orders).return_items_of_order, ReturnOpened, order_id=row["order_id"], key=KEY)
    assert opened.order.status == "return requested"
    assert opened.statement.startswith(f"The return of {len(row['items'])} item")
    assert shop.performed() == 1


async def test_an_order_that_has_not_left_goes_to_another_address(any_shop: Shop) -> None:
    order_id = any_shop.one_of("pending")["order_id"]
    tools = OrderTools(any_shop.orders)
    changed = await done(
        tools.change_address_of_order, AddressChanged, order_id=order_id, address=dict(ELSEWHERE), key=KEY
    )
    assert changed.order.address is not None
    assert changed.order.address.city == "Pinetown"
    assert any_shop.performed() == 1


async def test_an_order_that_was_delivered_is_not_cancelled_and_the_ladder_is_told_that_nothing_was_done(
    any_shop: Shop,
) -> None:
    order_id = any_shop.one_of("delivered")["order_id"]
    fault = await failed(OrderTools(any_shop.orders).cancel_order_by_number, order_id=order_id, key=KEY)
    assert (fault.type, fault.details) == ("Rejected", (1, False))
    assert any_shop.performed() == 0

"""Totals, choices and tables from real orders."""

from decimal import Decimal

import pytest

from activities.tools.figures import FigureTools
from activities.tools.orders import OrderTools
from baton.contracts.orders import Product
from baton.contracts.tools.figures import (
    AvailableVariants,
    FilteredOrders,
    OrdersTotal,
    SortedOrders,
    Table,
    Tracking,
)
from baton.contracts.tools.orders import CustomerOrders
from baton.contracts.wire import JsonObject

from .conftest import Shop
from .doing import done, failed


@pytest.fixture
async def orders(shop: Shop) -> list[JsonObject]:
    """All orders of a customer, as a plan hands them on."""
    found = await done(OrderTools(shop.orders).list_orders, CustomerOrders, customer_id="thandi_nkosi_4471")
    return [order.model_dump(mode="json") for order in found.orders]


def price(order: JsonObject) -> Decimal:
    items = order["items"]
    assert isinstance(items, list)
    return sum((Decimal(str(item["price"])) for item in items if isinstance(item, dict)), Decimal(0))


async def test_the_total_is_that_of_all_items(orders: list[JsonObject]) -> None:
    total = await done(FigureTools().total_orders, OrdersTotal, orders=list(orders))
    assert (total.total, total.orders) == (sum(map(price, orders)), len(orders))
    assert total.statement.startswith(f"{len(orders)} orders cost {total.total}")


async def test_no_orders_cost_nothing() -> None:
    assert (await done(FigureTools().total_orders, OrdersTotal, orders=[])).total == 0


async def test_amounts_of_two_currencies_are_not_added_up(orders: list[JsonObject]) -> None:
    mixed = [{**order, "currency": currency} for order, currency in zip(orders, ("ZAR", "EUR"), strict=False)]
    fault = await failed(FigureTools().total_orders, orders=list(mixed))
    assert (fault.type, fault.non_retryable) == ("Rejected", True)


async def test_orders_are_kept_by_status_and_by_price(orders: list[JsonObject]) -> None:
    by_status = await done(FigureTools().filter_orders, FilteredOrders, orders=list(orders), status="Delivered")
    assert {order.status for order in by_status.orders} == {"delivered"}
    assert len(by_status.orders) + by_status.left_out == len(orders)
    stages = ["pending", "processed", "delivered", "cancelled"]
    four = [{**orders[0], "status": status} for status in stages]
    opened = await done(FigureTools().filter_orders, FilteredOrders, orders=list(four), status="open")
    assert [order.status for order in opened.orders] == ["pending", "processed"]
    most = max(map(price, orders))
    by_price = await done(FigureTools().filter_orders, FilteredOrders, orders=list(orders), at_least=str(most))
    assert len(by_price.orders) == sum(price(order) == most for order in orders)


async def test_an_order_without_a_date_is_left_out_where_a_date_is_asked_for(orders: list[JsonObject]) -> None:
    dated: JsonObject = {**orders[0], "placed_at": "2026-11-20T10:00:00Z"}
    undated: JsonObject = {**orders[1], "placed_at": None}
    kept = await done(FigureTools().filter_orders, FilteredOrders, orders=[dated, undated], placed_after="2026-11-19")
    assert [order.order_id for order in kept.orders] == [dated["order_id"]]


async def test_orders_are_sorted_and_those_without_the_value_come_last(orders: list[JsonObject]) -> None:
    by_total = await done(FigureTools().sort_orders, SortedOrders, orders=list(orders), by="total")
    totals = [price(order.model_dump(mode="json")) for order in by_total.orders]
    assert totals == sorted(totals, reverse=True)
    dated: JsonObject = {**orders[1], "placed_at": "2026-11-20T10:00:00"}
    undated: JsonObject = {**orders[0], "placed_at": None}
    by_date = await done(
        FigureTools().sort_orders, SortedOrders, orders=[undated, dated], by="placed_at", descending=False
    )
    assert [order.order_id for order in by_date.orders] == [dated["order_id"], undated["order_id"]]


async def test_only_variants_that_can_be_bought_are_found_the_cheapest_first(shop: Shop) -> None:
    product: Product = await shop.orders.get_product("7310040021")
    handed: JsonObject = product.model_dump(mode="json")
    found = await done(FigureTools().find_variants, AvailableVariants, product=handed, options={"Size": "20 bags"})
    prices = [variant.price for variant in found.variants]
    assert prices == sorted(prices)
    assert {variant.options["size"] for variant in found.variants} == {"20 bags"}
    assert found.cheapest == found.variants[0].item_id
    nothing = await done(FigureTools().find_variants, AvailableVariants, product=handed, at_most="1")
    assert (nothing.variants, nothing.cheapest) == ([], None)


async def test_where_an_order_stands_is_said_with_its_tracking_numbers(orders: list[JsonObject]) -> None:
    tracking = await done(FigureTools().track_order, Tracking, order=orders[0])
    assert (tracking.status, tracking.tracking_numbers) == ("delivered", ["508870014230"])
    assert tracking.statement == "Order #W1042207 is delivered, tracking 508870014230"
    old = await done(FigureTools().track_order, Tracking, order={**orders[0], "stale_since": "2026-11-20T10:00:00Z"})
    assert old.statement.startswith("Order #W1042207 was delivered when it was last seen")


async def test_a_table_shows_what_is_asked_for_and_nothing_breaks_its_lines() -> None:
    rows: list[JsonObject] = [{"a": "x|y\nz", "b": {"c": 1}}, {"b": {"c": None}, "d": [1, 2]}]
    named = await done(FigureTools().make_table, Table, rows=list(rows), columns=["a", "b.c", "d"], title="T")
    assert named.text.splitlines() == [
        "**T**",
        "",
        "| a | b.c | d |",
        "| --- | --- | --- |",
        "| x\\|y z | 1 |  |",
        "|  |  | 2 |",
    ]
    plain = await done(FigureTools().make_table, Table, rows=list(rows))
    assert plain.text.splitlines()[0] == "| a |"
    assert (await done(FigureTools().make_table, Table, rows=[])).text == ""

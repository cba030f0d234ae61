"""What can be worked out from orders and products at hand."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import JsonValue

from baton.agents.rules import CANCELLED_STATUS, DELIVERED_STATUS
from baton.contracts.orders import Order
from baton.contracts.tools.figures import (
    AskVariants,
    AvailableVariants,
    FilteredOrders,
    FilterOrders,
    MakeTable,
    OrdersTotal,
    SortedOrders,
    SortKey,
    SortOrders,
    Table,
    Tracking,
)
from baton.contracts.wire import JsonObject


class DifferentCurrencies(ValueError):
    """Amounts of several currencies have no sum."""


def price_of(order: Order) -> Decimal:
    """The price of all items of an order."""
    return sum((item.price for item in order.items), Decimal(0))


def orders_total(orders: list[Order]) -> OrdersTotal:
    """What the orders cost together. Raises DifferentCurrencies."""
    currencies = sorted({order.currency for order in orders})
    if len(currencies) > 1:
        raise DifferentCurrencies(f"the orders are in {len(currencies)} currencies: they have no common total")
    total = sum(map(price_of, orders), Decimal(0))
    currency = "".join(currencies)
    together = f"{_counted(orders)} cost {total} {currency}".rstrip()
    return OrdersTotal(total=total, currency=currency, orders=len(orders), statement=together)


def filtered_orders(ask: FilterOrders) -> FilteredOrders:
    """The orders for which all that is set holds; one without a date is left out where a date is asked for."""
    kept = [order for order in ask.orders if _keeps(ask, order)]
    numbers = ", ".join(order.order_id for order in kept)
    statement = f"{len(kept)} of {_counted(ask.orders)}{': ' if kept else ''}{numbers}"
    return FilteredOrders(orders=kept, left_out=len(ask.orders) - len(kept), statement=statement)


def _counted(orders: list[Order]) -> str:
    return "1 order" if len(orders) == 1 else f"{len(orders)} orders"


def _keeps(ask: FilterOrders, order: Order) -> bool:
    placed = order.placed_at.date() if order.placed_at else None
    price = price_of(order)
    return (
        (ask.status is None or _has_status(order, ask.status.casefold()))
        and (ask.placed_after is None or (placed is not None and placed > ask.placed_after))
        and (ask.placed_before is None or (placed is not None and placed < ask.placed_before))
        and (ask.at_least is None or price >= ask.at_least)
        and (ask.at_most is None or price <= ask.at_most)
    )


def _has_status(order: Order, status: str) -> bool:
    own = order.status.casefold()
    return own == status or (status == "open" and own not in (DELIVERED_STATUS, CANCELLED_STATUS))


def sorted_orders(ask: SortOrders) -> SortedOrders:
    """The orders by rank; equal ones stay in the order they came in, and those without the value come last."""
    valued = [(_SORTED_BY[ask.by](order), order) for order in ask.orders]
    known = [(value, order) for value, order in valued if value is not None]
    known.sort(key=lambda pair: pair[0], reverse=ask.descending)
    return SortedOrders(orders=[*(order for _, order in known), *(order for value, order in valued if value is None)])


def _moment(at: datetime | None) -> Decimal | None:
    if at is None:
        return None
    return Decimal(str((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()))


_SORTED_BY: dict[SortKey, Callable[[Order], Any]] = {
    "total": price_of,
    "placed_at": lambda order: _moment(order.placed_at),
    "delivered_at": lambda order: _moment(order.delivered_at),
    "order_id": lambda order: order.order_id,
}


def available_variants(ask: AskVariants) -> AvailableVariants:
    """The variants that can be bought and have the options asked for, the cheapest first."""
    wanted = {name.casefold(): value.casefold() for name, value in ask.options.items()}
    found = [
        variant
        for variant in ask.product.variants
        if variant.available
        and wanted.items() <= {name.casefold(): value.casefold() for name, value in variant.options.items()}.items()
        and (ask.at_most is None or variant.price <= ask.at_most)
    ]
    found.sort(key=lambda variant: variant.price)
    words = f"{len(found)} of {len(ask.product.variants)} variants of {ask.product.name} can be bought"
    return AvailableVariants(
        product_id=ask.product.product_id,
        variants=found,
        cheapest=found[0].item_id if found else None,
        statement=f"{words}, from {found[0].price}" if found else words,
    )


def tracking_of(order: Order) -> Tracking:
    """Where the order stands."""
    numbers = [number for parcel in order.parcels for number in parcel.tracking_ids]
    stands = f"Order {order.order_id} is {order.status}"
    if order.stale_since:
        stands = f"Order {order.order_id} was {order.status} when it was last seen"
    return Tracking(
        order_id=order.order_id,
        status=order.status,
        tracking_numbers=numbers,
        statement=f"{stands}, tracking {', '.join(numbers)}" if numbers else stands,
        delivered_at=order.delivered_at,
        stale_since=order.stale_since,
    )


def table_of(ask: MakeTable) -> Table:
    """The rows as a Markdown table. Without columns named: each field that is plain in some row, as they come."""
    columns = ask.columns or list(dict.fromkeys(name for row in ask.rows for name in row if _is_plain(row[name])))
    lines = [f"**{ask.title}**", ""] if ask.title else []
    if columns:
        lines += [_line(columns), _line(["---"] * len(columns))]
        lines += [_line([_cell(row, column) for column in columns]) for row in ask.rows]
    return Table(text="\n".join(lines), rows=len(ask.rows))


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(row: JsonObject, column: str) -> str:
    value: JsonValue = row
    for name in column.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, list):
        return f"{len(value)}"
    shown = "" if value is None else str(value)
    return " ".join(shown.split()).replace("|", "\\|")


def _is_plain(value: JsonValue) -> bool:
    return not isinstance(value, (dict, list))

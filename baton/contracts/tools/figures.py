"""What is worked out from facts at hand: totals, choices, tables."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from ..named import ItemId, Money, OrderNumber, OrderStatus, ProductId, TrackingNumber
from ..orders import Order, Product, Variant
from ..wire import JsonObject, Wire


class AskTotal(Wire):
    """What some orders cost together."""

    orders: list[Order]


class OrdersTotal(Wire):
    """The price of all items of some orders."""

    total: Money
    currency: str = ""
    orders: int
    statement: str


class FilterOrders(Wire):
    """Which of some orders to keep: those for which all that is set holds."""

    orders: list[Order]
    status: OrderStatus | None = Field(
        default=None, description="the system's own word; 'open': neither delivered nor cancelled"
    )
    placed_after: date | None = None
    placed_before: date | None = None
    at_least: Money | None = Field(default=None, description="least price of all items")
    at_most: Money | None = None


class FilteredOrders(Wire):
    """The orders that were kept, in the order they came in."""

    orders: list[Order]
    left_out: int
    statement: str


SortKey = Literal["total", "placed_at", "delivered_at", "order_id"]


class SortOrders(Wire):
    """By what to sort some orders."""

    orders: list[Order]
    by: SortKey = "placed_at"
    descending: bool = True


class SortedOrders(Wire):
    """Orders by rank. Those without the value that they are sorted by come last."""

    orders: list[Order]


class AskVariants(Wire):
    """Which variants of a product can be bought."""

    product: Product
    options: dict[str, str] = Field(default={}, description="options that a variant must have, letter case aside")
    at_most: Money | None = None


class AvailableVariants(Wire):
    """Variants that can be bought now, the cheapest first."""

    product_id: ProductId
    variants: list[Variant]
    cheapest: ItemId | None = None
    statement: str


class AskTracking(Wire):
    """Where an order stands."""

    order: Order


class Tracking(Wire):
    """Where an order stands, and under which numbers its parcels can be followed."""

    order_id: OrderNumber
    status: OrderStatus
    tracking_numbers: list[TrackingNumber]
    delivered_at: datetime | None = None
    stale_since: datetime | None = Field(default=None, description="set when this was read off an old copy")
    statement: str


class MakeTable(Wire):
    """What to show in a table."""

    rows: list[JsonObject]
    columns: list[str] = Field(default=[], description="fields to show, in this order; none: all plain ones")
    title: str = ""


class Table(Wire):
    """A table as plain text (Markdown)."""

    text: str
    rows: int

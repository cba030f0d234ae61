"""Customers, orders and products as Baton sees them, whatever system keeps them. Amounts are decimals in `currency`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .named import (
    CustomerId,
    EmailAddress,
    ItemId,
    Money,
    OrderNumber,
    OrderStatus,
    OrderVersion,
    PaymentMethodId,
    Postcode,
    ProductId,
    TrackingNumber,
)
from .wire import Wire


class Address(Wire):
    """A postal address."""

    address1: str
    address2: str = ""
    city: str
    state: str = ""
    country: str
    postcode: Postcode


class PaymentMethod(Wire):
    """One way a customer pays. `balance` is a gift card's."""

    method_id: PaymentMethodId
    kind: Literal["credit_card", "gift_card", "paypal", "eft", "other"]
    label: str = Field(description="how a person would name it, e.g. 'Visa ending 1234'")
    balance: Money | None = None


class Customer(Wire):
    """A customer on file."""

    customer_id: CustomerId
    first_name: str
    last_name: str
    emails: list[EmailAddress] = []
    address: Address | None = None
    payment_methods: list[PaymentMethod] = []
    order_ids: list[OrderNumber] = []

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


class OrderItem(Wire):
    """One line of an order; the same item bought twice is two lines."""

    item_id: ItemId
    product_id: ProductId
    name: str
    price: Money
    options: dict[str, str] = {}


class Payment(Wire):
    """Money that moved for an order. `amount` is never negative."""

    kind: Literal["payment", "refund"]
    amount: Money
    method_id: PaymentMethodId


class Parcel(Wire):
    """What left the warehouse together."""

    tracking_ids: list[TrackingNumber]
    item_ids: list[ItemId]


class Order(Wire):
    """An order. `status` is the system's own word; `version` changes with every change of the order (an ETag)."""

    order_id: OrderNumber
    customer_id: CustomerId
    status: OrderStatus
    version: OrderVersion
    items: list[OrderItem]
    address: Address | None = None
    payments: list[Payment] = []
    parcels: list[Parcel] = []
    currency: str = Field(default="", description="ISO 4217, or empty when the system does not say")
    placed_at: datetime | None = None
    delivered_at: datetime | None = None
    notes: list[str] = Field(
        default=[], description="what was written down with the order, e.g. the keys that a connector leaves there"
    )
    stale_since: datetime | None = Field(
        default=None, description="set when this is an old copy: nothing may be proposed from it"
    )


class Variant(Wire):
    """One variant of a product that can be bought."""

    item_id: ItemId
    options: dict[str, str]
    price: Money
    available: bool


class Product(Wire):
    """A product and its variants."""

    product_id: ProductId
    name: str
    variants: list[Variant]


ActionKind = Literal[
    "cancel_order", "return_items", "exchange_items", "change_address", "change_items", "change_payment"
]


ActionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
"""Part of an idempotency key, so short and plain."""


class _Action(Wire):
    action_id: ActionId = Field(description="stable within a run, e.g. 'a1'")
    order_id: str
    order_version: str = Field(description="version of the order that this was proposed from")
    summary: str = Field(default="", description="one line for the reviewer")


class CancelOrder(_Action):
    """Cancel a whole order and refund it."""

    kind: Literal["cancel_order"] = "cancel_order"
    reason: str


class ReturnItems(_Action):
    """Take back delivered items; the refund goes to `refund_to`."""

    kind: Literal["return_items"] = "return_items"
    item_ids: list[str]
    refund_to: str = Field(description="payment method id")


class Swap(Wire):
    """One item for another variant of the same product."""

    item_id: str
    new_item_id: str


class ExchangeItems(_Action):
    """Exchange delivered items for other variants; the difference is paid by or to `pay_with`."""

    kind: Literal["exchange_items"] = "exchange_items"
    swaps: list[Swap]
    pay_with: str = Field(description="payment method id")


class ChangeItems(_Action):
    """Change items of an order that has not left yet for other variants."""

    kind: Literal["change_items"] = "change_items"
    swaps: list[Swap]
    pay_with: str = Field(description="payment method id")


class ChangeAddress(_Action):
    """Send an order that has not left yet to another address."""

    kind: Literal["change_address"] = "change_address"
    address: Address


class ChangePayment(_Action):
    """Pay for an order that has not left yet by another method."""

    kind: Literal["change_payment"] = "change_payment"
    pay_with: str = Field(description="payment method id")


Action = Annotated[
    CancelOrder | ReturnItems | ExchangeItems | ChangeItems | ChangeAddress | ChangePayment, Field(discriminator="kind")
]

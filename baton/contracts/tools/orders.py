"""Customers, orders and products: what is asked of the order system, and what is done there."""

from pydantic import Field

from ..named import (
    CustomerId,
    EmailAddress,
    ItemId,
    OrderNumber,
    OrderVersion,
    PaymentMethodId,
    PersonName,
    Postcode,
    ProductId,
)
from ..orders import Address, Order
from ..wire import Wire
from .write import Write


class ByEmail(Wire):
    """A customer, by an address on file."""

    email: EmailAddress


class ByName(Wire):
    """A customer, by name and postcode: a name alone identifies nobody."""

    name: PersonName = Field(description="first and last name")
    postcode: Postcode


class ByCustomerId(Wire):
    """A customer, by the number on file."""

    customer_id: CustomerId


class ByOrderNumber(Wire):
    """An order, by its number."""

    order_id: OrderNumber = Field(description="with or without '#'")


class ByProductId(Wire):
    """A product, by its number."""

    product_id: ProductId


class CustomerOrders(Wire):
    """All orders of a customer, as they are now."""

    customer_id: CustomerId
    orders: list[Order]


class OrderWrite(Write):
    """Which order a write is on, and in which state it was when that was decided."""

    order_id: OrderNumber
    order_version: OrderVersion | None = Field(
        default=None, description="version of the order as it was seen: where it changed since, nothing is done"
    )


class CancelByNumber(OrderWrite):
    """Cancel a whole order."""

    reason: str = Field(default="no longer needed", description="words for 'no longer needed' or 'ordered by mistake'")


class ReturnOfOrder(OrderWrite):
    """Take items of a delivered order back."""

    item_ids: list[ItemId] = Field(default=[], description="empty: all items of the order")
    refund_to: PaymentMethodId | None = Field(default=None, description="none: the method that the order was paid with")


class AddressOfOrder(OrderWrite):
    """Send an order that has not left yet elsewhere."""

    address: Address


class OrderCancelled(Wire):
    """A cancellation that the order system confirmed: the order after it, and the system's own reference."""

    order: Order
    reference: str
    statement: str


class ReturnOpened(Wire):
    """A return that the order system confirmed."""

    order: Order
    reference: str
    statement: str


class AddressChanged(Wire):
    """A change of the delivery address that the order system confirmed."""

    order: Order
    reference: str
    statement: str

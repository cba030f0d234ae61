"""The JSON file that a stand-in shop is loaded from: tables `products`, `users`, `orders`, optionally `shop`."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NotRequired, cast

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

OWN_SHOP = Path(__file__).with_name("shop.json")


class DemoError(Exception):
    """Why the stand-in systems cannot start, in one line for a person."""


class AddressDoc(TypedDict):
    """A postal address as the order system keeps it."""

    address1: str
    address2: str
    city: str
    country: str
    state: str
    zip: str


class VariantDoc(TypedDict):
    """One variant of a product."""

    item_id: str
    options: dict[str, str]
    available: bool
    price: float


class ProductDoc(TypedDict):
    """A product with its variants by item id."""

    name: str
    product_id: str
    variants: dict[str, VariantDoc]


class NameDoc(TypedDict):
    """A person's name."""

    first_name: str
    last_name: str


class PaymentMethodDoc(TypedDict):
    """A way to pay: `source` is credit_card (brand, last_four), gift_card (balance) or paypal."""

    source: str
    id: str
    brand: NotRequired[str]
    last_four: NotRequired[str]
    balance: NotRequired[float]


class UserDoc(TypedDict):
    """A customer."""

    user_id: str
    name: NameDoc
    address: AddressDoc
    email: str
    payment_methods: dict[str, PaymentMethodDoc]
    orders: list[str]


class ItemDoc(TypedDict):
    """One line of an order."""

    name: str
    product_id: str
    item_id: str
    price: float
    options: dict[str, str]


class ParcelDoc(TypedDict):
    """What left the warehouse together."""

    tracking_id: list[str]
    item_ids: list[str]


class PaymentDoc(TypedDict):
    """Money that moved: `transaction_type` is payment or refund."""

    transaction_type: str
    amount: float
    payment_method_id: str


class OrderDoc(TypedDict):
    """An order; the last eight fields appear with what was done to it."""

    order_id: str
    user_id: str
    address: AddressDoc
    items: list[ItemDoc]
    status: str
    fulfillments: list[ParcelDoc]
    payment_history: list[PaymentDoc]
    cancel_reason: NotRequired[str]
    return_items: NotRequired[list[str]]
    return_payment_method_id: NotRequired[str]
    exchange_items: NotRequired[list[str]]
    exchange_new_items: NotRequired[list[str]]
    exchange_payment_method_id: NotRequired[str]
    exchange_price_difference: NotRequired[float]
    notes: NotRequired[list[str]]


class ShopDoc(TypedDict):
    """The shop itself: its name and the ISO 4217 code of its prices."""

    name: str
    currency: str


def with_currency(order: OrderDoc, shop: ShopDoc | None) -> dict[str, Any]:
    """An order as it is shown to others: the document, and the shop's currency where it has one."""
    return {**order, "currency": shop["currency"]} if shop else {**order}


class Tables(TypedDict):
    """The whole file."""

    shop: NotRequired[ShopDoc]
    products: dict[str, ProductDoc]
    users: dict[str, UserDoc]
    orders: dict[str, OrderDoc]


_TABLES = TypeAdapter(Tables)


@dataclass(frozen=True)
class ShopFile:
    """A file read and found to have the three tables; `digest` is the sha256 of its bytes."""

    tables: Tables
    digest: str

    @classmethod
    def read(cls, path: Path) -> "ShopFile":
        """Read the file, or say in one line why it will not do."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DemoError(f"Cannot read the orders file {path}: {error.strerror}") from error
        try:
            tables = json.loads(content)
        except ValueError as error:
            raise DemoError(f"The orders file {path} is not JSON: {error}") from error
        wanted = ("products", "users", "orders")
        missing = [name for name in wanted if not isinstance(tables, dict) or not isinstance(tables.get(name), dict)]
        if missing:
            raise DemoError(
                f"The orders file {path} has no table {', '.join(missing)}: "
                'expected {"products": {…}, "users": {…}, "orders": {…}}, each by id'
            )
        try:
            _TABLES.validate_python(tables)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise DemoError(f"The orders file {path} will not do at {place}: {first['msg']}") from None
        # The file's own values are kept rather than the checked ones: a number stays written as it was.
        return cls(cast(Tables, tables), hashlib.sha256(content).hexdigest())

"""The JSON documents of the order system and the CRM that ship for trying, and what Baton makes of them."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel

from baton.contracts.orders import (
    Address,
    Customer,
    Order,
    OrderItem,
    Parcel,
    Payment,
    PaymentMethod,
    Product,
    Variant,
)


class AddressDocument(BaseModel):
    """A postal address; `zip` is the postcode."""

    address1: str
    address2: str = ""
    city: str
    country: str
    state: str = ""
    zip: str

    @classmethod
    def of(cls, address: Address) -> "AddressDocument":
        """Our address in the system's words."""
        return cls(zip=address.postcode, **address.model_dump(exclude={"postcode"}))

    def address(self) -> Address:
        """The system's address in our words."""
        return Address(postcode=self.zip, **self.model_dump(exclude={"zip"}))


class NameDocument(BaseModel):
    """A person's name."""

    first_name: str
    last_name: str


class PaymentMethodDocument(BaseModel):
    """A way to pay."""

    id: str
    source: str
    brand: str = ""
    last_four: str = ""
    balance: Decimal | None = None

    def method(self) -> PaymentMethod:
        """With the label by which its owner would know it."""
        match self.source:
            case "credit_card":
                brand = self.brand.replace("_", " ").title() or "Card"
                label = f"{brand} ending {self.last_four}" if self.last_four else brand
                return PaymentMethod(method_id=self.id, kind="credit_card", label=label)
            case "gift_card":
                return PaymentMethod(method_id=self.id, kind="gift_card", label="Gift card", balance=self.balance)
            case "paypal":
                return PaymentMethod(method_id=self.id, kind="paypal", label="PayPal")
            case "eft":
                return PaymentMethod(method_id=self.id, kind="eft", label="EFT")
        return PaymentMethod(method_id=self.id, kind="other", label=self.source)


class CustomerDocument(BaseModel):
    """A customer of the order system."""

    user_id: str
    name: NameDocument
    email: str
    address: AddressDocument
    payment_methods: dict[str, PaymentMethodDocument] = {}
    orders: list[str] = []

    def customer(self) -> Customer:
        """In our words."""
        return Customer(
            customer_id=self.user_id,
            first_name=self.name.first_name,
            last_name=self.name.last_name,
            emails=[self.email],
            address=self.address.address(),
            payment_methods=[method.method() for method in self.payment_methods.values()],
            order_ids=self.orders,
        )


class ContactDocument(BaseModel):
    """A contact of the CRM: no payment methods."""

    contact_id: str
    first_name: str
    last_name: str
    emails: list[str] = []
    address: AddressDocument | None = None
    order_ids: list[str] = []

    def customer(self) -> Customer:
        """In our words."""
        return Customer(
            customer_id=self.contact_id,
            first_name=self.first_name,
            last_name=self.last_name,
            emails=self.emails,
            address=self.address.address() if self.address else None,
            order_ids=self.order_ids,
        )


class ItemDocument(BaseModel):
    """One line of an order."""

    item_id: str
    product_id: str
    name: str
    price: Decimal
    options: dict[str, str] = {}


class PaymentDocument(BaseModel):
    """Money that moved."""

    transaction_type: str
    amount: Decimal
    payment_method_id: str


class ParcelDocument(BaseModel):
    """What left together."""

    tracking_id: list[str]
    item_ids: list[str]


class OrderDocument(BaseModel):
    """An order; the system's version of it comes beside it (ETag)."""

    order_id: str
    user_id: str
    status: str
    address: AddressDocument | None = None
    items: list[ItemDocument]
    fulfillments: list[ParcelDocument] = []
    payment_history: list[PaymentDocument] = []
    currency: str = ""
    placed_at: datetime | None = None
    delivered_at: datetime | None = None
    notes: list[str] = []

    def order(self, version: str, stale_since: datetime | None = None) -> Order:
        """In our words."""
        return Order(
            order_id=self.order_id,
            customer_id=self.user_id,
            status=self.status,
            version=version,
            items=[OrderItem(**item.model_dump()) for item in self.items],
            address=self.address.address() if self.address else None,
            payments=[
                Payment(
                    kind="refund" if payment.transaction_type == "refund" else "payment",
                    amount=abs(payment.amount),
                    method_id=payment.payment_method_id,
                )
                for payment in self.payment_history
            ],
            parcels=[Parcel(tracking_ids=each.tracking_id, item_ids=each.item_ids) for each in self.fulfillments],
            currency=self.currency,
            placed_at=self.placed_at,
            delivered_at=self.delivered_at,
            notes=self.notes,
            stale_since=stale_since,
        )


class VariantDocument(BaseModel):
    """One variant of a product."""

    item_id: str
    options: dict[str, str] = {}
    available: bool
    price: Decimal


class ProductDocument(BaseModel):
    """A product with its variants by item id."""

    product_id: str
    name: str
    variants: dict[str, VariantDocument] = {}

    def product(self) -> Product:
        """In our words."""
        return Product(
            product_id=self.product_id,
            name=self.name,
            variants=[Variant(**variant.model_dump()) for variant in self.variants.values()],
        )

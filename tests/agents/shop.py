"""A small believable shop, and the pure core run on one message to it."""

# ruff: noqa: E501 - a message or a row is one line

from decimal import Decimal
from typing import Any, Literal

from baton.agents import choosing, matching, policy, reading, resolving
from baton.contracts.enquiry import (
    ChooseOrders,
    CustomerReply,
    DoneAction,
    FindCustomer,
    LookUpPolicy,
    Proposal,
    ProposeResolution,
    ReadEnquiry,
)
from baton.contracts.mail import Message
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
from baton.contracts.setback import Setback
from baton.contracts.systems import CustomerQuery

from .retail import HERE, Run, proposed

HOME = Address(
    address1="14 Loop Street", address2="Flat 3", city="Cape Town", state="WC", country="South Africa", postcode="8001"
)
OFFICE = Address(
    address1="27 Jan Smuts Avenue",
    address2="Parktown",
    city="Johannesburg",
    state="GP",
    country="South Africa",
    postcode="2193",
)


def _variants(product_id: str, rows: list[tuple[dict[str, str], str, bool]]) -> list[Variant]:
    return [
        Variant(item_id=f"{product_id}-{number}", options=options, price=Decimal(price), available=available)
        for number, (options, price, available) in enumerate(rows, start=1)
    ]


def _kettle(volume: str, colour: str) -> dict[str, str]:
    return {"capacity": volume, "colour": colour}


def _shoe(size: str, colour: str) -> dict[str, str]:
    return {"size": size, "colour": colour}


PRODUCTS = {
    product.product_id: product
    for product in (
        Product(
            product_id="P-KET", name="Rooibos Kettle",
            variants=_variants("P-KET", [
                (_kettle("1L", "red"), "399.00", True), (_kettle("1.7L", "red"), "499.00", True),
                (_kettle("1.7L", "black"), "499.00", True), (_kettle("1.7L", "white"), "479.00", False),
            ]),
        ),
        Product(
            product_id="P-SHO", name="Trail Running Shoes",
            variants=_variants("P-SHO", [
                (_shoe("7", "grey"), "1299.00", True), (_shoe("8", "grey"), "1299.00", True),
                (_shoe("9", "grey"), "1299.00", True), (_shoe("8", "blue"), "1349.00", True),
            ]),
        ),
        Product(
            product_id="P-LAM", name="Desk Lamp",
            variants=_variants("P-LAM", [({"colour": "white", "power source": "USB"}, "350.00", True), ({"colour": "black", "power source": "USB"}, "350.00", True)]),
        ),
        Product(
            product_id="P-BAG", name="Laptop Backpack",
            variants=_variants("P-BAG", [({"colour": "navy"}, "899.00", True), ({"colour": "olive"}, "899.00", True)]),
        ),
    )
}  # fmt: skip


def _item(variant: str) -> OrderItem:
    product = PRODUCTS[variant.rsplit("-", 1)[0]]
    found = next(one for one in product.variants if one.item_id == variant)
    return OrderItem(
        item_id=variant, product_id=product.product_id, name=product.name, price=found.price, options=found.options
    )


def an_order(order_id: str, status: str, variants: list[str], paid_with: str = "card-1", **more: Any) -> Order:
    items = [_item(variant) for variant in variants]
    total = sum((item.price for item in items), Decimal(0))
    return Order(
        order_id=order_id,
        customer_id=more.pop("customer_id", "C-2041"),
        status=status,
        version=f"v-{order_id}",
        items=items,
        address=more.pop("address", HOME),
        payments=[Payment(kind="payment", amount=total, method_id=paid_with)],
        parcels=[Parcel(tracking_ids=["TCG-77120"], item_ids=variants)] if status != "pending" else [],
        currency="ZAR",
        **more,
    )


THANDI = Customer(
    customer_id="C-2041",
    first_name="Thandi",
    last_name="Nkosi",
    emails=["thandi.nkosi@example.co.za"],
    address=HOME,
    payment_methods=[
        PaymentMethod(method_id="card-1", kind="credit_card", label="Visa ending 4417"),
        PaymentMethod(method_id="gift-1", kind="gift_card", label="gift card ending 0093", balance=Decimal("150.00")),
        PaymentMethod(method_id="eft-1", kind="eft", label="EFT"),
    ],
    order_ids=["#W1001", "#W1002", "#W1003", "#W1004"],
)
PIETER = Customer(
    customer_id="C-3300",
    first_name="Pieter",
    last_name="van der Merwe",
    emails=["pieter@example.co.za"],
    order_ids=["#W9001"],
)
ORDERS = {
    order.order_id: order
    for order in (
        an_order("#W1001", "pending", ["P-KET-2", "P-LAM-1"]),
        an_order("#W1002", "delivered", ["P-SHO-2", "P-BAG-1"], address=OFFICE),
        an_order("#W1003", "delivered", ["P-KET-1"], paid_with="gift-1"),
        an_order("#W1004", "processed", ["P-BAG-2"]),
        an_order("#W9001", "pending", ["P-KET-3"], customer_id="C-3300"),
    )
}


def find(query: CustomerQuery) -> list[Customer]:
    """Exact matches among the shop's two customers."""
    found = []
    for customer in (THANDI, PIETER):
        if query.customer_id:
            fits = customer.customer_id == query.customer_id
        elif query.email:
            fits = query.email.lower() in customer.emails
        else:
            code = customer.address.postcode if customer.address else ""
            fits = (query.name or "").lower() == customer.name.lower() and query.postcode == code
        if fits:
            found.append(customer)
    return found


def a_message(text: str, **more: Any) -> Message:
    """A message from Thandi's own address, unless said otherwise."""
    more.setdefault("from_address", "thandi.nkosi@example.co.za")
    return Message(text=text, **more)


def handle(
    text: str | Message,
    *,
    trust: Literal["verified", "named"] = "verified",
    replies: list[str] | None = None,
    done: list[DoneAction] | None = None,
    feedback: list[str] | None = None,
    setbacks: list[Setback] | None = None,
    orders: dict[str, Order] | None = None,
) -> Run:
    """One message through reading, matching, choosing and proposing."""
    message = text if isinstance(text, Message) else a_message(text)
    later = [CustomerReply(reply_id=f"r{at}", message=a_message(one)) for at, one in enumerate(replies or [], start=1)]
    read = reading.read(ReadEnquiry(message=message, replies=later))
    ask = FindCustomer(reading=read, message=message, replies=later, trust=trust)
    result = Run(read, matching.match(ask, [(query, find(query)) for query in matching.queries(ask)]))
    customer = result.match.customer
    if customer is None:
        return result
    known = orders or ORDERS
    result.orders = [known[order_id] for order_id in customer.order_ids]
    result.choice = choosing.choose(ChooseOrders(reading=read, customer=customer, orders=result.orders))
    result.products = [PRODUCTS[product_id] for product_id in result.choice.product_ids]
    result.ask = ProposeResolution(
        message=message, replies=later, reading=read, match=result.match, orders=result.orders, choice=result.choice,
        products=result.products, policy=policy.look_up(LookUpPolicy(reading=read), HERE.read_text(), "policy.md"),
        trust=trust, done=done or [], feedback=feedback or [], setbacks=setbacks or [],
    )  # fmt: skip
    result.proposal = resolving.propose(result.ask)
    return result


def proposal_of(result: Run) -> Proposal:
    """The proposal, which has to be there."""
    assert result.proposal is not None
    return result.proposal


def done_by(result: Run) -> list[tuple[str, str, object]]:
    """What is proposed, in the short shape of the acceptance tests; nothing when a question is asked first."""
    return [] if result.asks else list(proposed(proposal_of(result).resolution.actions))

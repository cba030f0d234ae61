"""A small order system over the retail set's file, and the whole of the pure core run on one message."""

# ruff: noqa: E501 - a message or a row is one line

import json
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from baton.agents import choosing, matching, policy, reading, resolving
from baton.contracts.enquiry import (
    CheckPolicy,
    ChooseOrders,
    CustomerMatch,
    FindCustomer,
    LookUpPolicy,
    OrderChoice,
    PolicyVerdict,
    Proposal,
    ProposeResolution,
    ReadEnquiry,
    Reading,
    Resolution,
)
from baton.contracts.mail import Message
from baton.contracts.orders import (
    Action,
    Address,
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    Customer,
    ExchangeItems,
    Order,
    OrderItem,
    Parcel,
    Payment,
    PaymentMethod,
    Product,
    ReturnItems,
    Swap,
    Variant,
)
from baton.contracts.systems import CustomerQuery
from baton.contracts.wire import digest_of

RETAIL = Path(__file__).resolve().parents[3] / "shared" / "data" / "retail"
HERE = Path(policy.__file__).parent / "policy.md"


def _address(row: dict[str, str]) -> Address:
    return Address(
        address1=row["address1"], address2=row["address2"], city=row["city"], state=row["state"],
        country=row["country"], postcode=row["zip"],
    )  # fmt: skip


def _method(row: dict[str, Any]) -> PaymentMethod:
    label = {
        "credit_card": f"{row.get('brand', '')} ending {row.get('last_four', '')}",
        "gift_card": "gift card",
        "paypal": "PayPal",
    }
    balance = Decimal(str(row["balance"])) if "balance" in row else None
    return PaymentMethod(method_id=row["id"], kind=row["source"], label=label[row["source"]], balance=balance)


class OrderFile:
    """The retail set as an order system that also remembers which orders were read."""

    def __init__(self, rows: dict[str, Any]) -> None:
        self._rows = rows
        self.read: list[str] = []

    def find(self, query: CustomerQuery) -> list[Customer]:
        return [self._customer(row) for row in self._rows["users"].values() if _fits(row, query)]

    def _customer(self, row: dict[str, Any]) -> Customer:
        return Customer(
            customer_id=row["user_id"], first_name=row["name"]["first_name"], last_name=row["name"]["last_name"],
            emails=[row["email"]], address=_address(row["address"]),
            payment_methods=[_method(one) for one in row["payment_methods"].values()], order_ids=row["orders"],
        )  # fmt: skip

    def order(self, order_id: str) -> Order:
        self.read.append(order_id)
        row = self._rows["orders"][order_id]
        return Order(
            order_id=order_id, customer_id=row["user_id"], status=row["status"], version=digest_of(row)[:16],
            items=[
                OrderItem(item_id=one["item_id"], product_id=one["product_id"], name=one["name"], price=Decimal(str(one["price"])), options=one["options"])
                for one in row["items"]
            ],
            address=_address(row["address"]),
            payments=[
                Payment(kind=one["transaction_type"], amount=Decimal(str(one["amount"])), method_id=one["payment_method_id"])
                for one in row["payment_history"]
            ],
            parcels=[Parcel(tracking_ids=one["tracking_id"], item_ids=one["item_ids"]) for one in row["fulfillments"]],
        )  # fmt: skip

    def product(self, product_id: str) -> Product:
        row = self._rows["products"][product_id]
        variants = [
            Variant(item_id=key, options=one["options"], price=Decimal(str(one["price"])), available=one["available"])
            for key, one in row["variants"].items()
        ]
        return Product(product_id=product_id, name=row["name"], variants=variants)


def _fits(row: dict[str, Any], query: CustomerQuery) -> bool:
    name = f"{row['name']['first_name']} {row['name']['last_name']}".lower()
    if query.customer_id:
        return bool(row["user_id"] == query.customer_id)
    if query.email:
        return bool(row["email"].lower() == query.email.lower())
    return name == (query.name or "").lower() and row["address"]["zip"] == query.postcode


@cache
def order_file() -> dict[str, Any]:
    """The rows, read once."""
    rows: dict[str, Any] = json.loads((RETAIL / "db.json").read_text())
    return rows


def enquiries(name: str) -> list[dict[str, Any]]:
    """One dict a line."""
    return [json.loads(line) for line in (RETAIL / f"{name}.jsonl").read_text().splitlines()]


@dataclass
class Run:
    """What every agent said of one message."""

    reading: Reading
    match: CustomerMatch
    choice: OrderChoice | None = None
    proposal: Proposal | None = None
    verdict: PolicyVerdict | None = None
    orders: list[Order] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    orders_read: list[str] = field(default_factory=list)

    @property
    def asks(self) -> bool:
        return self.match.outcome != "one" or bool(self.choice and self.choice.missing)


def run(message: Message, system: OrderFile) -> Run:
    """Message to proposal, the way the process hands it on; stops where a question would be asked."""
    read = reading.read(ReadEnquiry(message=message))
    ask = FindCustomer(reading=read, message=message, trust="named")
    found = [(query, system.find(query)) for query in matching.queries(ask)]
    result = Run(read, matching.match(ask, found))
    customer = result.match.customer
    if customer is None:
        return result
    result.orders = [system.order(order_id) for order_id in customer.order_ids]
    result.orders_read = list(system.read)
    result.choice = choosing.choose(ChooseOrders(reading=read, customer=customer, orders=result.orders))
    result.products = [system.product(product_id) for product_id in result.choice.product_ids]
    passages = policy.look_up(LookUpPolicy(reading=read), HERE.read_text(), "policy.md")
    result.proposal = resolving.propose(
        ProposeResolution(
            message=message, reading=read, match=result.match, orders=result.orders, choice=result.choice,
            products=result.products, policy=passages, trust="named",
        )
    )  # fmt: skip
    result.verdict = policy.check(
        CheckPolicy(
            resolution=result.proposal.resolution,
            customer=customer,
            orders=result.orders,
            products=result.products,
            sender=result.match.sender,
        )
    )
    return result


# ── the truth, and what was proposed, in one shape ───────────────────────────────────────────────────────────────────

Write = tuple[str, str, object]


def truth(case: dict[str, Any]) -> list[Write]:
    """The case's writes, independent of the order of items."""
    return sorted((_write(one["name"], one["arguments"]) for one in case["writes"]), key=repr)


def _write(name: str, told: dict[str, Any]) -> Write:
    order_id = told.get("order_id", "")
    if name == "cancel_pending_order":
        return ("cancel_order", order_id, told["reason"])
    if name == "return_delivered_order_items":
        return ("return_items", order_id, (sorted(told["item_ids"]), told["payment_method_id"]))
    if name in ("exchange_delivered_order_items", "modify_pending_order_items"):
        kind = "exchange_items" if name.startswith("exchange") else "change_items"
        return (
            kind,
            order_id,
            (sorted(zip(told["item_ids"], told["new_item_ids"], strict=True)), told["payment_method_id"]),
        )
    if name == "modify_pending_order_address":
        return (
            "change_address",
            order_id,
            tuple(told[key] for key in ("address1", "address2", "city", "state", "country", "zip")),
        )
    if name == "modify_pending_order_payment":
        return ("change_payment", order_id, told["payment_method_id"])
    return (name, order_id, json.dumps(told, sort_keys=True))


def proposed(actions: list[Action]) -> list[Write]:
    """The actions in the truth's shape."""
    return sorted((_proposed(action) for action in actions), key=repr)


def _proposed(action: Action) -> Write:
    if isinstance(action, CancelOrder):
        return (action.kind, action.order_id, action.reason)
    if isinstance(action, ReturnItems):
        return (action.kind, action.order_id, (sorted(action.item_ids), action.refund_to))
    if isinstance(action, ExchangeItems | ChangeItems):
        return (
            action.kind,
            action.order_id,
            (sorted((one.item_id, one.new_item_id) for one in action.swaps), action.pay_with),
        )
    if isinstance(action, ChangeAddress):
        to = action.address
        return (action.kind, action.order_id, (to.address1, to.address2, to.city, to.state, to.country, to.postcode))
    return (action.kind, action.order_id, action.pay_with)


def actions_of(case: dict[str, Any], orders: dict[str, Order]) -> Resolution:
    """The truth as a resolution of ours."""
    made: list[Action] = []
    for number, one in enumerate(case["writes"], start=1):
        told = one["arguments"]
        if "order_id" not in told:
            continue
        kind, order_id, _ = _write(one["name"], told)
        common = {"action_id": f"a{number}", "order_id": order_id, "order_version": orders[order_id].version}
        if kind == "cancel_order":
            made.append(CancelOrder(**common, reason=told["reason"]))
        elif kind == "return_items":
            made.append(ReturnItems(**common, item_ids=told["item_ids"], refund_to=told["payment_method_id"]))
        elif kind in ("exchange_items", "change_items"):
            swaps = [
                Swap(item_id=old, new_item_id=new)
                for old, new in zip(told["item_ids"], told["new_item_ids"], strict=True)
            ]
            shape = ExchangeItems if kind == "exchange_items" else ChangeItems
            made.append(shape(**common, swaps=swaps, pay_with=told["payment_method_id"]))
        elif kind == "change_address":
            made.append(ChangeAddress(**common, address=_address(told)))
        else:
            made.append(ChangePayment(**common, pay_with=told["payment_method_id"]))
    return Resolution(actions=made)


def items_changed(case: dict[str, Any]) -> dict[str, Counter[str]]:
    """Per order the items that the truth returns, exchanges or changes."""
    changed: dict[str, Counter[str]] = {}
    for one in case["writes"]:
        told = one["arguments"]
        if "item_ids" in told:
            changed.setdefault(told["order_id"], Counter()).update(told["item_ids"])
    return changed

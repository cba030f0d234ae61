"""The retail set, and the whole of the pure core run on one message."""

import json
from collections import Counter
from dataclasses import dataclass, field
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
    ExchangeItems,
    Order,
    Product,
    ReturnItems,
    Swap,
)
from bench.answers_parts.cases import Write, proposed, true_write
from bench.answers_parts.course import POLICY as HERE
from bench.answers_parts.order_file import OrderFile, rows_of

__all__ = [
    "HERE",
    "RETAIL",
    "OrderFile",
    "Run",
    "actions_of",
    "enquiries",
    "items_changed",
    "order_file",
    "proposed",
    "run",
    "truth",
]

RETAIL = Path(__file__).resolve().parents[3] / "shared" / "data" / "retail"


@cache
def order_file() -> dict[str, Any]:
    """The rows, read once."""
    return rows_of(RETAIL / "db.json")


def enquiries(name: str) -> list[dict[str, Any]]:
    """One dict a line."""
    return [json.loads(line) for line in (RETAIL / f"{name}.jsonl").read_text().splitlines()]


@dataclass
class Run:
    """What every agent said of one message."""

    reading: Reading
    match: CustomerMatch
    choice: OrderChoice | None = None
    ask: ProposeResolution | None = None
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


# ── the truth, as actions of ours ────────────────────────────────────────────────────────────────────────────────────


def truth(case: dict[str, Any]) -> list[Write]:
    """The case's writes, independent of the order of items."""
    return sorted((true_write(one["name"], one["arguments"]) for one in case["writes"]), key=repr)


def _address(told: dict[str, str]) -> Address:
    return Address(
        address1=told["address1"], address2=told["address2"], city=told["city"], state=told["state"],
        country=told["country"], postcode=told["zip"],
    )  # fmt: skip


def actions_of(case: dict[str, Any], orders: dict[str, Order]) -> Resolution:
    """The truth as a resolution of ours."""
    made: list[Action] = []
    for number, one in enumerate(case["writes"], start=1):
        told = one["arguments"]
        if "order_id" not in told:
            continue
        kind, order_id, _ = true_write(one["name"], told)
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

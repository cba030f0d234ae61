"""The shop's rules on actions, one small judgement each. What a shop tunes stands in the first lines."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from baton.contracts.orders import (
    Action,
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    Customer,
    ExchangeItems,
    Order,
    Product,
    ReturnItems,
    Swap,
    Variant,
)

from .suspecting import quoted

CANCEL_REASONS = ("no longer needed", "ordered by mistake")
OPEN_STATUS = "pending"
DELIVERED_STATUS = "delivered"
CANCELLED_STATUS = "cancelled"

LONGEST_ID = 40
"""Characters of an id in the policy's word: whoever proposes may have written it."""

RULES: dict[str, str] = {
    "own order": "An action is on an order of the customer who was identified.",
    "fresh copy": "Nothing is proposed from an old copy of an order.",
    "current version": "An action is proposed from the order as it is known now.",
    "known order": "An action is on an order that was read.",
    "pending only": "Only a pending order can be cancelled or changed.",
    "delivered only": "Only a delivered order can be returned or exchanged.",
    "whole order": "An order is cancelled as a whole, never in part.",
    "cancel reason": "A cancellation needs one of the accepted reasons: no longer needed, or ordered by mistake.",
    "one purpose": "Actions on one order must fit together: what is cancelled is not changed as well.",
    "items once": "The items of an order are changed, returned or exchanged once, all in one go, last.",
    "items of the order": "Only items of the order can be named, each as often as it was ordered.",
    "same product": "An item is replaced by a variant of the same product.",
    "available variant": "The variant wanted must be available.",
    "different variant": "Changing an item needs a variant other than the one ordered.",
    "method on file": "Money moves by a payment method on the customer's file.",
    "refund method": "A refund goes to the original payment method or to a gift card on the customer's file.",
    "gift card balance": "A gift card must hold enough for what is to be paid with it.",
    "other method": "A payment is moved to one method other than the present one.",
    "one payment": "Only an order paid in one payment can be moved to another method.",
    "complete address": "An address needs a street, a city, a country and a postcode.",
}


@dataclass(frozen=True)
class Breach:
    """A rule that an action breaks, in words for the reviewer and the customer."""

    rule: str
    explanation: str


@dataclass
class Standing:
    """What is known while the actions of a resolution are judged one after the other."""

    customer: Customer | None
    orders: dict[str, Order]
    products: dict[str, Product]
    done: dict[str, list[str]] = field(default_factory=dict)
    planned: dict[str, list[str]] = field(default_factory=dict)
    spent: dict[str, Decimal] = field(default_factory=dict)


def breach_of(action: Action, standing: Standing) -> Breach | None:
    """The first rule that the action breaks, None when it keeps them all; what it would do is then counted in."""
    found = next(_breaches(action, standing), None)
    if found is None:
        standing.planned.setdefault(action.order_id, []).append(action.kind)
        if action.kind == "cancel_order":
            credit_cancelled(action.order_id, standing)
    return found


def credit_cancelled(order_id: str, standing: Standing) -> None:
    """A cancelled order's money is back on a gift card at once, and later actions of the same message can use it."""
    order = standing.orders.get(order_id)
    for payment in order.payments if order else []:
        if payment.kind == "payment":
            standing.spent[payment.method_id] = standing.spent.get(payment.method_id, Decimal(0)) - payment.amount


def _breaches(action: Action, standing: Standing) -> Iterator[Breach]:
    order = standing.orders.get(action.order_id)
    if order is None:
        yield Breach("known order", "the order was not read")
        return
    foreign = not_their_own(order, standing.customer)
    if foreign is not None:
        yield foreign
        return
    if order.stale_since is not None:
        yield Breach("fresh copy", "only an old copy of the order could be read")
    if action.order_version != order.version:
        yield Breach("current version", "the order changed since this was proposed")
    yield from _status(action, order)
    yield from _together(action, standing)
    if isinstance(action, CancelOrder):
        if action.reason not in CANCEL_REASONS:
            yield Breach("cancel reason", f"the reason must be one of: {', '.join(CANCEL_REASONS)}")
    elif isinstance(action, ReturnItems):
        yield from _items(action.item_ids, order)
        yield from _refund(action.refund_to, order, standing)
    elif isinstance(action, ExchangeItems | ChangeItems):
        yield from _items([swap.item_id for swap in action.swaps], order)
        yield from _swaps(action, order, standing)
    elif isinstance(action, ChangeAddress):
        address = action.address
        if not all(part.strip() for part in (address.address1, address.city, address.country, address.postcode)):
            yield Breach("complete address", "a part of the address is missing")
    else:
        yield from _payment(action, order, standing)


def not_their_own(order: Order, customer: Customer | None) -> Breach | None:
    """The breach of acting on an order of somebody else than this customer."""
    if customer is not None and order.customer_id == customer.customer_id:
        return None
    return Breach("own order", "the order is not one of this customer's")


def _status(action: Action, order: Order) -> Iterator[Breach]:
    status = order.status.lower()
    if isinstance(action, ReturnItems | ExchangeItems):
        if status != DELIVERED_STATUS:
            yield Breach(
                "delivered only",
                f"the order is {order.status}, and only a delivered order can be returned or exchanged",
            )
    elif status != OPEN_STATUS:
        yield Breach(
            "pending only", f"the order is {order.status}, and only a pending order can be cancelled or changed"
        )


def _together(action: Action, standing: Standing) -> Iterator[Breach]:
    planned = standing.planned.get(action.order_id, [])
    before = [*standing.done.get(action.order_id, []), *planned]
    if "cancel_order" in before or (action.kind == "cancel_order" and planned):
        yield Breach("one purpose", "the same order would be cancelled and changed")
    if action.kind in ("return_items", "exchange_items") and before:
        yield Breach("items once", "a return or an exchange of this order is asked for already")
    if action.kind in before and action.kind in planned:
        yield Breach("one purpose", "the same change is asked for twice")
    if "change_items" in before:
        yield Breach("items once", "the items of this order are changed already, which closes it for other changes")


def _items(item_ids: list[str], order: Order) -> Iterator[Breach]:
    ordered = Counter(item.item_id for item in order.items)
    if not item_ids:
        yield Breach("items of the order", "no item is named")
    for item_id, count in Counter(item_ids).items():
        if count > ordered[item_id]:
            yield Breach(
                "items of the order", f"item {_id(item_id)} is in the order {ordered[item_id]} times, not {count}"
            )


def _swaps(action: ExchangeItems | ChangeItems, order: Order, standing: Standing) -> Iterator[Breach]:
    difference = Decimal(0)
    for swap in action.swaps:
        old = next(item for item in order.items if item.item_id == swap.item_id)
        variant = variant_of(standing.products.get(old.product_id), swap)
        if variant is None:
            yield Breach("same product", f"item {_id(swap.new_item_id)} is not a variant of {old.name}")
            return
        if not variant.available:
            yield Breach("available variant", f"the {old.name} wanted is not available")
        if isinstance(action, ChangeItems) and swap.new_item_id == swap.item_id:
            yield Breach("different variant", f"the {old.name} wanted is the one ordered")
        difference += variant.price - old.price
    yield from _method(action.pay_with, standing)
    if difference > 0:
        yield from _balance(action.pay_with, difference, standing)


def _id(said: str) -> str:
    """As somebody wrote it, so short that nothing else can be said in it in the policy's name."""
    return quoted(said, LONGEST_ID)


def variant_of(product: Product | None, swap: Swap) -> Variant | None:
    """The variant that a swap asks for, None where it is not one of the product."""
    variants = product.variants if product else []
    return next((variant for variant in variants if variant.item_id == swap.new_item_id), None)


def _method(method_id: str, standing: Standing) -> Iterator[Breach]:
    methods = standing.customer.payment_methods if standing.customer else []
    if all(method.method_id != method_id for method in methods):
        yield Breach("method on file", "the payment method is not on the customer's file")


def _refund(method_id: str, order: Order, standing: Standing) -> Iterator[Breach]:
    yield from _method(method_id, standing)
    originals = {payment.method_id for payment in order.payments if payment.kind == "payment"}
    methods = standing.customer.payment_methods if standing.customer else []
    gift_cards = {method.method_id for method in methods if method.kind == "gift_card"}
    if method_id not in originals | gift_cards:
        yield Breach("refund method", "a refund can go only to the original payment method or to a gift card on file")


def _balance(method_id: str, amount: Decimal, standing: Standing) -> Iterator[Breach]:
    """Counts what earlier actions of the resolution spend from the same card."""
    methods = standing.customer.payment_methods if standing.customer else []
    card = next((method for method in methods if method.method_id == method_id and method.kind == "gift_card"), None)
    if card is None:
        return
    needed = standing.spent.get(method_id, Decimal(0)) + amount
    if needed > (card.balance or Decimal(0)):
        yield Breach("gift card balance", "the gift card does not hold enough for this")
    else:
        standing.spent[method_id] = needed


def _payment(action: ChangePayment, order: Order, standing: Standing) -> Iterator[Breach]:
    yield from _method(action.pay_with, standing)
    payments = [payment for payment in order.payments if payment.kind == "payment"]
    if len(payments) != 1 or len(payments) != len(order.payments):
        yield Breach("one payment", "the order was not paid in one payment")
        return
    if payments[0].method_id == action.pay_with:
        yield Breach("other method", "the order is paid by this method already")
    yield from _balance(action.pay_with, payments[0].amount, standing)

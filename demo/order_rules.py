"""What each action does to an order and its customer, and when the shop refuses: the rules of the retail data set.

Amounts are floats because the loaded file's are, and are added in the order of the request: an exchange's price
difference and gift card balances are rounded to cents, the payment that a change of items adds is not.

That set's own tools have a slip, and the changes that it expects contain it: when several items of an order are changed
at once, all of them get the price and the options of the last one (a keyboard then has a skin tone). A file without a
`shop` table is taken for that set and treated so (`slips`); a shop that has the table gives each item its own.
"""

from collections import Counter
from collections.abc import Callable

from .order_actions import (
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    ExchangeItems,
    OrderAction,
    ReturnItems,
)
from .problems import Problem
from .shop_file import ItemDoc, OrderDoc, PaymentDoc, PaymentMethodDoc, ProductDoc, UserDoc, VariantDoc

ProductOf = Callable[[str], ProductDoc | None]


def carry_out(
    action: OrderAction, order: OrderDoc, customer: UserDoc, product_of: ProductOf, *, slips: bool = False
) -> None:
    """Change the order and the customer's gift cards in place, or raise Problem with nothing changed."""
    match action:
        case CancelOrder():
            _cancel(action, order, customer)
        case ReturnItems():
            _return(action, order, customer)
        case ExchangeItems():
            _exchange(action, order, customer, product_of)
        case ChangeItems():
            _change_items(action, order, customer, product_of, slips)
        case ChangeAddress():
            _change_address(action, order)
        case ChangePayment():
            _change_payment(action, order, customer)


def _cancel(action: CancelOrder, order: OrderDoc, customer: UserDoc) -> None:
    _require_status(order, "pending", "Only a pending order can be cancelled")
    refunds = []
    for payment in order["payment_history"]:
        method = _method(customer, payment["payment_method_id"])
        refunds.append(_moved("refund", payment["amount"], payment["payment_method_id"]))
        _credit(method, payment["amount"])
    order["status"] = "cancelled"
    order["cancel_reason"] = action.reason
    order["payment_history"].extend(refunds)


def _return(action: ReturnItems, order: OrderDoc, customer: UserDoc) -> None:
    _require_status(order, "delivered", "Only a delivered order can be returned")
    method = _method(customer, action.payment_method_id)
    paid_first = order["payment_history"][0]["payment_method_id"] if order["payment_history"] else None
    if method["source"] != "gift_card" and action.payment_method_id != paid_first:
        raise Problem(422, "refund-method", "A refund goes to the original payment method or a gift card")
    _require_items(order, action.item_ids)
    order["status"] = "return requested"
    order["return_items"] = sorted(action.item_ids)
    order["return_payment_method_id"] = action.payment_method_id


def _exchange(action: ExchangeItems, order: OrderDoc, customer: UserDoc, product_of: ProductOf) -> None:
    _require_status(order, "delivered", "Only a delivered order can be exchanged")
    difference = round(_difference(action, order, product_of), 2)
    _require_cover(_method(customer, action.payment_method_id), difference)
    order["status"] = "exchange requested"
    order["exchange_items"] = sorted(action.item_ids)
    order["exchange_new_items"] = sorted(action.new_item_ids)
    order["exchange_payment_method_id"] = action.payment_method_id
    order["exchange_price_difference"] = difference


def _change_items(action: ChangeItems, order: OrderDoc, customer: UserDoc, product_of: ProductOf, slips: bool) -> None:
    _require_status(order, "pending", "Only a pending order whose items were not changed before can be changed")
    if any(old == new for old, new in zip(action.item_ids, action.new_item_ids, strict=False)):
        raise Problem(422, "same-item", "A new item must differ from the old one")
    difference = _difference(action, order, product_of)
    method = _method(customer, action.payment_method_id)
    _require_cover(method, difference)
    last = _variant(_item(order, action.item_ids[-1]), action.new_item_ids[-1], product_of)
    kind = "payment" if difference > 0 else "refund"
    order["payment_history"].append(_moved(kind, abs(difference), action.payment_method_id))
    _credit(method, -difference)
    for item_id, new_item_id in zip(action.item_ids, action.new_item_ids, strict=True):
        item = _item(order, item_id)
        variant = last if slips else _variant(item, new_item_id, product_of)
        item["item_id"] = new_item_id
        item["price"] = variant["price"]
        item["options"] = variant["options"]
    order["status"] = "pending (item modified)"


def _change_address(action: ChangeAddress, order: OrderDoc) -> None:
    _require_not_left(order)
    order["address"] = action.address.document()


def _change_payment(action: ChangePayment, order: OrderDoc, customer: UserDoc) -> None:
    _require_not_left(order)
    method = _method(customer, action.payment_method_id)
    history = order["payment_history"]
    if len(history) != 1 or history[0]["transaction_type"] != "payment":
        raise Problem(409, "several-payments", "The payment can be changed only while there is exactly one")
    paid = history[0]
    if paid["payment_method_id"] == action.payment_method_id:
        raise Problem(422, "same-method", "The new payment method must differ from the current one")
    _require_cover(method, paid["amount"])
    before = _method(customer, paid["payment_method_id"])
    history.append(_moved("payment", paid["amount"], action.payment_method_id))
    history.append(_moved("refund", paid["amount"], paid["payment_method_id"]))
    _credit(method, -paid["amount"])
    _credit(before, paid["amount"])


def _require_status(order: OrderDoc, status: str, title: str) -> None:
    if order["status"] != status:
        raise Problem(409, "order-status", title, f"The order's status is '{order['status']}'")


def _require_not_left(order: OrderDoc) -> None:
    if "pending" not in order["status"]:
        raise Problem(
            409, "order-status", "Only a pending order can be changed", f"The order's status is '{order['status']}'"
        )


def _require_items(order: OrderDoc, item_ids: list[str]) -> None:
    there = Counter(item["item_id"] for item in order["items"])
    if Counter(item_ids) - there:
        raise Problem(422, "item-not-in-order", "An item is not in the order, or not as many times")


def _require_cover(method: PaymentMethodDoc, amount: float) -> None:
    if method["source"] == "gift_card" and method["balance"] < amount:
        raise Problem(422, "gift-card-balance", "The gift card's balance does not cover the amount")


def _difference(action: ExchangeItems | ChangeItems, order: OrderDoc, product_of: ProductOf) -> float:
    _require_items(order, action.item_ids)
    if len(action.item_ids) != len(action.new_item_ids):
        raise Problem(422, "pairs", "There must be one new item for each item")
    difference = 0.0  # added one by one: sum() of floats rounds differently from Python 3.12 on
    for item_id, new_item_id in zip(action.item_ids, action.new_item_ids, strict=True):
        item = _item(order, item_id)
        variant = _variant(item, new_item_id, product_of)
        if not variant["available"]:
            raise Problem(422, "not-available", "A new item is not available")
        difference += variant["price"] - item["price"]
    return difference


def _item(order: OrderDoc, item_id: str) -> ItemDoc:
    return next(item for item in order["items"] if item["item_id"] == item_id)


def _variant(item: ItemDoc, new_item_id: str, product_of: ProductOf) -> VariantDoc:
    product = product_of(item["product_id"])
    variant = product["variants"].get(new_item_id) if product else None
    if variant is None:
        raise Problem(422, "other-product", "A new item must be a variant of the same product")
    return variant


def _method(customer: UserDoc, method_id: str) -> PaymentMethodDoc:
    method = customer["payment_methods"].get(method_id)
    if method is None:
        raise Problem(422, "payment-method", "The customer has no such payment method")
    return method


def _moved(kind: str, amount: float, method_id: str) -> PaymentDoc:
    return PaymentDoc(transaction_type=kind, amount=amount, payment_method_id=method_id)


def _credit(method: PaymentMethodDoc, amount: float) -> None:
    if method["source"] == "gift_card":
        method["balance"] = round(method["balance"] + amount, 2)

"""Writes the reply, to be sent after the actions: what was done, what cannot be and why, what was asked."""

from decimal import Decimal

from baton.contracts.enquiry import ProposeResolution, Refused, Request
from baton.contracts.orders import (
    Action,
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    Customer,
    ExchangeItems,
    Order,
    ReturnItems,
    Swap,
)

from .describing import in_words
from .facts import FIND_CUSTOMER, LOOK_UP_PRODUCTS, READ_ENQUIRY, Facts, check_order
from .money import money, paid
from .rules import RULES
from .words import listed

PLACEHOLDER = "[to be completed]"


class Writing:
    """Sentences of one reply; each fact in them goes through `Facts`, which withholds what this sender may not hear."""

    def __init__(self, ask: ProposeResolution, customer: Customer | None, facts: Facts) -> None:
        self._ask = ask
        self._customer = customer
        self._facts = facts

    def reply(self, actions: list[Action], refused: list[Refused], answers: list[str]) -> str:
        """The whole body."""
        parts = [self._done_before(), *(self._action(action) for action in actions), *self._statuses(), *answers]
        parts += [self._refusal(one) for one in refused]
        return self._framed([part for part in parts if part])

    def skeleton(self) -> str:
        """What a person completes: greeting, what is done already, a place for their words, closing."""
        return self._framed([part for part in (self._done_before(), PLACEHOLDER) if part])

    def _framed(self, parts: list[str]) -> str:
        name = ""
        if self._customer is not None:
            name = self._facts.tell("first name", self._customer.first_name, FIND_CUSTOMER)
        return "\n\n".join(
            [f"Dear {name}," if name else "Hello,", "Thank you for your message.", *parts, self._ask.signature]
        )

    def _done_before(self) -> str:
        said = []
        for done in self._ask.done:
            label = f"done before: {done.action.kind}"
            self._facts.know(label, done.statement, f"{done.action.kind}/{done.action.action_id}")
            said.append(
                f"{done.statement}."
                if self._facts.trusted
                else f"We have done what you asked for {self._order_text(done.action.order_id)}."
            )
        return " ".join(dict.fromkeys(said))

    # ── actions ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _action(self, action: Action) -> str:
        order = next(order for order in self._ask.orders if order.order_id == action.order_id)
        which = self._order_text(order.order_id)
        if isinstance(action, CancelOrder):
            return f"We have cancelled {which}.{self._cancel_refund(order)}"
        if isinstance(action, ReturnItems):
            return self._returned(action, order, which)
        if isinstance(action, ExchangeItems):
            swaps = self._swaps(action.swaps, order)
            return (
                f"We have arranged the exchange for {which}: you will receive {swaps}.{self._difference(action, order)}"
            )
        if isinstance(action, ChangeItems):
            swaps = self._swaps(action.swaps, order)
            return f"We have changed {which}: you will receive {swaps}.{self._difference(action, order)}"
        if isinstance(action, ChangeAddress):
            return f"{which[0].upper()}{which[1:]} will now go to {self._address(action)}."
        return f"We have moved the payment for {which} to {self._method(action)}."

    def _order_text(self, order_id: str) -> str:
        shown = self._facts.tell("order", order_id, check_order(order_id))
        return f"order {shown}" if shown else "your order"

    def _cancel_refund(self, order: Order) -> str:
        amount = paid([payment.amount for payment in order.payments if payment.kind == "payment"]) - paid(
            [payment.amount for payment in order.payments if payment.kind == "refund"]
        )
        return self._refund_text(amount, order, next((one.method_id for one in order.payments), ""))

    def _returned(self, action: ReturnItems, order: Order, which: str) -> str:
        items = [next(item for item in order.items if item.item_id == item_id) for item_id in action.item_ids]
        names = [self._facts.tell("item", item.name, check_order(order.order_id), "item") for item in items]
        text = f"We have arranged the return of the {listed(_counted(names))} from {which}."
        return text + self._refund_text(paid([item.price for item in items]), order, action.refund_to)

    def _refund_text(self, amount: Decimal, order: Order, method_id: str) -> str:
        shown = self._facts.tell("refund", money(amount, order.currency), check_order(order.order_id))
        method = self._facts.tell("refund to", self._label(method_id), FIND_CUSTOMER)
        if not amount or not method_id:
            return ""
        if shown and method:
            return f" The refund of {shown} goes to {method}."
        return f" The refund goes to {method}." if method else " The refund goes the way that was agreed."

    def _swaps(self, swaps: list[Swap], order: Order) -> str:
        return listed(self._swap(swap, order) for swap in swaps)

    def _swap(self, swap: Swap, order: Order) -> str:
        item = next(item for item in order.items if item.item_id == swap.item_id)
        product = next(product for product in self._ask.products if product.product_id == item.product_id)
        new = next(variant for variant in product.variants if variant.item_id == swap.new_item_id)
        name = self._facts.tell("item", item.name, check_order(order.order_id), "item")
        changed = [(key, value) for key, value in new.options.items() if item.options.get(key) != value]
        if not changed:
            return f"the same {name} again"
        told = [self._facts.tell(f"{item.name} {key}", value, LOOK_UP_PRODUCTS) for key, value in changed]
        if not all(told):
            return f"the {name} as you asked"
        return f"the {name} {in_words(changed)}"

    def _difference(self, action: ExchangeItems | ChangeItems, order: Order) -> str:
        prices = {variant.item_id: variant.price for product in self._ask.products for variant in product.variants}
        old = {item.item_id: item.price for item in order.items}
        amount = paid([prices[swap.new_item_id] - old[swap.item_id] for swap in action.swaps])
        if not amount:
            return ""
        shown = self._facts.tell("price difference", money(abs(amount), order.currency), LOOK_UP_PRODUCTS)
        method = self._method(action)
        if not shown:
            return ""
        return f" The difference of {shown} {'is paid by' if amount > 0 else 'goes back to'} {method}."

    def _address(self, action: ChangeAddress) -> str:
        parts = [
            part
            for part in (action.address.address1, action.address.address2, action.address.city, action.address.postcode)
            if part
        ]
        if all(self._facts.may_tell(part) for part in parts):
            return ", ".join(parts)
        return "the address that you asked for"

    def _method(self, action: ExchangeItems | ChangeItems | ChangePayment) -> str:
        return self._facts.tell(
            "payment method", self._label(action.pay_with), FIND_CUSTOMER, "the payment method that you asked for"
        )

    def _label(self, method_id: str) -> str:
        methods = self._customer.payment_methods if self._customer else []
        return next((method.label for method in methods if method.method_id == method_id), "")

    # ── refusals and answers ─────────────────────────────────────────────────────────────────────────────────────────

    def _refusal(self, refused: Refused) -> str:
        request = self._ask.reading.requests[refused.request]
        asked = _ASKED.get(request.kind, "do what you asked")
        self._facts.know("asked for", request.words, READ_ENQUIRY)
        why = (
            refused.explanation
            if self._facts.trusted
            else RULES.get(refused.rule, "our policy does not allow it").rstrip(".")
        )
        return f"We are sorry that we cannot {asked}: {why[0].lower()}{why[1:]}."

    def _statuses(self) -> list[str]:
        said: list[str] = []
        for one in self._ask.choice.chosen if self._ask.choice else []:
            request = self._ask.reading.requests[one.request]
            if request.kind == "order_status":
                said += [self._status(request, order) for order in self._ask.orders if order.order_id in one.order_ids]
        return list(dict.fromkeys(said))

    def _status(self, request: Request, order: Order) -> str:
        source = check_order(order.order_id)
        self._facts.know("asked for", request.words, READ_ENQUIRY)
        self._facts.know("status", order.status, source)
        numbers = [number for parcel in order.parcels for number in parcel.tracking_ids]
        for number in numbers:
            self._facts.know("tracking number", number, source)
        if not self._facts.trusted:
            return (
                "To tell you how an order stands we need to hear from you from the e-mail address on your file with "
                "us. Please write to us from that address."
            )
        tracking = f" Tracking number{'s' if len(numbers) > 1 else ''}: {listed(numbers)}." if numbers else ""
        which = self._order_text(order.order_id)
        return f"{which[0].upper()}{which[1:]} is {order.status}.{tracking}"


_ASKED = {
    "cancel": "cancel this order",
    "return": "take this back",
    "exchange": "make this exchange",
    "change_address": "change the address",
    "change_items": "change the items",
    "change_payment": "change the payment",
}


def _counted(names: list[str]) -> list[str]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return [f"{count} × {name}" if count > 1 else name for name, count in counts.items()]

"""Turns one request, with the orders chosen for it, into typed actions, a refusal, or a reason to be unsure."""

import re
from dataclasses import dataclass, field

from baton.contracts.enquiry import Chosen, ProposeResolution, Refused, Request
from baton.contracts.orders import Action, Customer, Order, Swap

from .addresses import address_meant
from .facts import LOOK_UP_PRODUCTS, RECEIVED, Facts, check_order
from .grounding import Grounded, Line, Part, ground
from .making import Making, described, shown
from .money import money
from .paying import original_method, paying
from .reasons import cancel_reason
from .rules import DELIVERED_STATUS, OPEN_STATUS
from .variants import wanted_variant
from .words import Word, words_of

_THE_SAME_AGAIN = re.compile(r"\breplace (?:it|them)(?: (?:please|pls|for me|asap))*\s*(?:[.,;!?]|$)", re.IGNORECASE)
_OF_AN_ORDER = re.compile(r"\b(?:orders?|deliver\w*|shipp\w*|ship|send|sent|courier|parcel|package)\b", re.IGNORECASE)


@dataclass
class Outcome:
    """What became of one request."""

    actions: list[Action] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


class Acting:
    """Works on the requests of one message, with everything known of it."""

    def __init__(self, ask: ProposeResolution, customer: Customer, facts: Facts) -> None:
        self._ask = ask
        self._customer = customer
        self._facts = facts
        self._making = Making(customer, ask.products)
        self._products = {product.product_id: product for product in ask.products}

    def act_on(self, at: int, request: Request, chosen: Chosen) -> Outcome:
        """Actions for the request on every order chosen for it; all of it or none."""
        outcome = Outcome()
        orders = [order for order in self._ask.orders if order.order_id in chosen.order_ids]
        if len(orders) != len(chosen.order_ids) or not orders:
            outcome.unsure.append(chosen.why or "the order meant could not be read")
            return outcome
        for order in orders:
            if order.stale_since is not None:
                outcome.unsure.append(f"only an old copy of order {order.order_id} could be read")
        if outcome.unsure:
            return outcome
        if request.kind == "cancel":
            self._cancel(at, request, orders, outcome)
        elif request.kind == "return":
            self._return(at, request, orders, outcome)
        elif request.kind in ("exchange", "change_items"):
            self._swap(at, request, orders, outcome)
        elif request.kind == "change_address":
            self._address(request, orders, outcome)
        elif request.kind == "change_payment":
            self._pay(request, orders, outcome)
        return outcome

    # ── one kind each ────────────────────────────────────────────────────────────────────────────────────────────────

    def _cancel(self, at: int, request: Request, orders: list[Order], outcome: Outcome) -> None:
        found = ground(request.words, orders, self._customer)
        if found.problems or found.open:
            outcome.unsure.extend(found.problems or [_unexplained(found)])
            return
        reason = cancel_reason(request)
        for order in orders:
            named = [line for line in found.lines if line.order.order_id == order.order_id]
            if found.lines and len(named) != len(order.items):
                outcome.refused.append(
                    Refused(
                        request=at,
                        rule="whole order",
                        explanation=f"order {order.order_id} can be cancelled only as a whole",
                    )
                )
            elif reason is None:
                outcome.unsure.append("no reason for the cancellation is given")
            elif problem := self._other_refund(request, order):
                outcome.unsure.append(problem)
            else:
                self._facts.know("reason given", reason, RECEIVED)
                outcome.actions.append(self._making.cancel(order, reason))

    def _return(self, at: int, request: Request, orders: list[Order], outcome: Outcome) -> None:
        if refusal := _not_delivered(at, orders):
            outcome.refused.append(refusal)
            return
        found = self._ground(request, orders, swaps=False)
        lines = self._lines(found, orders, outcome)
        for order in orders:
            named = [line for line in lines if line.order.order_id == order.order_id]
            method = self._method(request, order, outcome)
            if not named or method is None:
                continue
            outcome.actions.append(self._making.take_back(order, [line.item.item_id for line in named], method))

    def _swap(self, at: int, request: Request, orders: list[Order], outcome: Outcome) -> None:
        found = self._ground(request, orders, swaps=True)
        if found.everything or not found.parts:
            outcome.unsure.append(_unexplained(found) if found.open else "which items are to be replaced is not clear")
            return
        if found.problems or found.open:
            outcome.unsure.extend(found.problems or [_unexplained(found)])
            return
        swaps: dict[str, list[Swap]] = {}
        for part in found.parts:
            target = _target(part, request)
            if target is None:
                outcome.unsure.append(f"what is wanted instead of “{part.said}” is not clear")
                continue
            for line in part.lines:
                product = self._products.get(line.item.product_id)
                if product is None:
                    outcome.unsure.append(f"the variants of {line.item.name} are not known")
                    continue
                wanted = wanted_variant(product, line.item, target)
                if wanted.variant is not None:
                    swaps.setdefault(line.order.order_id, []).append(
                        Swap(item_id=line.item.item_id, new_item_id=wanted.variant.item_id)
                    )
                    self._know_swap(line, wanted.variant.options, money(wanted.variant.price, line.order.currency))
                elif wanted.sold_out:
                    self._facts.know(f"{line.item.name} wanted", wanted.problem, LOOK_UP_PRODUCTS)
                    outcome.refused.append(
                        Refused(
                            request=at,
                            rule="available variant",
                            explanation=f"for the {line.item.name}, {wanted.problem}",
                        )
                    )
                else:
                    outcome.unsure.append(f"{line.item.name}: {wanted.problem}")
        if outcome.refused or outcome.unsure:
            return  # items are exchanged once, all in one go: a part of them would close the order for the rest
        for order in orders:
            if order.order_id in swaps and (method := self._method(request, order, outcome)):
                outcome.actions.append(self._making.swap(order, swaps[order.order_id], method))

    def _address(self, request: Request, orders: list[Order], outcome: Outcome) -> None:
        for order in orders:
            meant = address_meant(request.words, order, self._customer, self._ask.orders)
            if meant.address is None:
                outcome.unsure.append(meant.problem)
                continue
            address = meant.address
            if address == order.address:
                outcome.unsure.append(f"order {order.order_id} goes to that address already")
                continue
            if not request.order_ids and not _OF_AN_ORDER.search(f"{request.words} {request.context}"):
                outcome.unsure.append("whether an order's address or the one on file is to change is not clear")
                continue
            self._facts.know("new address", shown(address), meant.source)
            outcome.actions.append(self._making.send(order, address))

    def _pay(self, request: Request, orders: list[Order], outcome: Outcome) -> None:
        for order in orders:
            meant = paying(request.words, self._customer, order)
            if meant.method is None:
                outcome.unsure.append(meant.problem or "the new payment method is not clear")
                continue
            outcome.actions.append(self._making.move_payment(order, meant.method.method_id))

    # ── parts of them ────────────────────────────────────────────────────────────────────────────────────────────────

    def _ground(self, request: Request, orders: list[Order], *, swaps: bool) -> Grounded:
        """The request's own words; only where they name nothing, the one thing spoken of around them."""
        found = ground(request.words, orders, self._customer, self._ask.products, swaps=swaps)
        if found.parts or found.everything or not request.context:
            return found
        around = ground(request.context, orders, self._customer, self._ask.products)
        if len(around.lines) == 1 and not around.problems:
            if swaps:
                return ground(
                    request.words, orders, self._customer, self._ask.products, swaps=True, about=around.lines[0]
                )
            if not found.open:
                return Grounded(parts=around.parts)
        if around.parts:
            found.open.append("which of the things spoken of")
        return found

    def _lines(self, found: Grounded, orders: list[Order], outcome: Outcome) -> list[Line]:
        if found.problems or found.open:
            outcome.unsure.extend(found.problems or [_unexplained(found)])
            return []
        if found.parts and found.everything:
            outcome.unsure.append("everything is asked for, and single items are named")
            return []
        if found.parts:
            return found.lines
        if found.everything or (len(orders) == 1 and len(orders[0].items) == 1):
            return [Line(order, at) for order in orders for at in range(len(order.items))]
        outcome.unsure.append("which items are meant is not clear")
        return []

    def _method(self, request: Request, order: Order, outcome: Outcome) -> str | None:
        """The method named, else the one that the order was paid with."""
        meant = paying(request.words, self._customer, order)
        if meant.problem:
            outcome.unsure.append(meant.problem)
            return None
        if meant.method is not None:
            self._facts.know("payment method named", meant.method.label, RECEIVED)
            return meant.method.method_id
        original = original_method(order)
        if original is None:
            outcome.unsure.append(f"how order {order.order_id} was paid is not known")
            return None
        self._facts.know("payment method of the order", self._making.label(original), check_order(order.order_id))
        return original

    def _other_refund(self, request: Request, order: Order) -> str:
        """A cancelled order is paid back the way it was paid; a wish for another way is for a person."""
        meant = paying(request.words, self._customer, order)
        if meant.problem or meant.method is None or meant.method.method_id == original_method(order):
            return meant.problem
        return f"a refund to {meant.method.label} is asked for, and order {order.order_id} was paid otherwise"

    def _know_swap(self, line: Line, options: dict[str, str], price: str) -> None:
        self._facts.know(f"{line.item.name} ordered", described(line.item.options), check_order(line.order.order_id))
        self._facts.know(f"{line.item.name} wanted", f"{described(options)}, {price}, available", LOOK_UP_PRODUCTS)


def _target(part: Part, request: Request) -> list[Word] | None:
    """The words for what is wanted instead; 'please replace it' alone wants the same thing again."""
    if part.target is None and _THE_SAME_AGAIN.search(request.words):
        return words_of("the same")
    return part.target


def _unexplained(found: Grounded) -> str:
    return f"these words are not understood: “{' '.join(found.open[:8])}”"


def _not_delivered(at: int, orders: list[Order]) -> Refused | None:
    for order in orders:
        if order.status.lower() != DELIVERED_STATUS:
            hint = "; while it is pending it can be cancelled" if order.status.lower() == OPEN_STATUS else ""
            return Refused(
                request=at,
                rule="delivered only",
                explanation=f"order {order.order_id} is {order.status}, and only a delivered one can be returned{hint}",
            )
    return None

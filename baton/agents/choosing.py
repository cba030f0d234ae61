"""Chooses the order and the items that each request is about: by number, or by what is named."""

import re

from baton.contracts.enquiry import ChooseOrders, Chosen, OrderChoice, Request
from baton.contracts.orders import Order

from .grounding import Grounded, bare_words, ground
from .intents import ACTS
from .names_of_things import mentions
from .order_numbers import same_order
from .reasons import cancel_reason
from .rules import DELIVERED_STATUS, OPEN_STATUS
from .vocabulary import I
from .words import words_of

_ALL_PENDING = re.compile(
    r"\ball (?:of )?(?:my |the )?(?:pending |open |current )?orders\b|\bevery (?:pending )?order\b", I
)
_SAID_PENDING = re.compile(r"\b(?:pending|just ordered|just placed|not (?:yet )?shipped)\b", I)
_SAID_DELIVERED = re.compile(r"\b(?:received|delivered|arrived)\b", I)
_SWAPPING = ("exchange", "change_items")
_NEEDS_ITEMS = ("return", "exchange", "change_items")
MOST_PRODUCTS = 20


def choose(ask: ChooseOrders) -> OrderChoice:
    """For each request its orders and items; `missing` holds questions in plain words, when asking can settle it."""
    chosen: list[Chosen] = []
    missing: list[str] = []
    for at, request in enumerate(ask.reading.requests):
        one, question = _choose_one(at, request, ask)
        chosen.append(one)
        if question:
            missing.append(question)
    doubtful = any(request.doubts for request in ask.reading.requests) or ask.reading.language != "en"
    return OrderChoice(
        chosen=chosen,
        # What a person has to judge anyway is not asked about first; nor is what a rule for English words misses.
        missing=[] if doubtful else list(dict.fromkeys(missing)),
        product_ids=_products(chosen, ask),
    )


def _choose_one(at: int, request: Request, ask: ChooseOrders) -> tuple[Chosen, str]:
    if request.order_ids:
        return _by_number(at, request, ask)
    if request.kind in ("other", "product_question"):
        return _by_items(at, request, ask.orders, ask, ask_if_unclear=False)
    if _ALL_PENDING.search(request.words) and request.kind == "cancel":
        pending = [order for order in ask.orders if order.status.lower() == OPEN_STATUS]
        return _with_reason(
            Chosen(request=at, order_ids=[order.order_id for order in pending], why="all pending orders"), request
        )
    return _by_items(at, request, _suitable(request, ask.orders), ask, ask_if_unclear=True)


def _by_number(at: int, request: Request, ask: ChooseOrders) -> tuple[Chosen, str]:
    orders: list[Order] = []
    for number in request.order_ids:
        order = next((order for order in ask.orders if same_order(order.order_id, number)), None)
        if order is not None:
            orders.append(order)
            continue
        if any(same_order(unread, number) for unread in ask.unread_order_ids):
            return Chosen(request=at, why=f"order {number} could not be read"), ""
        return (
            Chosen(request=at, why=f"order {number} is not among this customer's orders"),
            # Without the number: it may be another customer's.
            "the number of your order: we could not find the one that you wrote among your orders",
        )
    found = ground(request.words, orders, ask.customer, swaps=request.kind in _SWAPPING)
    items = [line.item.item_id for line in found.lines] or _spoken_of(request, orders, ask)
    items = items or _whole(found, orders, request)
    one = Chosen(request=at, order_ids=[order.order_id for order in orders], item_ids=items, why="named by number")
    if request.kind == "cancel":
        return _with_reason(one, request)
    if request.kind == "return" and all(order.status.lower() != DELIVERED_STATUS for order in orders):
        return one, ""  # cannot be returned whichever items are meant
    if request.kind in _NEEDS_ITEMS and not items and not found.problems and not found.open:
        return one, f"which items of order {request.order_ids[0]} you mean"
    return one, ""


def _spoken_of(request: Request, orders: list[Order], ask: ChooseOrders) -> list[str]:
    """The one thing named in the sentences around a request that names none."""
    if not request.context or request.kind not in _NEEDS_ITEMS:
        return []
    around = ground(request.context, orders, ask.customer)
    return [line.item.item_id for line in around.lines] if len(around.lines) == 1 and not around.problems else []


def _whole(found: Grounded, orders: list[Order], request: Request) -> list[str]:
    """All items, where everything is asked for or the order has one line."""
    if request.kind not in _NEEDS_ITEMS:
        return []
    if found.everything or (len(orders) == 1 and len(orders[0].items) == 1 and not found.parts):
        return [item.item_id for order in orders for item in order.items]
    return []


def _suitable(request: Request, orders: list[Order]) -> list[Order]:
    """Orders whose status fits what is asked; customers say 'change' of what arrived and 'exchange' of what did not."""
    fitting: dict[str, tuple[str, ...]] = {
        "cancel": (OPEN_STATUS,),
        "return": (DELIVERED_STATUS,),
        "exchange": (DELIVERED_STATUS, OPEN_STATUS),
        "change_items": (OPEN_STATUS, DELIVERED_STATUS),
        "change_address": (OPEN_STATUS,),
        "change_payment": (OPEN_STATUS,),
    }
    statuses = fitting.get(request.kind)
    if statuses and _SAID_PENDING.search(request.words):
        statuses = (OPEN_STATUS,)
    elif statuses and _SAID_DELIVERED.search(request.words):
        statuses = (DELIVERED_STATUS,)
    return [order for order in orders if statuses is None or order.status.lower() in statuses]


def _by_items(
    at: int, request: Request, orders: list[Order], ask: ChooseOrders, *, ask_if_unclear: bool
) -> tuple[Chosen, str]:
    swaps = request.kind in _SWAPPING
    found = [(order, ground(request.words, [order], ask.customer, swaps=swaps)) for order in orders]
    clear = [(order, one) for order, one in found if one.clear]
    named = clear or [(order, one) for order, one in found if one.lines and not one.problems]
    if len(named) > 1:
        most = max(len(one.lines) for _, one in named)
        named = [(order, one) for order, one in named if len(one.lines) == most]
    if len(named) == 1:
        order, one = named[0]
        together = _across(request, orders, ask, one, swaps=swaps)
        if together is not None:
            return _finished(at, together, request)
        return _finished(at, [(order, one)], request)
    if len(named) > 1:
        numbers = " or ".join(order.order_id for order, _ in named)
        question = "the number of the order you mean: several of your orders have such an item"
        return Chosen(request=at, why=f"several orders fit: {numbers}"), question if ask_if_unclear else ""
    if any(one.parts for _, one in found):
        part = next(part for _, one in found for part in one.parts)
        return Chosen(request=at, why=part.problem or "nothing fits"), (
            f"which order and which “{part.said}” you mean" if ask_if_unclear else ""
        )
    return _by_context(at, request, orders, ask, ask_if_unclear=ask_if_unclear)


def _across(
    request: Request, orders: list[Order], ask: ChooseOrders, alone: Grounded, *, swaps: bool
) -> list[tuple[Order, Grounded]] | None:
    """'the helmet and, in another order, the luggage': items in several orders, each in one order only."""
    if not alone.open:
        return None
    whole = ground(request.words, orders, ask.customer, swaps=swaps)
    if whole.problems or len(whole.lines) <= len(alone.lines):
        return None
    held = [order for order in orders if any(line.order.order_id == order.order_id for line in whole.lines)]
    return [
        (order, Grounded(parts=[part for part in whole.parts if part.lines[0].order.order_id == order.order_id]))
        for order in held
    ]


def _finished(at: int, found: list[tuple[Order, Grounded]], request: Request) -> tuple[Chosen, str]:
    one = Chosen(
        request=at,
        order_ids=[order.order_id for order, _ in found],
        item_ids=[line.item.item_id for _, grounded in found for line in grounded.lines],
        why="by the items named",
    )
    return _with_reason(one, request) if request.kind == "cancel" else (one, "")


def _by_context(
    at: int, request: Request, orders: list[Order], ask: ChooseOrders, *, ask_if_unclear: bool
) -> tuple[Chosen, str]:
    """Nothing is named in the request itself: what was spoken of before it, or the only order that it can be."""
    spoken_of = [(order, ground(request.context, [order], ask.customer)) for order in orders] if request.context else []
    spoken_of = [(order, one) for order, one in spoken_of if len(one.lines) == 1 and not one.problems]
    if len(spoken_of) == 1 and request.kind in ACTS | {"order_status"}:
        order, one = spoken_of[0]
        return _finished(at, [(order, one)], request)
    others = {number for other in ask.reading.requests for number in other.order_ids}
    named_elsewhere = [order for order in orders if any(same_order(order.order_id, number) for number in others)]
    only = orders if len(orders) == 1 else named_elsewhere if len(named_elsewhere) == 1 else []
    if only and request.kind not in ("other", "product_question"):
        order = only[0]
        found = ground(request.words, [order], ask.customer, swaps=request.kind in _SWAPPING)
        items = [line.item.item_id for line in found.lines] or _whole(found, [order], request)
        one_chosen = Chosen(request=at, order_ids=[order.order_id], item_ids=items, why="the only order that it can be")
        if request.kind == "cancel":
            return _with_reason(one_chosen, request)
        question = "which items of your order you mean" if request.kind in _NEEDS_ITEMS and not items else ""
        return one_chosen, question
    if not orders and ask_if_unclear:
        return Chosen(request=at, why="no order of this customer can be the one"), "the number of the order you mean"
    question = "the number of the order you mean" + (", and which items" if request.kind in _NEEDS_ITEMS else "")
    return Chosen(request=at, why="no order or item is named"), question if ask_if_unclear else ""


def _with_reason(one: Chosen, request: Request) -> tuple[Chosen, str]:
    if one.order_ids and cancel_reason(request) is None:
        return one, "why you would like to cancel: it is no longer needed, or it was ordered by mistake"
    return one, ""


def _asked_about(request: Request, ask: ChooseOrders) -> list[str]:
    """The products that a question names, among those the customer has ordered; the order itself does not matter."""
    items = [item for order in ask.orders for item in order.items]
    found = mentions(words_of(bare_words(request.words, ask.customer)), items)
    return [product for mention in found for product in sorted(mention.products)]


def _products(chosen: list[Chosen], ask: ChooseOrders) -> list[str]:
    """Products whose variants a proposal will need: those of the items to swap, or of the whole order in doubt."""
    wanted: dict[str, None] = {}
    for one in chosen:
        kind = ask.reading.requests[one.request].kind
        if kind == "product_question":
            for product_id in _asked_about(ask.reading.requests[one.request], ask):
                wanted.setdefault(product_id)
        if kind not in _SWAPPING:
            continue
        for order in ask.orders:
            if order.order_id in one.order_ids:
                for item in order.items:
                    if item.item_id in one.item_ids or not one.item_ids:
                        wanted.setdefault(item.product_id)
    return list(wanted)[:MOST_PRODUCTS]

"""A write to an order, by its number: the action that it comes to, and what the policy says of it."""

from collections.abc import Collection, Mapping, Sequence

from baton.contracts.orders import Action, ActionKind, CancelOrder, ChangeAddress, Customer, Order, ReturnItems
from baton.contracts.tools.orders import AddressOfOrder, CancelByNumber, OrderWrite, ReturnOfOrder

from .policy import judged
from .reasons import reason_in
from .rules import CANCEL_REASONS, LONGEST_ID, Standing, not_their_own
from .suspecting import quoted

LONGEST_LINE = 300
"""Characters of one line of what is forbidden: a model is told it, and a person."""


class NoAction(ValueError):
    """What is wanted comes to no action; why not, without personal data."""


def action_of(change: OrderWrite, order: Order) -> Action:
    """The action on the order as it stands. Raises NoAction."""
    on: dict[str, str] = {"action_id": "plan", "order_id": order.order_id, "order_version": order.version}
    match change:
        case CancelByNumber():
            reason = reason_in(change.reason)
            if reason is None:
                raise NoAction(f"the reason of a cancellation is one of: {', '.join(CANCEL_REASONS)}")
            return CancelOrder(**on, reason=reason)
        case ReturnOfOrder():
            items = change.item_ids or [item.item_id for item in order.items]
            return ReturnItems(**on, item_ids=items, refund_to=change.refund_to or _paid_with(order))
        case AddressOfOrder():
            return ChangeAddress(**on, address=change.address)
    raise TypeError(f"no action is known for {type(change).__name__}")


def breaches_of(
    changes: Sequence[OrderWrite],
    orders: Mapping[str, Order],
    owners: Mapping[str, Customer],
    able: Collection[ActionKind],
) -> list[str]:
    """What the policy forbids of these changes, a line each, in order, each with those before it.

    `orders` by the number that a change has, without those that are not there; `owners`: whose each order has to be,
    by its own number, without those who are not on file; `able`: what the order system can do.
    """
    known: dict[str, Standing] = {}
    found: list[str] = []
    for change in changes:
        order = orders.get(change.order_id)
        why = _why_not(change, order, owners, known, able) if order else "there is no such order (known order)"
        if why:
            number = order.order_id if order else change.order_id
            found.append(quoted(f"order {quoted(number, LONGEST_ID)}: {why}", LONGEST_LINE))
    return found


def _why_not(
    change: OrderWrite,
    order: Order,
    owners: Mapping[str, Customer],
    known: dict[str, Standing],
    able: Collection[ActionKind],
) -> str:
    """What the policy forbids of one change; empty: nothing, and it is counted in. `known`: by the owner's id."""
    owner = owners.get(order.order_id)
    if owner is None:
        return "its customer is not on file (own order)"
    foreign = not_their_own(order, owner)
    if foreign:
        return f"{foreign.explanation} ({foreign.rule})"
    standing = known.setdefault(owner.customer_id, Standing(customer=owner, orders={}, products={}))
    standing.orders[order.order_id] = order
    try:
        action = action_of(change, order)
    except NoAction as why:
        return str(why)
    seen = action.model_copy(update={"order_version": change.order_version or order.version})
    word = judged(seen, standing, able)
    return "" if word.allowed else f"{word.explanation} ({word.rule})"


def _paid_with(order: Order) -> str:
    paid = [payment.method_id for payment in order.payments if payment.kind == "payment"]
    if not paid:
        raise NoAction("the order shows no payment: say where the refund is to go")
    return paid[-1]

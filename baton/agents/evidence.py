"""What an order itself shows of an action whose answer was lost, where the order system keeps no keys."""

from collections import Counter
from collections.abc import Collection
from typing import Literal

from baton.contracts.orders import (
    Action,
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    ExchangeItems,
    Order,
    ReturnItems,
)

Evidence = Literal["done", "not_done", "cannot_tell"]


def evidence_of(action: Action, approved: Order, now: Order, *, keys: Collection[str], dispatched_on: str) -> Evidence:
    """Whether the action was carried out since the order was as approved.

    `dispatched_on` is the order's version for which it was asked: every change of an order changes that, so while it
    stands nothing was done. `keys` are those that a connector may have left in the order's notes.
    """
    if any(key in note.split() for note in now.notes for key in keys):
        return "done"
    if now.version == dispatched_on:
        return "not_done"
    return "done" if _shows(action, approved, now) and not _shows(action, approved, approved) else "cannot_tell"


def _shows(action: Action, approved: Order, now: Order) -> bool:
    """Whether the order is as it is after such an action."""
    status = now.status.casefold()
    match action:
        case CancelOrder():
            return status in ("cancelled", "canceled")
        case ReturnItems() | ExchangeItems():
            return False  # the status names no items: it may be another return that was asked for
        case ChangeAddress():
            return now.address == action.address
        case ChangePayment():
            paid_by = [payment.method_id for payment in now.payments if payment.kind == "payment"]
            return paid_by[-1:] == [action.pay_with]
        case ChangeItems():
            wanted = Counter(item.item_id for item in approved.items)
            wanted.subtract(swap.item_id for swap in action.swaps)
            wanted.update(swap.new_item_id for swap in action.swaps)
            return wanted == Counter(item.item_id for item in now.items)

"""What of an order bears on an action, and whether that changed since a person saw it."""

from collections.abc import Sequence

from baton.contracts.orders import Action, Order, Variant


def changes_that_matter(action: Action, seen: Order, now: Order) -> list[str]:
    """Old and new, a line each, of all that bears on the action; empty when it can go ahead.

    A change that does not bear on it (a parcel number, a note) stops nothing. Neither does this run's own change of
    the address, when what comes next is about the items.
    """
    changes = []
    if seen.status != now.status:
        changes.append(f"status was '{seen.status}', is '{now.status}'")
    if action.kind in ("cancel_order", "return_items", "exchange_items", "change_items", "change_payment"):
        changes += _item_changes(seen, now)
    if action.kind == "change_address" and seen.address != now.address:
        changes.append("the delivery address is another one now")
    if action.kind in ("cancel_order", "change_payment") and seen.payments != now.payments:
        changes.append(f"payments were {_payments(seen)}, are {_payments(now)}")
    return changes


def variant_changes(seen: Sequence[Variant], now: Sequence[Variant]) -> list[str]:
    """Old and new of the variants that an approved exchange gives: the customer is told what they cost."""
    latest = {variant.item_id: variant for variant in now}
    changes = []
    for before in seen:
        after = latest.get(before.item_id)
        if after is None or (before.available and not after.available):
            changes.append(f"variant {before.item_id} was available, is not")
        elif after.price != before.price:
            changes.append(f"the price of variant {before.item_id} was {before.price}, is {after.price}")
    return changes


def _item_changes(seen: Order, now: Order) -> list[str]:
    before = sorted(f"{item.name} ({item.item_id}) at {item.price}" for item in seen.items)
    after = sorted(f"{item.name} ({item.item_id}) at {item.price}" for item in now.items)
    if before == after:
        return []
    return [f"items were {'; '.join(before)}, are {'; '.join(after)}"]


def _payments(order: Order) -> str:
    return ", ".join(f"{each.kind} of {each.amount} by {each.method_id}" for each in order.payments) or "none"

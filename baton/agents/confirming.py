"""What may be said of an action once the order system has confirmed it."""

from baton.contracts.orders import Action

_DONE = {
    "cancel_order": "Order {order} was cancelled",
    "return_items": "The return of {count} from order {order} was opened",
    "exchange_items": "The exchange of {count} from order {order} was opened",
    "change_items": "{count} of order {order} were changed",
    "change_address": "The delivery address of order {order} was changed",
    "change_payment": "The payment of order {order} was changed",
}


def done_statement(action: Action) -> str:
    """One sentence in the past tense, without any personal data."""
    return _DONE[action.kind].format(order=action.order_id, count=_count(action))


def _count(action: Action) -> str:
    if action.kind == "return_items":
        number = len(action.item_ids)
    elif action.kind in ("exchange_items", "change_items"):
        number = len(action.swaps)
    else:
        return ""
    return f"{number} item" if number == 1 else f"{number} items"

"""Enquiries with a known truth, and actions in the truth's shape."""

import json
from pathlib import Path
from typing import Any

from baton.contracts.orders import (
    Action,
    ActionKind,
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ExchangeItems,
    ReturnItems,
)
from baton.contracts.wire import JsonObject, Wire

Write = tuple[str, str, object]
"""Kind, order, and the rest, with the items in one order: equal exactly when the same thing would be done."""

KINDS: dict[str, ActionKind] = {
    "cancel_pending_order": "cancel_order",
    "return_delivered_order_items": "return_items",
    "exchange_delivered_order_items": "exchange_items",
    "modify_pending_order_items": "change_items",
    "modify_pending_order_address": "change_address",
    "modify_pending_order_payment": "change_payment",
}
"""The truth's names of actions, and ours."""


class TrueWrite(Wire):
    """One thing that the truth does."""

    name: str
    arguments: JsonObject


class Case(Wire):
    """One enquiry, a line of the data file. `customer_id` None: nobody can be identified from it."""

    id: str
    message: str
    customer_id: str | None = None
    orders_written: list[str] = []
    writes: list[TrueWrite] = []
    must_say: list[str] = []
    must_write_nothing: bool = False
    hand_to_person: bool = False


def cases_in(file: Path) -> list[Case]:
    """One a line. Raises ValueError for a line that is none."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [Case.model_validate_json(line) for line in lines if line.strip()]


def truth(case: Case) -> list[Write]:
    """What the truth does, in one order."""
    return sorted((true_write(each.name, each.arguments) for each in case.writes), key=repr)


def true_write(name: str, told: Any) -> Write:
    """One thing that the truth does."""
    order_id = told.get("order_id", "")
    match KINDS.get(name):
        case None:
            return (name, order_id, json.dumps(told, sort_keys=True))
        case "cancel_order":
            return ("cancel_order", order_id, told["reason"])
        case "return_items":
            return ("return_items", order_id, (sorted(told["item_ids"]), told["payment_method_id"]))
        case "exchange_items" | "change_items" as kind:
            swaps = sorted(zip(told["item_ids"], told["new_item_ids"], strict=True))
            return (kind, order_id, (swaps, told["payment_method_id"]))
        case "change_address":
            parts = ("address1", "address2", "city", "state", "country", "zip")
            return ("change_address", order_id, tuple(told[part] for part in parts))
        case "change_payment":
            return ("change_payment", order_id, told["payment_method_id"])


def proposed(actions: list[Action]) -> list[Write]:
    """What these actions would do, in one order."""
    return sorted((_proposed(action) for action in actions), key=repr)


def _proposed(action: Action) -> Write:
    if isinstance(action, CancelOrder):
        return (action.kind, action.order_id, action.reason)
    if isinstance(action, ReturnItems):
        return (action.kind, action.order_id, (sorted(action.item_ids), action.refund_to))
    if isinstance(action, ExchangeItems | ChangeItems):
        swaps = sorted((one.item_id, one.new_item_id) for one in action.swaps)
        return (action.kind, action.order_id, (swaps, action.pay_with))
    if isinstance(action, ChangeAddress):
        to = action.address
        return (action.kind, action.order_id, (to.address1, to.address2, to.city, to.state, to.country, to.postcode))
    return (action.kind, action.order_id, action.pay_with)

"""What a model may say of an enquiry: answers that hold, and answers that do not."""

from typing import Any


def acts(kind: str, order_id: str, **more: Any) -> dict[str, Any]:
    """One action of an answer."""
    return {
        "request": 0,
        "kind": kind,
        "order_id": order_id,
        "reason": None,
        "item_ids": [],
        "swaps": [],
        "method_id": None,
        "address": None,
        **more,
    }


def resolved(*actions: dict[str, Any], reply: str = "Dear Thandi,\n\nIt is done.", **more: Any) -> dict[str, Any]:
    """An answer with these actions."""
    return {"actions": list(actions), "not_possible": [], "unsure": [], "reply": reply, **more}


def cannot(rule: str, explanation: str = "the policy does not allow it", request: int = 0) -> dict[str, Any]:
    """Something that the policy forbids."""
    return {"request": request, "rule": rule, "explanation": explanation}


def to_address(address1: str, city: str, postcode: str, address2: str = "") -> dict[str, str]:
    """Where an order is to go."""
    return {
        "address1": address1,
        "address2": address2,
        "city": city,
        "state": "",
        "country": "South Africa",
        "postcode": postcode,
    }

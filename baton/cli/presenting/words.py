"""The words for what the code names by keys: steps, kinds of entries, ways to wait, outcomes."""

import re

from baton.contracts.outcome import ProcessResult
from baton.contracts.record import RunResult

STEPS = {
    "received": "Message received",
    "read_enquiry": "Read the enquiry",
    "find_customer": "Find the customer",
    "look_up_policy": "Look up the policy",
    "check_orders": "Check order",
    "choose_orders": "Choose the order",
    "look_up_products": "Look up products",
    "ask_customer": "Write a question",
    "send_question": "Send the question",
    "reply": "Customer's answer",
    "customer_reply": "Customer's answer",
    "propose_resolution": "Propose and draft",
    "check_policy": "Check the policy",
    "resolution": "Review",
    "question": "Review of the question",
    "failure": "A step needs you",
    "cancel_order": "Cancel the order",
    "return_items": "Take items back",
    "exchange_items": "Exchange items",
    "change_address": "Change the address",
    "change_items": "Change items",
    "change_payment": "Change the payment",
    "undo_change_address": "Put the address back",
    "undone": "Taken back",
    "send_reply": "Send the reply",
    "log_outcome": "Log it in the CRM",
    "archive_record": "Keep the record",
    "pause": "Pause",
    "cancelled": "Cancelled",
    "closed": "Closed",
}

ACTIONS = {"cancel_order", "return_items", "exchange_items", "change_address", "change_items", "change_payment"}

OUTCOMES = {
    "answered": ("Done and answered.", "ok"),
    "rejected": ("Closed by the reviewer: no order was changed, no reply was sent.", "warn"),
    "handled_outside": ("Closed: a person handled it outside.", "ok"),
    "done_without_reply": ("Done; no reply was sent.", "ok"),
    "not_an_enquiry": ("Closed: this needs no answer.", "ok"),
    "aborted": ("Ended by a person before it was done.", "warn"),
    "cancelled": ("Cancelled.", "warn"),
    "reached": ("The goal is reached.", "ok"),
    "in_part": ("Ended; something is missing.", "warn"),
    "refused": ("Nothing was done: the plan has faults.", "bad"),
}
_OF_A_PROCESS = {"done": ("Done.", "ok"), "rejected": ("Rejected.", "warn"), "refused": ("Nothing was done.", "bad")}

WAITS = {
    "review": "a review",
    "customer": "the customer's answer",
    "retry": "the next attempt",
    "nothing": "",
}


def outcome_of(result: RunResult) -> tuple[str, str]:
    """How a run ended in words, and their style."""
    own = _OF_A_PROCESS if isinstance(result, ProcessResult) else {}
    return own.get(result.outcome) or OUTCOMES[result.outcome]


def step_title(key: str, title: str = "") -> str:
    """`check_orders/#W1001` as 'Check order #W1001', `read_enquiry/2` as 'Read the enquiry (2)'.

    A plan's own step is called what the plan calls it.
    """
    base, _, rest = key.partition("/")
    if title and base not in STEPS:
        return title
    if base == "failure" and title and rest.partition("/")[0] not in STEPS:
        return title
    title = STEPS.get(base, base.replace("_", " ").capitalize())
    if base == "failure":
        return f"{title}: {step_title(rest)}" if rest else title
    parts = [part for part in rest.split("/") if part]
    if base == "check_orders" and parts:
        order, *parts = parts
        title = f"{title} {order}"
    shown = [part.replace("_", " ") for part in parts if not re.fullmatch(r"a\d+|1", part)]
    return f"{title} ({', '.join(shown)})" if shown else title


def plural(count: int, one: str, many: str = "") -> str:
    """`1 review`, `2 reviews`."""
    return f"{count} {one if count == 1 else many or one + 's'}"

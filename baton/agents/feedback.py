"""Tells apart who said something about an earlier proposal: the policy check, the order system, or a reviewer."""

from collections.abc import Sequence

from baton.contracts.orders import Action

FROM_POLICY = "policy check: "
FROM_ORDERS = "order system: "
"""Feedback lines begin with one of these; a line without is a reviewer's."""


def from_reviewer(feedback: Sequence[str]) -> list[str]:
    """What people said, word for word."""
    return [line for line in feedback if not line.startswith((FROM_POLICY, FROM_ORDERS))]


def repeated(feedback: Sequence[str], actions: Sequence[Action]) -> str:
    """Why proposing again would only repeat what was refused: policy check or order system named the order twice."""
    for action in actions:
        about = [line for line in feedback if action.order_id in line and line.startswith((FROM_POLICY, FROM_ORDERS))]
        if len(about) > 1:
            return f"proposed again and refused again: {about[-1]}"
    return ""

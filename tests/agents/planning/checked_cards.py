"""A small team for plans that are checked: three reads, a model, two writes, and what every plan may use."""

from decimal import Decimal
from typing import Any

from baton.contracts.agents import Effect, Retry
from baton.contracts.plan import Need, PlanCard
from baton.contracts.plan_builtin import BUILT_IN

PARTS = {
    "Order": {
        "order_id": "OrderNumber",
        "customer": "Customer | null",
        "total": "number",
        "items": "list[Item]",
        "placed_at": "datetime",
        "note": "str | null",
    },
    "Customer": {"customer_id": "CustomerId", "name": "str"},
    "Item": {"item_id": "str", "count": "int"},
    "Orders": {"orders": "list[Order]", "maybe": "list[Order] | null"},
    "Draft": {"text": "str"},
    "Sent": {"at": "datetime"},
    "Refund": {"amount": "number"},
}


def card(name: str, needs: dict[str, str], gives: str, effect: Effect = "read", cost: str = "0") -> PlanCard:
    """`needs` by name; a name that ends with ? need not be given."""
    return PlanCard(
        name=name,
        agent=f"{name} desk",
        description=name,
        takes=f"{name}Given",
        gives=gives,
        gives_schema={},
        effect=effect,
        retry=Retry(attempts=3),
        attempt_s=10,
        inputs={each.rstrip("?"): Need(type=type_, required=not each.endswith("?")) for each, type_ in needs.items()},
        parts=PARTS,
        named={"OrderNumber": "str", "CustomerId": "str"},
        cost=Decimal(cost),
    )


TEAM = (
    card("read_order", {"order_id": "OrderNumber"}, "Order"),
    card("list_orders", {"customer_id": "CustomerId", "since?": "date", "limit?": "int"}, "Orders"),
    card("write_draft", {"order": "Order", "customer?": "Customer | null", "tone?": "str"}, "Draft", "model", "0.05"),
    card("add_up", {"orders": "list[Order]", "factor?": "number"}, "Refund"),
    card("refund", {"order_id": "OrderNumber", "amount": "number"}, "Refund", "irreversible"),
    card("send_mail", {"draft": "Draft", "to": "Customer"}, "Sent", "idempotent_write"),
    *BUILT_IN,
)
CARDS = {each.name: each for each in TEAM}


def step(id_: str, capability: str, inputs: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A step as it is written."""
    return {"id": id_, "capability": capability, "inputs": inputs or {}, **more}


def plan(*steps: Any, **more: Any) -> dict[str, Any]:
    """A plan as it is written."""
    return {"goal": "Send the money back", "steps": list(steps), **more}


def from_(source: str) -> dict[str, str]:
    """A reference."""
    return {"from": source}

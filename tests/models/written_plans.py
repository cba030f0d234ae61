"""Plans as a model writes them, for tests of the planner."""

from typing import Any

THANDI = "thandi.nkosi@posbus.example"
GOAL = f"Total of the orders of {THANDI}"
AFRIKAANS = f"Watter bestellings van {THANDI} is nog oop?"


def step(id_: str, capability: str, **more: Any) -> dict[str, Any]:
    """One step as a model writes it; an input that begins with `<` is taken from another step."""
    inputs = [
        {"name": name, "source": given[1:] if given[:1] == "<" else "", "value": "" if given[:1] == "<" else given}
        for name, given in more.pop("inputs", {}).items()
    ]
    rest = {"for_each": "", "needs": [], "when": [], "review": False, **more}
    return {"id": id_, "intent": id_.replace("_", " "), "capability": capability, "inputs": inputs, **rest}


CUSTOMER = step("customer", "find_customer_by_email", inputs={"email": THANDI})
ORDERS = step("orders", "get_order", inputs={"order_id": "<each"}, for_each="customer.order_ids")
TOTAL = step("total", "total_orders", inputs={"orders": "<orders"})
OPEN = step("oop", "filter_orders", inputs={"orders": "<orders", "status": "open"})


def written(*steps: dict[str, Any], wanted: tuple[str, ...] = (), cannot: str = "") -> dict[str, Any]:
    """A plan as a model writes it."""
    return {"steps": list(steps), "wanted": list(wanted), "cannot": cannot}


GOOD = written(CUSTOMER, ORDERS, TOTAL, wanted=("OrdersTotal",))
OPEN_ORDERS = written(CUSTOMER, ORDERS, OPEN, wanted=("FilteredOrders",))
UNKNOWN = written(step("oracle", "ask_oracle"))


def mail(body: str = "b") -> dict[str, Any]:
    """A step that sends a mail, seen by a person first."""
    return step("mail", "send_mail", inputs={"to": THANDI, "subject": "s", "body": body}, review=True)

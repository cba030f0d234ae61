"""How customers and orders are asked for, the same in the order system and the CRM."""

from .problems import Problem


def one_way_of_asking(
    *, customer_id: str | None, email: str | None, name: str | None, postcode: str | None
) -> dict[str, str]:
    """The look-up values of a search for a person: by id, by e-mail, or by name and postcode; else Problem 422."""
    asked = {"customer_id": customer_id, "email": email, "name": name, "postcode": postcode}
    given = {field: value for field, value in asked.items() if value is not None}
    if set(given) not in ({"customer_id"}, {"email"}, {"name", "postcode"}):
        raise Problem(422, "customer-query", "Ask by customer_id, by email, or by name and postcode")
    return given


def spellings_of_order_id(order_id: str) -> tuple[str, ...]:
    """The ids under which an order may be stored that a caller names with or without '#', in any letter case."""
    bare = order_id.strip().removeprefix("#")
    return (order_id, f"#{bare}", bare, f"#{bare.upper()}", bare.upper())

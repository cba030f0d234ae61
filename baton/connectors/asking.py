"""How a search for a person is asked over HTTP, the same at the order system and the CRM."""

from baton.contracts.systems import CustomerQuery, Rejected


def query_of(query: CustomerQuery) -> dict[str, str]:
    """Exactly one way of asking: id, e-mail, or name and postcode; Rejected before anything is sent otherwise."""
    given = {field: value for field, value in query.model_dump().items() if value is not None}
    if set(given) not in ({"customer_id"}, {"email"}, {"name", "postcode"}) or not all(given.values()):
        raise Rejected("customers are asked for by id, by e-mail, or by name and postcode")
    return given

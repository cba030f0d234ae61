"""How a person and a thing are asked for over HTTP, the same at the order system and the CRM."""

from baton.contracts.systems import CustomerQuery, NotFound, Rejected

LONGEST = 300
"""Characters of a number, or of a word that is searched for: a longer one is none, and fits in no address."""


def query_of(query: CustomerQuery) -> dict[str, str]:
    """Exactly one way of asking: id, e-mail, or name and postcode; Rejected before anything is sent otherwise."""
    given = {field: value for field, value in query.model_dump().items() if value is not None}
    if set(given) not in ({"customer_id"}, {"email"}, {"name", "postcode"}) or not all(given.values()):
        raise Rejected("customers are asked for by id, by e-mail, or by name and postcode")
    if any(len(value) > LONGEST for value in given.values()):
        raise Rejected(f"customers are asked for in at most {LONGEST} characters")
    return given


def bare_number(said: str) -> str:
    """An order's or a product's number as it stands in an address, without its `#`.

    NotFound where it can be none: a model may have written it, and settings would be blamed for where it leads.
    """
    bare = said.strip().removeprefix("#")
    if not bare.isprintable() or len(bare) > LONGEST or "/" in bare or "\\" in bare:
        raise NotFound("there is nothing of such a number")
    return bare

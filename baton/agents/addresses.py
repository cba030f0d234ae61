"""Which address a customer means: one of their own orders', the one on file, or one written out in the message."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re
from dataclasses import dataclass

from baton.contracts.orders import Address, Customer, Order

from .order_numbers import lending_orders, same_order
from .vocabulary import I
from .words import forms_of, word_set

_ON_FILE = re.compile(
    r"\b(?:default|profile|home|registered|account|main|usual|physical|file)(?:\s+\w+){0,1}\s+address\b|\baddress (?:(?:is|that's|that is) )?(?:on|in) (?:my|the|your) (?:account|profile|file|system|records?)\b",
    I,
)
_TO = re.compile(
    r"\b(?:to|is|at|address:|address should be|:)\s*(?=(?:\d|unit|flat|apt|apartment|suite|no\.?\s?\d|p\.?\s?o\.?\s?box|[A-Z][\w'-]+ (?:court|mews|estate|building|house|heights|park|village)))",
    I,
)
_STREET = re.compile(
    r"^(?:no\.?\s*)?\d+[A-Za-z]?(?:\s*[-/]\s*\d+)?\s+(?:[\w.'-]+\s+){0,5}(?:street|st|road|rd|avenue|ave|drive|dr|lane|ln|way|close|crescent|cres|boulevard|blvd|highway|hwy|place|pl|court|ct|terrace|straat|weg|laan|rylaan|singel|circle|square|walk|row|mews)\.?$",
    I,
)
_UNIT = re.compile(
    r"^(?:unit|flat|apt\.?|apartment|suite|floor|block|room|c/o)\b[\w\s#.-]*$|^[\w'-]+(?: [\w'-]+){0,2} (?:court|mews|estate|building|house|heights|complex)$",
    I,
)
_CODE = re.compile(r"^\d{4,5}$")
_PROVINCES = word_set(
    "gauteng limpopo mpumalanga kwazulu-natal kzn free-state north-west northern-cape eastern-cape western-cape "
    "gp wc ec nc fs lp mp nw"
)
_COUNTRIES = {
    "south africa": "South Africa",
    "za": "South Africa",
    "rsa": "South Africa",
    "usa": "USA",
    "united states": "USA",
}


@dataclass(frozen=True)
class AddressMeant:
    """The address meant, where it comes from ('find_customer', 'check_orders/…' or 'received'), or what is unclear."""

    address: Address | None
    source: str = ""
    problem: str = ""


def address_meant(words: str, order: Order, customer: Customer, orders: list[Order]) -> AddressMeant:
    """The one address that the words mean for `order`."""
    lent = lending_orders(words)
    candidates: list[AddressMeant] = []
    for number in lent:
        lender = [other for other in orders if same_order(other.order_id, number)]
        if not lender or lender[0].address is None:
            return AddressMeant(None, problem="the order whose address is meant is not one that could be read")
        candidates.append(AddressMeant(lender[0].address, f"check_orders/{lender[0].order_id}"))
    if _ON_FILE.search(words):
        if customer.address is None:
            return AddressMeant(None, problem="no address is on the customer's file")
        candidates.append(AddressMeant(customer.address, "find_customer"))
    written = _known_and_written(words, customer, orders)
    if (parsed := written_out(words, order)) and not any(_same_place(parsed, one.address) for one in written):
        written.append(AddressMeant(parsed, "received"))
    candidates += written
    distinct = {_key(one.address): one for one in reversed(candidates) if one.address}
    if len(distinct) == 1:
        return next(iter(distinct.values()))
    if distinct:
        return AddressMeant(None, problem="two different addresses are meant")
    return AddressMeant(None, problem="the new address is not clear")


def _known_and_written(words: str, customer: Customer, orders: list[Order]) -> list[AddressMeant]:
    """Addresses that we know and that stand in the words: first line and postcode, and the second line where there is one."""
    said = f" {' '.join(forms_of(words))} "
    known = [
        (customer.address, "find_customer"),
        *((order.address, f"check_orders/{order.order_id}") for order in orders),
    ]
    found: dict[str, AddressMeant] = {}
    for address, source in known:
        if address is None:
            continue
        parts = [address.address1, address.address2, address.city, address.postcode]
        if all(f" {' '.join(forms_of(part))} " in said for part in parts if part) and not _left_behind(address, words):
            found.setdefault(_key(address), AddressMeant(address, source))
    return list(found.values())


def _left_behind(address: Address, words: str) -> bool:
    """'from 14 Loop Street to …': the address named is the one not wanted."""
    place = words.lower().find(address.address1.lower())
    before = words[max(0, place - 80) : place] if place > 0 else ""
    last = [
        hit[0].lower() for hit in re.finditer(r"\b(?:from|instead of|not|rather than|was|old|wrong|to|is)\b", before, I)
    ]
    return bool(last) and last[-1] not in ("to", "is")


def _same_place(one: Address, other: Address | None) -> bool:
    return other is not None and forms_of(one.address1) == forms_of(other.address1) and one.postcode == other.postcode


def written_out(words: str, order: Order) -> Address | None:
    """An address in the usual order: [unit,] street, [suburb,] city, [province,] postcode[, country]. None in doubt."""
    start = _TO.search(words)
    if not start:
        return None
    text = re.split(
        r"[;\n!?]|\.\s|\.$|\s(?:instead|please|as soon|because|thanks|before|and)\b",
        words[start.end() :],
        maxsplit=1,
        flags=I,
    )[0]
    return _parsed(text, order.address.country if order.address else "")


def is_address(sentence: str) -> bool:
    """A sentence that is an address and nothing else."""
    return len(sentence) < 200 and _parsed(sentence, "") is not None


def _parsed(text: str, country: str) -> Address | None:
    parts = [part.strip(" .'\"") for part in text.split(",") if part.strip(" .'\"")]
    parts = [piece for part in parts for piece in _code_apart(part)]
    if parts and parts[-1].lower() in _COUNTRIES:
        country = _COUNTRIES[parts.pop().lower()]
    if len(parts) < 3 or not _CODE.match(parts[-1]):
        return None
    postcode = parts.pop()
    state = ""
    if len(parts) > 2 and (re.fullmatch(r"[A-Z]{2}", parts[-1]) or parts[-1].lower().replace(" ", "-") in _PROVINCES):
        state = parts.pop()
    city = parts.pop()
    if not parts or re.search(r"\d", city):
        return None
    units = [part for part in parts if _UNIT.match(part)]
    streets = [part for part in parts if _STREET.match(part)]
    suburbs = [part for part in parts if part not in units and part not in streets and not re.search(r"\d", part)]
    if (
        len(streets) != 1
        or len(units) + len(streets) + len(suburbs) != len(parts)
        or len(units) > 1
        or len(suburbs) > 1
    ):
        return None
    return Address(
        address1=streets[0],
        address2=", ".join([*units, *suburbs]),
        city=city,
        state=state,
        country=country,
        postcode=postcode,
    )


def _code_apart(part: str) -> list[str]:
    """'Cape Town 8001' and 'WA 98193' hold two parts."""
    found = re.fullmatch(r"(?P<place>[^\d]+?)\s+(?P<code>\d{4,5})", part)
    return [found["place"], found["code"]] if found else [part]


def _key(address: Address | None) -> str:
    if address is None:
        return ""
    return "|".join(
        " ".join(forms_of(part)) for part in (address.address1, address.address2, address.city, address.postcode)
    )

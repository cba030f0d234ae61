"""Tools of named types, so that there are several ways to the same thing."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel

from baton.contracts.plan import Need, Plan
from baton.contracts.types import Named

from .driver import plan, ref
from .tools import Doing, Sent, Tools, send, tool


class Shopper(BaseModel):
    """Who buys."""

    shopper_id: Annotated[str, Named("ShopperId")]


class Basket(BaseModel):
    """What they bought."""

    basket_id: Annotated[str, Named("BasketId")]


class Parcel(BaseModel):
    """How it goes to them."""

    parcel_id: str
    source: str = ""


class Arrival(BaseModel):
    """When it comes."""

    day: str


def shopper(handed: dict[str, Any]) -> BaseModel:
    """Find them."""
    return Shopper(shopper_id=f"of {handed['code']}")


def basket(handed: dict[str, Any]) -> BaseModel:
    """Find it."""
    return Basket(basket_id=f"of {handed['shopper']['shopper_id']}")


def parcel(source: str) -> Doing:
    """Find it there."""
    return lambda handed: Parcel(parcel_id="P1", source=source)


def arrival(handed: dict[str, Any]) -> BaseModel:
    """When it comes."""
    return Arrival(day="Tuesday")


NAMED = {"Code": "str", "ShopperId": "str", "BasketId": "str", "ParcelId": "str"}

WAYS = [
    ("find_parcel", {"basket": "Basket"}),
    ("parcel_a", {"basket_id": "BasketId"}),
    ("parcel_b", {"shopper": "Shopper"}),
    ("parcel_c", {"shopper_id": "ShopperId"}),
    ("parcel_d", {"shopper": "Shopper", "basket": "Basket"}),
]
"""Five ways to a parcel, in the order in which they are taken: none stands in for another, their inputs differ."""


def parcels(**instead: Doing) -> Tools:
    """The tools; some of them do something else instead."""
    does: dict[str, tuple[Doing, type[BaseModel], Mapping[str, str]]] = {
        "find_shopper": (shopper, Shopper, {"code": "Code"}),
        "find_basket": (basket, Basket, {"shopper": "Shopper"}),
        **{name: (parcel(name), Parcel, needs) for name, needs in WAYS},
        "find_arrival": (arrival, Arrival, {"parcel": "Parcel"}),
    }
    made = [
        tool(
            name,
            instead.get(name, doing),
            gives,
            inputs={each: Need(type=type_) for each, type_ in needs.items()},
            named=NAMED,
        )
        for name, (doing, gives, needs) in does.items()
    ]
    post = tool("send", instead.get("send", send), Sent, effect="irreversible", inputs={"parcel": Need(type="Parcel")})
    return Tools([*made, post])


def to_the_parcel(*more: dict[str, Any], **changed: Any) -> Plan:
    """By way of the basket."""
    return plan(
        {"id": "shopper", "capability": "find_shopper", "inputs": {"code": "K7"}},
        {"id": "basket", "capability": "find_basket", "inputs": {"shopper": ref("shopper")}},
        {"id": "parcel", "capability": "find_parcel", "inputs": {"basket": ref("basket")}},
        *more,
        **changed,
    )


ARRIVAL = {"id": "arrival", "capability": "find_arrival", "inputs": {"parcel": ref("parcel")}}

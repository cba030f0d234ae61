"""What a model says of an enquiry: the form of its answer, whose actions are on orders and nothing that it makes up."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from baton.contracts.orders import ActionKind

MOST_ACTIONS = 20
LONGEST_REPLY = 6_000


class SwapWanted(BaseModel):
    """One item for another variant of the same product."""

    model_config = ConfigDict(extra="forbid")

    item_id: str
    new_item_id: str


class AddressWanted(BaseModel):
    """Where an order is to go."""

    model_config = ConfigDict(extra="forbid")

    address1: str
    address2: str
    city: str
    state: str
    country: str
    postcode: str


class ActionWanted(BaseModel):
    """One thing to do on one order, for one request. What the kind does not need is null or empty."""

    model_config = ConfigDict(extra="forbid")

    request: int
    kind: ActionKind
    order_id: str
    reason: Literal["no longer needed", "ordered by mistake"] | None
    item_ids: list[str]
    swaps: list[SwapWanted]
    method_id: str | None
    address: AddressWanted | None


class NotPossible(BaseModel):
    """Something asked for that the policy forbids."""

    model_config = ConfigDict(extra="forbid")

    request: int
    rule: str
    explanation: str


class Resolved(BaseModel):
    """What to do and what to answer, for a person to approve."""

    model_config = ConfigDict(extra="forbid")

    actions: list[ActionWanted] = Field(max_length=MOST_ACTIONS)
    not_possible: list[NotPossible] = Field(max_length=MOST_ACTIONS)
    unsure: list[str]
    reply: str = Field(max_length=LONGEST_REPLY)

"""The JSON that `shadow report --json` prints; fields are only ever added."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from baton.cli.shapes import Lengths, OfAMonth
from baton.contracts.wire import Wire

Choice = Literal["customer", "requests", "orders", "course", "actions"]
"""What two sides may differ in; `course`: whether it proposes, hands over, asks the customer, or dismisses."""

Course = Literal["proposes", "hands over", "asks the customer", "dismisses"]

Verdict = Literal["approved", "edited", "written again", "rejected", "handled outside"]
"""What people made of a proposal in use; `written again`: on a comment of theirs, and approved or edited then."""


class Differs(Wire):
    """One thing that the shadow made something else of."""

    what: Choice
    in_use: str
    shadow: str


class Difference(Wire):
    """An enquiry of which the shadow made something else. `decided` null: nobody decided on what was proposed."""

    enquiry_id: str
    differs: list[Differs]
    decided: Verdict | None = None
    done: list[str] = Field(default=[], description="the actions that were carried out, where `carried_out` counts it")


class NotCompared(Wire):
    """A shadow that says nothing, and why."""

    enquiry_id: str
    why: str


class Decided(Wire):
    """Enquiries on which people decided alike, and whose proposal was what then was done."""

    verdict: Verdict
    enquiries: int
    carried_out: int = Field(
        default=0, description="of which the customer wrote once, and all that was approved last was done and sent"
    )
    in_use: int = Field(description="of those carried out: the proposal in use was what was done")
    shadow: int = Field(description="of those carried out: the shadow's was")


class Made(Wire):
    """What one side took for the enquiries that are compared, until it came to something."""

    took: Lengths = Field(default=Lengths(), description="from received to proposed, seconds")
    model_requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Field(default=Decimal(0), description="of the requests whose price is known, in the currency")
    price_unknown: int = Field(default=0, description="requests whose price nobody knows: not in `cost`")


class ShadowTally(Wire):
    """The shadows that asked the same models, beside the enquiries that they are of."""

    models: list[str] = Field(description="as BATON_SHADOW names them; empty: the rules alone")
    shadows: int = Field(description="that ended")
    compared: int
    same: dict[Choice, int] = Field(description="of those compared: how many came to the same")
    same_in_all: int
    decisions: list[Decided] = []
    in_use: Made
    shadow: Made
    not_compared: list[NotCompared] = []
    differing: list[Difference] = []
    spent: Made = Field(description="all that these shadows took, those that are not compared too")


class ShadowReport(OfAMonth):
    """`shadow report --json`: a month's shadows, by the models that they asked."""

    tallies: list[ShadowTally]
    without: int = Field(default=0, description="enquiries that ended and have no shadow that did")

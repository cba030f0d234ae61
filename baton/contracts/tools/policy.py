"""Questions to the shop's policy."""

from datetime import datetime

from pydantic import Field

from ..named import OrderNumber, OrderVersion
from ..orders import Order
from ..wire import JsonObject, Wire


class AskPolicy(Wire):
    """A question in words."""

    question: str = Field(min_length=1, max_length=2000)


class AskReturnWindow(Wire):
    """Whether an order can still be returned."""

    order: Order
    at: datetime | None = Field(
        default=None, description="the moment that is asked about; none: now; without a zone: UTC"
    )


class ReturnWindow(Wire):
    """Whether an order can be returned. `closes_at`: none where the policy sets no end."""

    order_id: OrderNumber
    open: bool
    closes_at: datetime | None = None
    statement: str


class AskOrderChange(Wire):
    """Whether the policy allows writes to orders: of which tool, and what it would be handed for each of them."""

    tool: str
    handed: list[JsonObject]
    bound: JsonObject = Field(
        default={}, description="what the process set itself; with a `customer_id`: whose orders alone may be changed"
    )


class OrderChangeJudged(Wire):
    """What the policy says of writes to orders, as these are now."""

    breaches: list[str] = Field(description="what it forbids of them, a line each; empty: nothing")
    order_versions: dict[str, OrderVersion] = Field(
        default={}, description="of each order as it was judged, by the number that the write has"
    )
    version: str = Field(description="of the rules")

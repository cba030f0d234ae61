"""Questions to the shop's policy."""

from datetime import datetime

from pydantic import Field

from ..named import OrderNumber
from ..orders import Order
from ..wire import Wire


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

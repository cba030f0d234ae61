"""An agent of a shop's own that is down: the order system's own write stands in for it."""

from baton.agents import agent
from baton.contracts.agents import Retry
from baton.contracts.systems import Unavailable
from baton.contracts.tools.orders import CancelByNumber, OrderCancelled


@agent(effect="idempotent_write", no_undo="none", retry=Retry(attempts=1), fallbacks=["cancel_order_by_number"])
async def cancel_at_the_warehouse(given: CancelByNumber) -> OrderCancelled:
    """Cancel an order at the warehouse."""
    raise Unavailable("the warehouse is down")

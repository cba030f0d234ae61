"""Figures for plans: totals, choices and tables, worked out from facts at hand."""

from functools import partial

from baton.agents.figures import (
    DifferentCurrencies,
    available_variants,
    filtered_orders,
    orders_total,
    sorted_orders,
    table_of,
    tracking_of,
)
from baton.contracts.systems import Rejected
from baton.contracts.tools.figures import (
    AskTotal,
    AskTracking,
    AskVariants,
    AvailableVariants,
    FilteredOrders,
    FilterOrders,
    MakeTable,
    OrdersTotal,
    SortedOrders,
    SortOrders,
    Table,
    Tracking,
)

from ..capability import tool
from ..retries import RULES

rules = partial(tool, agent="Figures (rules)", retry=RULES, attempt_s=20, typical_s=0.02)


class FigureTools:
    """Works things out."""

    @rules()
    async def total_orders(self, given: AskTotal) -> OrdersTotal:
        """Add up what some orders cost."""
        try:
            return orders_total(given.orders)
        except DifferentCurrencies as why:
            raise Rejected(str(why)) from None

    @rules()
    async def filter_orders(self, given: FilterOrders) -> FilteredOrders:
        """Keep the orders of a status, a time or a price."""
        return filtered_orders(given)

    @rules()
    async def sort_orders(self, given: SortOrders) -> SortedOrders:
        """Sort orders by price, date or number."""
        return sorted_orders(given)

    @rules()
    async def find_variants(self, given: AskVariants) -> AvailableVariants:
        """Find the variants of a product that can be bought, the cheapest first."""
        return available_variants(given)

    @rules()
    async def track_order(self, given: AskTracking) -> Tracking:
        """Say where an order stands, with its tracking numbers."""
        return tracking_of(given.order)

    @rules()
    async def make_table(self, given: MakeTable) -> Table:
        """Write rows as a table."""
        return table_of(given)

"""Who writes: the customer on file that all hints agree on."""

from collections.abc import Awaitable, Callable

from baton.agents.matching import match, queries
from baton.contracts.enquiry import CustomerMatch, FindCustomer
from baton.contracts.orders import Customer
from baton.contracts.systems import Crm, CustomerQuery, OrderSystem

from .capability import capability


class CustomerDesk:
    """Finds customers in the order system, else among the CRM's contacts."""

    def __init__(self, orders: OrderSystem, crm: Crm) -> None:
        self._orders = orders
        self._crm = crm

    @capability(agent="order system", attempt_s=60, fallbacks=["find_customer_in_crm"])
    async def find_customer(self, given: FindCustomer) -> CustomerMatch:
        """Find the one customer that the message and its sender point to."""
        return await _found(given, self._orders.find_customers, "order system")

    @capability(agent="CRM", attempt_s=60)
    async def find_customer_in_crm(self, given: FindCustomer) -> CustomerMatch:
        """Find the customer among the CRM's contacts, while the order system does not answer."""
        return await _found(given, self._crm.find_contacts, "CRM")


async def _found(
    given: FindCustomer, look_up: Callable[[CustomerQuery], Awaitable[list[Customer]]], source: str
) -> CustomerMatch:
    answers = [(query, await look_up(query)) for query in queries(given)]
    return match(given, answers).model_copy(update={"source": source})

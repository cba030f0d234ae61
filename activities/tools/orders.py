"""The order system for plans: customers, orders, products, and what may be done to an order, each under its key."""

import asyncio
from collections.abc import Mapping
from functools import partial

from baton.agents.confirming import done_statement
from baton.agents.evidence import evidence_of
from baton.agents.order_changes import NoAction, action_of
from baton.contracts.orders import Action, Customer, Order, Product
from baton.contracts.systems import (
    Conflict,
    CustomerQuery,
    NotFound,
    OrderSystem,
    OutcomeUnknown,
    Performed,
    Rejected,
)
from baton.contracts.tools.orders import (
    AddressChanged,
    AddressOfOrder,
    ByCustomerId,
    ByEmail,
    ByName,
    ByOrderNumber,
    ByProductId,
    CancelByNumber,
    CustomerOrders,
    OrderCancelled,
    OrderWrite,
    ReturnOfOrder,
    ReturnOpened,
)

from ..capability import card_of, steps_in, taken_by, tool
from ..once import Ledger, Once

reads = partial(tool, agent="order system", typical_s=0.1)
writes = partial(
    tool,
    agent="order system",
    effect="idempotent_write",
    attempt_s=120,
    typical_s=0.5,
    policy="check_order_change",
)

AT_ONCE = 5
"""So many orders are read at a time."""


class OrderTools:
    """Looks up and acts in the order system."""

    def __init__(self, orders: OrderSystem) -> None:
        self._orders = orders
        self._ledger = Ledger(orders.find_performed, same_key_is_safe=True)

    @reads(fallbacks=["find_contact_by_email"])
    async def find_customer_by_email(self, given: ByEmail) -> Customer:
        """Find the customer with an e-mail address on file."""
        return the_one(await self._orders.find_customers(CustomerQuery(email=given.email)))

    @reads(fallbacks=["find_contact_by_name"])
    async def find_customer_by_name(self, given: ByName) -> Customer:
        """Find a customer by name and postcode."""
        return the_one(await self._orders.find_customers(CustomerQuery(name=given.name, postcode=given.postcode)))

    @reads()
    async def get_customer(self, given: ByCustomerId) -> Customer:
        """Read a customer by number."""
        return the_one(await self._orders.find_customers(CustomerQuery(customer_id=given.customer_id)))

    @reads(fallbacks=["recall_order"])
    async def get_order(self, given: ByOrderNumber) -> Order:
        """Read an order as it is now."""
        return await self._orders.get_order(given.order_id)

    @reads()
    async def get_product(self, given: ByProductId) -> Product:
        """Read a product with its variants and prices."""
        return await self._orders.get_product(given.product_id)

    @reads(typical_s=0.3)
    async def list_orders(self, given: ByCustomerId) -> CustomerOrders:
        """Read all orders of a customer."""
        customer = the_one(await self._orders.find_customers(CustomerQuery(customer_id=given.customer_id)))
        gate = asyncio.Semaphore(AT_ONCE)

        async def read(order_id: str) -> Order:
            async with gate:
                return await self._orders.get_order(order_id)

        orders = await asyncio.gather(*map(read, customer.order_ids))
        return CustomerOrders(customer_id=customer.customer_id, orders=orders)

    @writes(no_undo="a cancelled order is not reopened: the customer orders again")
    async def cancel_order_by_number(self, given: CancelByNumber) -> OrderCancelled:
        """Cancel an order that has not left yet, and refund it."""
        done = await self._once(given)
        statement = done_statement(_action(given, done.order))
        return OrderCancelled(order=done.order, reference=done.reference, statement=statement)

    @writes(no_undo="the order system cannot withdraw a return")
    async def return_items_of_order(self, given: ReturnOfOrder) -> ReturnOpened:
        """Return a delivered order, or some of its items."""
        done = await self._once(given)
        statement = done_statement(_action(given, done.order))
        return ReturnOpened(order=done.order, reference=done.reference, statement=statement)

    @writes(no_undo="the address that it had is put back by changing it once more")
    async def change_address_of_order(self, given: AddressOfOrder) -> AddressChanged:
        """Send an order that has not left yet to another address."""
        done = await self._once(given)
        statement = done_statement(_action(given, done.order))
        return AddressChanged(order=done.order, reference=done.reference, statement=statement)

    async def _once(self, given: OrderWrite) -> Performed:
        """The action, once, and only while the order is as it was seen."""
        once = Once(self._ledger, given, evidence=partial(self._seen_in_the_order, given))
        earlier = await once.look_up()
        if earlier is not None:
            return earlier
        order = await self._orders.get_order(given.order_id)
        try:
            if given.order_version not in (None, order.version):
                raise Conflict("the order changed since it was read: nothing was done")
            action, expected = _action(given, order), order.version
            return await once.dispatch(
                lambda: self._orders.perform(action, key=given.key, expected_version=expected), version=expected
            )
        except Conflict:
            late = await once.look_again()  # what changed the order may be our own earlier request
            if late is None:
                raise
            return late

    async def _seen_in_the_order(self, given: OrderWrite, version: str) -> Performed | None:
        """What the order itself shows of an earlier attempt, where the system keeps no keys."""
        now = await self._orders.get_order(given.order_id)
        # How it was then is not known, but it was not yet so: else the system had refused.
        before = now.model_copy(update={"status": "", "address": None})
        keys = {*given.earlier_keys, *given.unknown_keys, given.key}
        match evidence_of(_action(given, now), before, now, keys=keys, dispatched_on=version):
            case "done":
                return Performed(key=given.key, order=now, reference="", replayed=True)
            case "not_done":
                return None
            case "cannot_tell":
                raise OutcomeUnknown("the order changed since, and does not show whether by us")


def the_one(found: list[Customer]) -> Customer:
    """The only customer found: none is NotFound, and among several nobody is chosen."""
    if not found:
        raise NotFound("no such customer is on file")
    if len(found) > 1:
        raise Rejected(f"{len(found)} customers fit: it takes more to tell them apart")
    return found[0]


def _action(given: OrderWrite, order: Order) -> Action:
    try:
        return action_of(given, order)
    except NoAction as why:
        raise Rejected(str(why)) from None


ORDER_WRITES: Mapping[str, type[OrderWrite]] = {
    card_of(step).name: takes for step in steps_in(OrderTools) if issubclass(takes := taken_by(step), OrderWrite)
}
"""What each write to an order takes, by its tool's name."""

"""The order system for plans: customers, orders, products, and what may be done to an order, each under its key."""

import asyncio
from collections.abc import Callable
from functools import partial

from baton.agents.confirming import done_statement
from baton.agents.evidence import evidence_of
from baton.agents.reasons import reason_in
from baton.agents.rules import CANCEL_REASONS
from baton.contracts.orders import Action, CancelOrder, ChangeAddress, Customer, Order, Product, ReturnItems
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

from ..capability import tool
from ..once import Ledger, Once

reads = partial(tool, agent="order system", typical_s=0.1)
writes = partial(tool, agent="order system", effect="idempotent_write", attempt_s=120, typical_s=0.5)

_AT_ONCE = 5
"""So many orders of one customer are read at a time."""


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
        gate = asyncio.Semaphore(_AT_ONCE)

        async def read(order_id: str) -> Order:
            async with gate:
                return await self._orders.get_order(order_id)

        orders = await asyncio.gather(*map(read, customer.order_ids))
        return CustomerOrders(customer_id=customer.customer_id, orders=orders)

    @writes(no_undo="a cancelled order is not reopened: the customer orders again")
    async def cancel_order_by_number(self, given: CancelByNumber) -> OrderCancelled:
        """Cancel an order that has not left yet, and refund it."""
        reason = reason_in(given.reason)
        if reason is None:
            raise Rejected(f"the reason of a cancellation is one of: {', '.join(CANCEL_REASONS)}")

        def cancel(order: Order) -> CancelOrder:
            return CancelOrder(action_id="plan", order_id=order.order_id, order_version=order.version, reason=reason)

        done = await self._once(given, cancel)
        return OrderCancelled(order=done.order, reference=done.reference, statement=done_statement(cancel(done.order)))

    @writes(no_undo="the order system cannot withdraw a return")
    async def return_items_of_order(self, given: ReturnOfOrder) -> ReturnOpened:
        """Return a delivered order, or some of its items."""

        def return_them(order: Order) -> ReturnItems:
            return ReturnItems(
                action_id="plan",
                order_id=order.order_id,
                order_version=order.version,
                item_ids=given.item_ids or [item.item_id for item in order.items],
                refund_to=given.refund_to or _paid_with(order),
            )

        done = await self._once(given, return_them)
        statement = done_statement(return_them(done.order))
        return ReturnOpened(order=done.order, reference=done.reference, statement=statement)

    @writes(no_undo="the address that it had is put back by changing it once more")
    async def change_address_of_order(self, given: AddressOfOrder) -> AddressChanged:
        """Send an order that has not left yet to another address."""

        def change(order: Order) -> ChangeAddress:
            return ChangeAddress(
                action_id="plan", order_id=order.order_id, order_version=order.version, address=given.address
            )

        done = await self._once(given, change)
        return AddressChanged(order=done.order, reference=done.reference, statement=done_statement(change(done.order)))

    async def _once(self, given: OrderWrite, action_on: Callable[[Order], Action]) -> Performed:
        """The action, once, and only while the order is as it was seen."""
        once = Once(self._ledger, given, evidence=partial(self._seen_in_the_order, given, action_on))
        earlier = await once.look_up()
        if earlier is not None:
            return earlier
        order = await self._orders.get_order(given.order_id)
        try:
            if given.order_version not in (None, order.version):
                raise Conflict("the order changed since it was read: nothing was done")
            action, expected = action_on(order), order.version
            return await once.dispatch(
                lambda: self._orders.perform(action, key=given.key, expected_version=expected), version=expected
            )
        except Conflict:
            late = await once.look_again()  # what changed the order may be our own earlier request
            if late is None:
                raise
            return late

    async def _seen_in_the_order(
        self, given: OrderWrite, action_on: Callable[[Order], Action], version: str
    ) -> Performed | None:
        """What the order itself shows of an earlier attempt, where the system keeps no keys."""
        now = await self._orders.get_order(given.order_id)
        # How it was then is not known, but it was not yet so: else the system had refused.
        before = now.model_copy(update={"status": "", "address": None})
        keys = {*given.earlier_keys, *given.unknown_keys, given.key}
        match evidence_of(action_on(now), before, now, keys=keys, dispatched_on=version):
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


def _paid_with(order: Order) -> str:
    paid = [payment.method_id for payment in order.payments if payment.kind == "payment"]
    if not paid:
        raise Rejected("the order shows no payment: say where the refund is to go")
    return paid[-1]

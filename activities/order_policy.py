"""The shop's policy on writes to orders that a plan or a model wants: it is asked before a person is."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from pydantic import ValidationError

from baton.agents.order_changes import breaches_of
from baton.agents.policy import RULES_VERSION
from baton.contracts.orders import Customer, Order
from baton.contracts.systems import CustomerQuery, NotFound, OrderSystem, Rejected
from baton.contracts.tools.orders import OrderWrite
from baton.contracts.tools.policy import AskOrderChange, OrderChangeJudged

from .capability import capability
from .tools.orders import AT_ONCE, ORDER_WRITES
from .translation import places

Found = TypeVar("Found")


class OrderPolicy:
    """Holds such writes against the rules, the orders as they are now, and what the order system can do."""

    def __init__(self, orders: OrderSystem) -> None:
        self._orders = orders

    @capability(agent="Policy (rules)", attempt_s=120)
    async def check_order_change(self, given: AskOrderChange) -> OrderChangeJudged:
        """Say what the policy forbids of a write to orders."""
        changes, misfits = _changes(given)
        able = (await self._orders.capabilities()).actions
        read = await _each(self._order, {change.order_id for change in changes})
        orders = {wanted: order for wanted, order in read.items() if order is not None}
        owner_of = {order.order_id: _owner(order, given) for order in orders.values()}
        customers = await _each(self._customer, set(owner_of.values()))
        owners = {order_id: found for order_id, owner in owner_of.items() if (found := customers[owner]) is not None}
        return OrderChangeJudged(
            breaches=[*misfits, *breaches_of(changes, orders, owners, able)],
            order_versions={number: order.version for number, order in orders.items()},
            version=RULES_VERSION,
        )

    async def _order(self, order_id: str) -> Order | None:
        try:
            return await self._orders.get_order(order_id)
        except NotFound:
            return None

    async def _customer(self, customer_id: str) -> Customer | None:
        if not customer_id:
            return None
        try:
            found = await self._orders.find_customers(CustomerQuery(customer_id=customer_id))
        except NotFound:
            return None
        return found[0] if len(found) == 1 else None


def _owner(order: Order, given: AskOrderChange) -> str:
    """Whose the order has to be. Of a process that bound nobody, no order is."""
    return str(given.bound["customer_id"] or "") if "customer_id" in given.bound else order.customer_id


def _changes(given: AskOrderChange) -> tuple[list[OrderWrite], list[str]]:
    """The writes; and, a line each, what is none: the tool would refuse it only after a person had approved it."""
    takes = ORDER_WRITES.get(given.tool)
    if takes is None:
        raise Rejected(f"the policy has no word on {given.tool}")
    changes: list[OrderWrite] = []
    misfits: list[str] = []
    for handed in given.handed:
        try:
            changes.append(takes.model_validate({**handed, "key": "not yet"}))
        except ValidationError as wrong:
            misfits.append(f"what it would be handed does not fit: {places(wrong)}")
    return changes, misfits


async def _each(read: Callable[[str], Awaitable[Found]], ids: Iterable[str]) -> dict[str, Found]:
    """What is read of each, a few at a time."""
    gate, every = asyncio.Semaphore(AT_ONCE), sorted(ids)

    async def one(each: str) -> Found:
        async with gate:
            return await read(each)

    found: Sequence[Found] = await asyncio.gather(*map(one, every))
    return dict(zip(every, found, strict=True))

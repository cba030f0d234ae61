"""The order system: reads, and the six actions, each performed once and only on what was approved."""

import asyncio
from functools import partial

from temporalio import activity

from baton.agents.comparing import changes_that_matter, variant_changes
from baton.agents.confirming import done_statement
from baton.contracts.enquiry import ActionResult, CheckOrder, LookUpProducts, PerformAction, Products
from baton.contracts.orders import Action, ActionKind, Order, Product
from baton.contracts.systems import Conflict, NotFound, OrderSystem, Performed, Rejected

from .capability import READ, WRITE, capability

# Longer than the connector's own timeout: a slow attempt ends by itself before the next one starts.
acts = partial(capability, agent="order system", effect="idempotent_write", retry=WRITE, attempt_s=45, optional=True)


class OrderDesk:
    """Reads orders and carries out approved actions."""

    def __init__(self, orders: OrderSystem) -> None:
        self._orders = orders

    @capability(agent="order system", retry=READ, attempt_s=30, fallbacks=["last_known_order"], optional=True)
    async def check_orders(self, given: CheckOrder) -> Order:
        """Read one order of the customer as it is now."""
        order = await self._orders.get_order(given.order_id)
        if order.customer_id != given.customer_id:
            raise NotFound("the order is not one of this customer's")
        return order

    @capability(agent="order system", retry=READ, attempt_s=30)
    async def look_up_products(self, given: LookUpProducts) -> Products:
        """Read the products whose variants matter; one that is sold no longer is left out."""
        found = await asyncio.gather(*map(self._product, given.product_ids))
        return Products(products=[product for product in found if product])

    async def _product(self, product_id: str) -> Product | None:
        try:
            return await self._orders.get_product(product_id)
        except NotFound:
            return None

    @acts()
    async def cancel_order(self, given: PerformAction) -> ActionResult:
        """Cancel an order and refund it."""
        return await self._perform(given, "cancel_order")

    @acts()
    async def return_items(self, given: PerformAction) -> ActionResult:
        """Open the return of delivered items."""
        return await self._perform(given, "return_items")

    @acts()
    async def exchange_items(self, given: PerformAction) -> ActionResult:
        """Open the exchange of delivered items."""
        return await self._perform(given, "exchange_items")

    @acts()
    async def change_items(self, given: PerformAction) -> ActionResult:
        """Change items of an order that has not left yet."""
        return await self._perform(given, "change_items")

    @acts(undo="change_address")
    async def change_address(self, given: PerformAction) -> ActionResult:
        """Send an order that has not left yet to another address."""
        return await self._perform(given, "change_address")

    @acts(undo="change_payment")
    async def change_payment(self, given: PerformAction) -> ActionResult:
        """Have an order that has not left yet paid by another method."""
        return await self._perform(given, "change_payment")

    async def _perform(self, given: PerformAction, kind: ActionKind) -> ActionResult:
        action = _approved_action(given, kind)
        earlier = await self._done_already(given)
        if earlier:
            return _done(action, earlier)
        order = await self._orders.get_order(action.order_id)
        if order.customer_id != given.basis.customer_id:
            raise Rejected("the order is not one of this customer's")
        changes = changes_that_matter(action, given.basis, order) + await self._variant_changes(given)
        if changes:
            return ActionResult(outcome="changed", action_id=action.action_id, order=order, changes=changes)
        try:
            performed = await self._orders.perform(action, key=given.key, expected_version=order.version)
        except Conflict:
            # Somebody changed the order between our reading and our writing: the reviewer has to see it again.
            now = await self._orders.get_order(action.order_id)
            changes = changes_that_matter(action, order, now) or ["the order was changed while we acted on it"]
            return ActionResult(outcome="changed", action_id=action.action_id, order=now, changes=changes)
        return _done(action, performed)

    async def _variant_changes(self, given: PerformAction) -> list[str]:
        """What became of the new variants' prices since a person saw them."""
        wanted = {variant.item_id for variant in given.variants}
        if not wanted:
            return []
        products = {item.product_id for item in given.basis.items}
        found = [product for product in [await self._product(each) for each in sorted(products)] if product]
        return variant_changes(given.variants, [each for product in found for each in product.variants])

    async def _done_already(self, given: PerformAction) -> Performed | None:
        """A repeat or a redo looks first: the answer to an earlier attempt may have been lost."""
        keys = list(given.earlier_keys)
        if keys or activity.info().attempt > 1:
            keys.append(given.key)
        for key in keys:
            try:
                done = await self._orders.find_performed(key)
            except Rejected:
                return None
            if done:
                return done
        return None


def _approved_action(given: PerformAction, kind: ActionKind) -> Action:
    for action in given.resolution().actions:
        if action.action_id == given.action_id and action.kind == kind:
            if (action.order_id, action.order_version) != (given.basis.order_id, given.basis.version):
                raise Rejected("the action was not proposed from the order that the reviewer saw")
            return action
    raise Rejected(f"the approved resolution has no {kind} of the id {given.action_id}")


def _done(action: Action, performed: Performed) -> ActionResult:
    return ActionResult(
        outcome="done",
        action_id=action.action_id,
        order=performed.order,
        reference=performed.reference,
        statement=done_statement(action),
    )

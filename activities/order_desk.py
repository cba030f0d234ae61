"""The order system: reads, and the six actions, each performed once and only on what was approved."""

import asyncio
from functools import partial

from baton.agents.comparing import changes_that_matter, variant_changes
from baton.agents.confirming import done_statement
from baton.agents.evidence import evidence_of
from baton.contracts.enquiry import ActionResult, CheckOrder, LookUpProducts, PerformAction, Products
from baton.contracts.orders import Action, ActionKind, Order, Product
from baton.contracts.systems import Conflict, NotFound, OrderSystem, OutcomeUnknown, Performed, Rejected

from .capability import capability
from .once import Ledger, Once

# Without keys an order system's writes are repeated like irreversible ones: `Once` knows, when it comes to that.
acts = partial(capability, agent="order system", effect="idempotent_write", attempt_s=120, optional=True)


class OrderDesk:
    """Reads orders and carries out approved actions."""

    def __init__(self, orders: OrderSystem) -> None:
        self._orders = orders
        self._ledger = Ledger(orders.find_performed, same_key_is_safe=True)

    @capability(agent="order system", attempt_s=60, fallbacks=["last_known_order"], optional=True)
    async def check_orders(self, given: CheckOrder) -> Order:
        """Read one order of the customer as it is now."""
        order = await self._orders.get_order(given.order_id)
        if order.customer_id != given.customer_id:
            raise NotFound("the order is not one of this customer's")
        return order

    @capability(agent="order system", attempt_s=60)
    async def look_up_products(self, given: LookUpProducts) -> Products:
        """Read the products whose variants matter; one that is sold no longer is left out."""
        found = await asyncio.gather(*map(self._product, given.product_ids))
        return Products(products=[product for product in found if product])

    async def _product(self, product_id: str) -> Product | None:
        try:
            return await self._orders.get_product(product_id)
        except NotFound:
            return None

    @acts(no_undo="a cancelled order is not reopened: the customer orders again")
    async def cancel_order(self, given: PerformAction) -> ActionResult:
        """Cancel an order and refund it."""
        return await self._perform(given, "cancel_order")

    @acts(no_undo="the order system cannot withdraw a return")
    async def return_items(self, given: PerformAction) -> ActionResult:
        """Open the return of delivered items."""
        return await self._perform(given, "return_items")

    @acts(no_undo="the order system cannot withdraw an exchange")
    async def exchange_items(self, given: PerformAction) -> ActionResult:
        """Open the exchange of delivered items."""
        return await self._perform(given, "exchange_items")

    @acts(no_undo="items of an order are changed once only")
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
        return await self._carry_out(_approved_action(given, kind), given)

    async def _carry_out(self, action: Action, given: PerformAction) -> ActionResult:
        once = Once(self._ledger, given, evidence=partial(self._seen_in_the_order, action, given))
        earlier = await once.look_up()
        if earlier is not None:
            return _done(action, earlier)
        order = await self._own_order(given, action)
        changes = changes_that_matter(action, given.basis, order) + await self._variant_changes(given)
        if not changes:
            try:
                expected = order.version
                performed = await once.dispatch(
                    lambda: self._orders.perform(action, key=given.key, expected_version=expected), version=expected
                )
                return _done(action, performed)
            except Conflict:
                # Somebody changed the order between our reading and our writing: the reviewer has to see it again.
                now = await self._own_order(given, action)
                changes = changes_that_matter(action, order, now) or ["the order was changed while we acted on it"]
                order = now
        late = await once.look_again()  # what changed the order may be our own earlier request
        if late is not None:
            return _done(action, late)
        return ActionResult(outcome="changed", action_id=action.action_id, order=order, changes=changes)

    async def _own_order(self, given: PerformAction, action: Action) -> Order:
        order = await self._orders.get_order(action.order_id)
        if order.customer_id != given.basis.customer_id:
            raise Rejected("the order is not one of this customer's")
        return order

    async def _seen_in_the_order(self, action: Action, given: PerformAction, version: str) -> Performed | None:
        """What the order itself shows of an earlier attempt, where the system keeps no keys."""
        now = await self._own_order(given, action)
        keys = {*given.earlier_keys, *given.unknown_keys, given.key}
        match evidence_of(action, given.basis, now, keys=keys, dispatched_on=version or given.basis.version):
            case "done":
                return Performed(key=given.key, order=now, reference="", replayed=True)
            case "not_done":
                return None
            case "cannot_tell":
                raise OutcomeUnknown("the order changed since, and does not show whether by us")

    async def _variant_changes(self, given: PerformAction) -> list[str]:
        """What became of the new variants' prices since a person saw them."""
        wanted = {variant.item_id for variant in given.variants}
        if not wanted:
            return []
        products = {item.product_id for item in given.basis.items}
        found = [product for product in [await self._product(each) for each in sorted(products)] if product]
        return variant_changes(given.variants, [each for product in found for each in product.variants])


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

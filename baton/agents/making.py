"""Makes typed actions, each with the line that a reviewer reads: its words come from orders and products alone."""

from collections.abc import Sequence

from baton.contracts.orders import (
    Address,
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    Customer,
    ExchangeItems,
    Order,
    Product,
    ReturnItems,
    Swap,
)

from .money import money, paid
from .rules import DELIVERED_STATUS

_UNSET = "a0"


class Making:
    """Actions on one customer's orders, whoever proposes them; they are numbered later."""

    def __init__(self, customer: Customer, products: Sequence[Product]) -> None:
        self._customer = customer
        self._products = {product.product_id: product for product in products}

    def cancel(self, order: Order, reason: str) -> CancelOrder:
        """Cancel the whole order."""
        summary = f"Cancel order {order.order_id} ({reason})"
        return CancelOrder(
            action_id=_UNSET, order_id=order.order_id, order_version=order.version, reason=reason, summary=summary
        )

    def take_back(self, order: Order, item_ids: list[str], method: str) -> ReturnItems:
        """Take these items back."""
        by_id = {item.item_id: item.name for item in order.items}
        names = ", ".join(by_id.get(item_id, item_id) for item_id in item_ids)
        return ReturnItems(
            action_id=_UNSET, order_id=order.order_id, order_version=order.version, item_ids=item_ids, refund_to=method,
            summary=f"Take back {names} of order {order.order_id}, refund to {self.label(method)}",
        )  # fmt: skip

    def swap(self, order: Order, swaps: list[Swap], method: str) -> ExchangeItems | ChangeItems:
        """Other variants: an exchange of what was delivered, a change of what was not. The variants are known ones."""
        names = ", ".join(self._swap_text(order, swap) for swap in swaps)
        settled = self._settled(order, swaps, method)
        if order.status.lower() == DELIVERED_STATUS:
            return ExchangeItems(
                action_id=_UNSET, order_id=order.order_id, order_version=order.version, swaps=swaps, pay_with=method,
                summary=f"Exchange of order {order.order_id}: {names}{settled}",
            )  # fmt: skip
        return ChangeItems(
            action_id=_UNSET, order_id=order.order_id, order_version=order.version, swaps=swaps, pay_with=method,
            summary=f"Change order {order.order_id}: {names}{settled}",
        )  # fmt: skip

    def send(self, order: Order, address: Address) -> ChangeAddress:
        """Send the order to this address."""
        summary = f"Send order {order.order_id} to {shown(address)}"
        return ChangeAddress(
            action_id=_UNSET, order_id=order.order_id, order_version=order.version, address=address, summary=summary
        )

    def move_payment(self, order: Order, method: str) -> ChangePayment:
        """Pay the order by this method."""
        summary = f"Pay order {order.order_id} by {self.label(method)}"
        return ChangePayment(
            action_id=_UNSET, order_id=order.order_id, order_version=order.version, pay_with=method, summary=summary
        )

    def label(self, method_id: str) -> str:
        """What a person calls a payment method on file."""
        return next((one.label for one in self._customer.payment_methods if one.method_id == method_id), method_id)

    def _settled(self, order: Order, swaps: list[Swap], method: str) -> str:
        """How the price difference is paid, nothing where there is none."""
        before = {item.item_id: item.price for item in order.items}
        after = {one.item_id: one.price for product in self._products.values() for one in product.variants}
        amount = paid([after[swap.new_item_id] - before[swap.item_id] for swap in swaps])
        if not amount:
            return ""
        told = money(abs(amount), order.currency)
        return f"; {told} {'more, paid by' if amount > 0 else 'less, back to'} {self.label(method)}"

    def _swap_text(self, order: Order, swap: Swap) -> str:
        item = next(item for item in order.items if item.item_id == swap.item_id)
        product = self._products[item.product_id]
        new = next(variant for variant in product.variants if variant.item_id == swap.new_item_id)
        return f"{item.name} ({described(item.options)}) for ({described(new.options)})"


def described(options: dict[str, str]) -> str:
    """'size 8, colour grey'."""
    return ", ".join(f"{name} {value}" for name, value in options.items())


def shown(address: Address) -> str:
    """An address in one line."""
    return ", ".join(part for part in (address.address1, address.address2, address.city, address.postcode) if part)

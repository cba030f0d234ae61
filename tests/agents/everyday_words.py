"""Writes the retail set's true requests again in everyday words, in many ways, with none of the set's notation."""

from random import Random
from typing import Any

from baton.contracts.orders import Customer, Product

Options = dict[str, str]


class Writer:
    """A customer who knows what they want and says it differently every time."""

    def __init__(self, products: list[Product], seed: int) -> None:
        self._items = {
            variant.item_id: (product.name, variant.options) for product in products for variant in product.variants
        }
        self._dice = Random(seed)

    def letter(self, case: dict[str, Any], customer: Customer) -> str:
        """The whole message."""
        code = customer.address.postcode if customer.address else ""
        asked = " ".join(self._sentence(one["name"], one["arguments"], customer) for one in case["writes"])
        return f"Hi, I'm {customer.name}, zip {code}. {asked} Thanks!"

    def _sentence(self, name: str, told: dict[str, Any], customer: Customer) -> str:
        order_id = told["order_id"]
        if name.startswith("cancel"):
            reason = "I no longer need it" if "needed" in told["reason"] else "it was ordered by mistake"
            return f"Please cancel order {order_id}, {reason}."
        if name.endswith("address"):
            street = f"{told['address1']}, {told['address2']}" if told["address2"] else told["address1"]
            return f"Please send order {order_id} to {street}, {told['city']}, {told['state']} {told['zip']}."
        method = next(one.label for one in customer.payment_methods if one.method_id == told["payment_method_id"])
        if name.endswith("payment"):
            return f"Please change the payment of order {order_id} to my {method}."
        if name.startswith("return"):
            names = " and the ".join(self._items[item][0].lower() for item in told["item_ids"])
            back = self._dice.choice([f", refund to my {method}", f" and refund it to my {method}"])
            return f"I'd like to return the {names} from order {order_id}{back}."
        return self._swap(told, order_id, self._dice.choice([f", using my {method}", f" with my {method}"]))

    def _swap(self, told: dict[str, Any], order_id: str, paid: str) -> str:
        parts = [self._part(old, new) for old, new in zip(told["item_ids"], told["new_item_ids"], strict=True)]
        verb = self._dice.choice(["exchange", "swap", "change"])
        return self._dice.choice(
            [
                f"Could you please {verb} {' and '.join(parts)} in order {order_id}{paid}?",
                f"In order {order_id} I'd like to {verb} {', and '.join(parts)}{paid}.",
                f"Order {order_id}: please {verb} {'; '.join(parts)}{paid}.",
            ]
        )

    def _part(self, old: str, new: str) -> str:
        name, before = self._items[old]
        changed = {key: value for key, value in self._items[new][1].items() if before.get(key) != value}
        called = self._dice.choice([name, name.lower(), name.lower().split()[-1]])
        if not changed:
            return f"the {called} for the same one"
        shape = self._dice.choice(
            ["to {}", "for one with {}", "for a {} one", "to a {} one", "for the same one but with {}"]
        )
        return f"the {called} {shape.format(self._options(changed))}"

    def _options(self, changed: Options) -> str:
        style = self._dice.choice(["{1} {0}", "{0} {1}", "{0}: {1}", "{1}"])
        said = [
            f"{key} {value}" if value in ("yes", "no", "none") else style.format(key, value)
            for key, value in changed.items()
        ]
        return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"

"""A shop of any size, and the customers who write to it: each has an order of their own, some write twice about one."""

import json
from dataclasses import dataclass
from pathlib import Path

from baton.contracts.mail import Message
from demo.shop_file import OWN_SHOP, ItemDoc, OrderDoc, ParcelDoc, ShopFile, Tables, UserDoc

_NAMES = ("Thandi", "Johan", "Aisha", "Pieter", "Lerato", "Sipho", "Nomsa", "Ruan", "Zanele", "Farah")
_SURNAMES = ("Nkosi", "Botha", "Patel", "Dlamini", "Jacobs", "Mokoena", "Adams", "Fourie", "Khumalo", "Meyer")
_STREETS = ("Loop Street", "Long Street", "Kloof Street", "Bree Street", "Church Street")
_BOUGHT = (("7310042214", "4120648870"), ("7310042945", "4120948158"))
"""Product and variant of what is in every order: hiking boots and a headlamp."""


@dataclass(frozen=True)
class Wish:
    """What a customer wants, in their words, and the states of the orders that it is about.

    `{0}` and `{1}` are the orders' numbers, `{n}` the customer's. `shares`: the order of the customer before.
    `refused`: the last order takes no change while the weather is bad, so that a person has the first one undone.
    """

    words: str
    statuses: tuple[str, ...] = ("pending",)
    stranger: bool = False
    shares: bool = False
    refused: bool = False


_CANCEL = "Please cancel order {0}, I no longer need it."
_WISHES = (
    Wish(_CANCEL),
    Wish("I'd like to return the headlamp from order {0}, refund to my Visa ending 6602.", ("delivered",)),
    Wish("Please exchange the hiking boots in order {0} for a size 7, using my Visa ending 6602.", ("delivered",)),
    Wish("Please send order {0} to {n} Jan Smuts Avenue, Parktown, Johannesburg, Gauteng 2193."),
    Wish("Please change the hiking boots in order {0} to a size 8, using my Visa ending 6602."),
    Wish("Please change the payment of order {0} to my gift card."),
    Wish(
        "I'd like to return the headlamp from order {0}, refund to my Visa ending 6602. " + _CANCEL.replace("0", "1"),
        ("delivered", "pending"),
    ),
    Wish("Where is my order {0}?", ("delivered",)),
    Wish(_CANCEL, stranger=True),
    Wish("Please send order {0} to {n} Rivonia Road, Sandton, Johannesburg, Gauteng 2196."),
    Wish(
        "Please send order {0} to {n} Oxford Road, Rosebank, Johannesburg, Gauteng 2196. " + _CANCEL.replace("0", "1"),
        ("pending", "pending"),
        refused=True,
    ),
    Wish("I'd like to return the hiking boots from order {0}, refund to my Visa ending 6602.", ("delivered",)),
    Wish(
        "Please exchange the headlamp in order {0} for the 400 lumens rechargeable black one, with my Visa.",
        shares=True,
    ),
)
"""In turn. Those who share an order want different things of it, so that each deed tells whose it was."""


@dataclass(frozen=True)
class Case:
    """One customer's enquiry. `answer` is what they write when they are asked who they are and what they mean."""

    enquiry_id: str
    message: Message
    answer: Message | None = None

    @property
    def thread(self) -> str:
        """The Message-ID that every mail to this customer answers."""
        return self.message.message_id or ""


class Shop:
    """The shop's tables, and everybody who writes to it."""

    def __init__(self, runs: int, seed: int) -> None:
        own = ShopFile.read(OWN_SHOP).tables
        self._tables = Tables(shop=own["shop"], products=own["products"], users={}, orders={})
        self.cases = [self._case(number, f"INQ-chaos-{seed}-{number:04}") for number in range(1, runs + 1)]

    @property
    def refusing_orders(self) -> list[str]:
        """The orders that take no change while the weather is bad."""
        asking = [number for number in range(1, len(self.cases) + 1) if _wish(number).refused]
        return [self._customer(number)["orders"][-1] for number in asking]

    def write(self, path: Path) -> Path:
        """The tables as the stand-in systems load them, before anybody wrote."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self._tables, indent=1))
        return path

    @property
    def orders(self) -> dict[str, OrderDoc]:
        """Every order as it was before anybody wrote."""
        return self._tables["orders"]

    def _case(self, number: int, enquiry_id: str) -> Case:
        wish = _wish(number)
        customer = self._customer(number - 1 if wish.shares else number)
        words = wish.words.format(*customer["orders"], n=number)
        if not wish.stranger:
            return Case(enquiry_id, _message(enquiry_id, customer["email"], words))
        stranger = f"wanderer{number}@elsewhere.example"
        name = f"{customer['name']['first_name']} {customer['name']['last_name']}"
        who = f"I am {name}, postcode {customer['address']['zip']}, and it is order {customer['orders'][0]}."
        return Case(
            enquiry_id,
            _message(enquiry_id, stranger, "Please cancel my order, I no longer need it."),
            _message(f"{enquiry_id}-answer", stranger, who),
        )

    def _customer(self, number: int) -> UserDoc:
        user_id = f"customer_{number:04}"
        if user_id in self._tables["users"]:
            return self._tables["users"][user_id]
        statuses = _wish(number).statuses
        user = UserDoc(
            user_id=user_id,
            name={"first_name": _NAMES[number % 10], "last_name": _SURNAMES[number // 10 % 10]},
            address={
                "address1": f"{number} {_STREETS[number % 5]}",
                "address2": "Gardens",
                "city": "Cape Town",
                "state": "Western Cape",
                "country": "South Africa",
                "zip": f"{1000 + number:04}",
            },
            email=f"customer{number}@mail.example",
            payment_methods={
                f"card_{number}": {
                    "source": "credit_card",
                    "id": f"card_{number}",
                    "brand": "visa",
                    "last_four": "6602",
                },
                f"gift_{number}": {"source": "gift_card", "id": f"gift_{number}", "balance": 9000.0},
            },
            orders=[f"#W{2_000_000 + 10 * number + place}" for place in range(len(statuses))],
        )
        self._tables["users"][user_id] = user
        for order_id, status in zip(user["orders"], statuses, strict=True):
            self._tables["orders"][order_id] = self._order(order_id, user, status, f"card_{number}")
        return user

    def _order(self, order_id: str, user: UserDoc, status: str, paid_with: str) -> OrderDoc:
        items = [self._item(product_id, item_id) for product_id, item_id in _BOUGHT]
        paid = sum(item["price"] for item in items)
        gone = ParcelDoc(tracking_id=[order_id.removeprefix("#W")], item_ids=[item["item_id"] for item in items])
        return OrderDoc(
            order_id=order_id,
            user_id=user["user_id"],
            address=user["address"],
            items=items,
            status=status,
            fulfillments=[gone] if status == "delivered" else [],
            payment_history=[{"transaction_type": "payment", "amount": paid, "payment_method_id": paid_with}],
        )

    def _item(self, product_id: str, item_id: str) -> ItemDoc:
        product = self._tables["products"][product_id]
        variant = product["variants"][item_id]
        return ItemDoc(
            name=product["name"],
            product_id=product_id,
            item_id=item_id,
            price=variant["price"],
            options=variant["options"],
        )


def _wish(number: int) -> Wish:
    return _WISHES[(number - 1) % len(_WISHES)]


def _message(name: str, sender: str, text: str) -> Message:
    return Message(text=text, subject="My order", from_address=sender, message_id=f"<{name}@mail.example>")

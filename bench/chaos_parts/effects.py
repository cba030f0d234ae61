"""What was done outside, as plain content: the same shape for what was approved and for what the systems show."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from baton.contracts.mail import OutgoingMail
from baton.contracts.orders import Action, Address, CancelOrder, ChangeAddress, ChangePayment, ReturnItems
from baton.contracts.wire import JsonObject, canonical_json
from demo.shop_file import OrderDoc


@dataclass(frozen=True)
class Deed:
    """One change of an order, by its content."""

    order_id: str
    asked: str

    @classmethod
    def of(cls, order_id: str, asked: JsonValue) -> "Deed":
        """The change as the order system was asked for it."""
        return cls(order_id, canonical_json(asked))

    def put_back(self, before: OrderDoc) -> "Deed | None":
        """What makes the order what it was before; None: nothing can."""
        if json.loads(self.asked)["kind"] != "change_address":
            return None
        address: JsonValue = {name: str(line) for name, line in before["address"].items()}
        return Deed.of(self.order_id, {"kind": "change_address", "address": address})


@dataclass(frozen=True)
class Letter:
    """One mail, by its content. `thread` is the Message-ID that it answers."""

    thread: str
    to: str
    subject: str
    text: str

    @classmethod
    def of(cls, mail: OutgoingMail) -> "Letter":
        """The mail as it was approved; at the end of lines and of the text, transport may change white space."""
        return cls(mail.in_reply_to or "", mail.to.strip().lower(), mail.subject.strip(), plain(mail.body))


@dataclass(frozen=True)
class Found:
    """What a system shows of one effect: the key that it came with, and its content."""

    key: str
    effect: Deed | Letter


@dataclass(frozen=True)
class Entry:
    """One line of a customer's history in the CRM."""

    key: str
    enquiry_id: str
    outcome: str


@dataclass(frozen=True)
class Outside:
    """Everything that the systems show at the end, and each order that is not as it was when the trial began."""

    deeds: Sequence[Found]
    letters: Sequence[Found]
    entries: Sequence[Entry]
    changed_orders: frozenset[str]
    overpaid_orders: frozenset[str]


def plain(text: str) -> str:
    """A text as it is compared."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def asked_of(action: Action) -> JsonObject:
    """What the order system is asked for an action: written here once more, so that a connector's slip is seen."""
    match action:
        case CancelOrder():
            return {"kind": action.kind, "reason": action.reason}
        case ReturnItems():
            return {"kind": action.kind, "item_ids": list(action.item_ids), "payment_method_id": action.refund_to}
        case ChangeAddress():
            return {"kind": action.kind, "address": _address(action.address)}
        case ChangePayment():
            return {"kind": action.kind, "payment_method_id": action.pay_with}
        case _:
            return {
                "kind": action.kind,
                "item_ids": [swap.item_id for swap in action.swaps],
                "new_item_ids": [swap.new_item_id for swap in action.swaps],
                "payment_method_id": action.pay_with,
            }


def _address(address: Address) -> JsonObject:
    named = address.model_dump(mode="json")
    return {**{name: value for name, value in named.items() if name != "postcode"}, "zip": address.postcode}

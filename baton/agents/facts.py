"""Keeps every fact of a proposal with its source, and decides which of them a reply may carry."""

from collections.abc import Sequence

from baton.contracts.enquiry import CustomerReply, Evidence, ProposeResolution
from baton.contracts.mail import Message

from .order_numbers import order_key, order_numbers
from .words import forms_of

RECEIVED = "received"
READ_ENQUIRY = "read_enquiry"
FIND_CUSTOMER = "find_customer"
LOOK_UP_POLICY = "look_up_policy"
CHOOSE_ORDERS = "choose_orders"
LOOK_UP_PRODUCTS = "look_up_products"


def check_order(order_id: str) -> str:
    """The key of the step that read one order."""
    return f"check_orders/{order_id}"


class Said:
    """What a customer themselves wrote: it tells them nothing to hear it again."""

    def __init__(self, message: Message, replies: Sequence[CustomerReply]) -> None:
        texts = [message.subject, message.text, *(reply.message.text for reply in replies)]
        self._words = f" {' '.join(form for text in texts for form in forms_of(text))} "
        self._numbers = {order_key(number) for text in texts for number in order_numbers(text)}

    def holds(self, value: str) -> bool:
        """Whether the value stands in it, however it is written."""
        return f" {' '.join(forms_of(value))} " in self._words or (
            order_key(value) in self._numbers and any(letter.isdigit() for letter in value)
        )


class Facts:
    """Evidence as it gathers. `tell` gives a fact back for the reply only where the sender may hear it."""

    def __init__(self, ask: ProposeResolution) -> None:
        self._said = Said(ask.message, ask.replies)
        self._open = ask.match.sender.status == "verified" or (ask.trust == "named" and ask.match.outcome == "one")
        self._evidence: dict[tuple[str, str, str], Evidence] = {}

    @property
    def trusted(self) -> bool:
        """Whether the sender may hear what is on file."""
        return self._open

    @property
    def evidence(self) -> list[Evidence]:
        """All facts, each once, in the order they came up."""
        return list(self._evidence.values())

    def know(self, label: str, value: str, source: str) -> None:
        """A fact for the reviewer."""
        if value:
            self._evidence.setdefault((label, value, source), Evidence(label=label, value=value, source=source))

    def may_tell(self, value: str) -> bool:
        """A verified sender may hear it; anybody else only what they themselves wrote."""
        return self._open or self._said.holds(value)

    def tell(self, label: str, value: str, source: str, otherwise: str = "") -> str:
        """The fact for the reply, or `otherwise` where this sender may not hear it; the reviewer sees it anyway."""
        self.know(label, value, source)
        return value if self.may_tell(value) else otherwise

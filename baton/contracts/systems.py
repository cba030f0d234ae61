"""The systems a shop already has, as Protocols. A connector for another shop implements these; the settings name it.

Every call may raise one of the faults below and nothing else:

    SystemFault
    ├── Unavailable      not reached, timed out before the request was sent; a read: 503 -> worth another attempt
    ├── Throttled        asked to slow down; `retry_after` in seconds                   -> worth another attempt, later
    ├── Rejected         the system understood and said no; its words are in the text   -> asking again will not help
    ├── NotFound         no such thing                                                  -> asking again will not help
    ├── Conflict         the thing changed since it was read                            -> read again, decide again
    ├── Misconfigured    wrong address, key or permission                               -> a person mends the settings
    ├── OutcomeUnknown   the request left, the answer did not come: it may be done      -> look it up first
    └── Unexpected       an answer that makes no sense                                  -> a few attempts, then a person

A fault's text never holds personal data or secrets: it is shown in histories and logs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from .mail import OutgoingMail
from .orders import Action, ActionKind, Customer, Order, Product
from .wire import Wire


class SystemFault(Exception):
    """Any failure of a system that we talk to."""


class Unavailable(SystemFault):
    """The system was not reached, or cannot be read now; nothing was done."""


class Throttled(SystemFault):
    """The system asks for a pause of `retry_after` seconds (None: it did not say)."""

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Rejected(SystemFault):
    """The system understood the request and refuses it."""


class NotFound(SystemFault):
    """The system has no such thing."""


class Conflict(SystemFault):
    """What we read is no longer what the system holds."""


class Misconfigured(SystemFault):
    """The settings are wrong: address, credentials or permissions."""


class OutcomeUnknown(SystemFault):
    """The request was sent and its answer was lost, or does not say what was done (503, 504): it may be done.

    `retry_after`: a pause in seconds that was asked for along with it.
    """

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Unexpected(SystemFault):
    """The system's answer makes no sense."""


NOTHING_DONE: tuple[type[SystemFault], ...] = (Unavailable, Throttled, Rejected, NotFound, Conflict, Misconfigured)
"""Faults of a write that prove that it was not carried out."""


class Health(Wire):
    """Whether a system answers, in one line for an operator."""

    ok: bool
    detail: str


class OrderCapabilities(Wire):
    """What an order system can do for us. `supports_keys`: it remembers idempotency keys."""

    actions: list[ActionKind]
    supports_keys: bool
    currency: str = ""


class CustomerQuery(Wire):
    """Who to look for: exactly one of id, email, or name with postcode is asked at a time."""

    customer_id: str | None = None
    email: str | None = None
    name: str | None = None
    postcode: str | None = None


class Performed(Wire):
    """An action that the order system carried out: the order after it, and the system's own reference."""

    key: str
    order: Order
    reference: str
    replayed: bool = False


class OrderSystem(Protocol):
    """Where orders, customers and products live. Reads are safe to repeat."""

    async def capabilities(self) -> OrderCapabilities:
        """Which actions this shop has."""
        ...

    async def find_customers(self, query: CustomerQuery) -> list[Customer]:
        """All customers that match exactly (letter case aside); none is an empty list."""
        ...

    async def get_order(self, order_id: str) -> Order:
        """One order as it is now; `order_id` with or without '#'. NotFound when there is none."""
        ...

    async def get_product(self, product_id: str) -> Product:
        """One product with its variants."""
        ...

    async def perform(self, action: Action, *, key: str, expected_version: str) -> Performed:
        """Carry the action out once per `key`. Conflict when the order's version is no longer `expected_version`."""
        ...

    async def find_performed(self, key: str) -> Performed | None:
        """What was done under this key, None when nothing was. Raises Rejected where the system keeps no keys."""
        ...

    async def health(self) -> Health:
        """Whether the system answers now; never raises."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class CrmEntry(Wire):
    """One line in a customer's history: what was asked, what was decided, what was done."""

    enquiry_id: str
    customer_id: str | None = None
    outcome: str
    summary: str
    actions: list[str] = []
    decided_by: str | None = None
    at: datetime
    archive: str = ""


class CrmLogged(Wire):
    """The CRM's receipt for an entry."""

    key: str
    entry_id: str
    replayed: bool = False


class Crm(Protocol):
    """Where a shop keeps its contacts and what happened with them."""

    async def find_contacts(self, query: CustomerQuery) -> list[Customer]:
        """Contacts that match exactly; may know less than the order system."""
        ...

    async def last_known_order(self, order_id: str) -> Order:
        """The CRM's own copy of an order, `stale_since` set. NotFound when it has none."""
        ...

    async def log(self, entry: CrmEntry, *, key: str) -> CrmLogged:
        """Write the entry once per `key`."""
        ...

    async def find_logged(self, key: str) -> CrmLogged | None:
        """The entry written under this key, None when there is none. Raises Rejected where the system keeps no keys."""
        ...

    async def health(self) -> Health:
        """Whether the system answers now; never raises."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class FindsEntries(Protocol):
    """What a Crm that keeps no keys may offer besides: else a lost answer is for a person to look up."""

    async def find_entry(self, entry: CrmEntry) -> CrmLogged | None:
        """The entry of this enquiry with this outcome and summary, None when there is none."""
        ...


class MailSent(Wire):
    """A mail that the mail server took over."""

    message_id: str
    replayed: bool = False


class Mailbox(Protocol):
    """Where mail goes out."""

    async def send(self, mail: OutgoingMail, *, key: str) -> MailSent:
        """Hand the mail over once per `key`; the Message-ID is made from the key. OutcomeUnknown after DATA."""
        ...

    async def find_sent(self, key: str) -> MailSent | None:
        """The mail sent under this key; None when it was not. Raises Rejected where the mail system cannot tell."""
        ...

    async def health(self) -> Health:
        """Whether the mail server answers now; never raises."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class ConnectorFactory(Protocol):
    """How a connector is made: the class named in the settings is called with its own options."""

    def __call__(self, options: Mapping[str, str]) -> OrderSystem | Crm | Mailbox:
        """A connector for these options (`ORDER_SYSTEM_URL` arrives as `url`)."""
        ...

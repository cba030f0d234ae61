"""The measured enquiry: what comes in, what each step makes of it, and the calls that go out.

Both sides use these very functions, so that they differ in nothing but how the steps are held together.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal

import httpx

from baton.contracts.enquiry import (
    ActionResult,
    Enquiry,
    Hints,
    Passage,
    PolicyPassages,
    Reading,
    Request,
    Resolution,
)
from baton.contracts.mail import Message, OutgoingMail
from baton.contracts.orders import CancelOrder, Order, OrderItem
from baton.contracts.systems import CrmEntry
from baton.contracts.wire import Wire

_WORDS = "Good morning, please cancel my order #W1001, I bought the same thing twice by mistake. "
_CLAUSE = "An order that has not left the warehouse may be cancelled at any time and is refunded in full. "

ORDER = Order(
    order_id="#W1001",
    customer_id="thandi",
    status="pending",
    version="1",
    items=[
        OrderItem(item_id=f"i{number}", product_id=f"p{number}", name="A kettle of enamelled steel", price=Decimal(199))
        for number in range(8)
    ],
)
POLICY = PolicyPassages(passages=[Passage(title="Cancelling", text=_CLAUSE * 10)], source="policy.md", version="1")


def enquiry(enquiry_id: str) -> Enquiry:
    """An enquiry of one kilobyte of text."""
    text = (_WORDS * 12)[:1024]
    return Enquiry(
        enquiry_id=enquiry_id,
        message=Message(text=text, subject="My order", from_address="thandi@mail.example"),
        received_at=datetime.now(UTC),
    )


def read(message: Message) -> Reading:
    """What the message asks for."""
    numbers = list(dict.fromkeys(re.findall(r"#W\d+", message.text)))
    asked = Request(kind="cancel", words=message.text, order_ids=numbers, confidence=1)
    return Reading(
        requests=[asked], hints=Hints(emails=[message.from_address or ""]), order_numbers=numbers, confidence=1
    )


class Known(Wire):
    """What a draft rests on."""

    reading: Reading
    order: Order
    policy: PolicyPassages


def draft(known: Known) -> Resolution:
    """What would be done and sent."""
    rule, number = known.policy.passages[0].title, known.order.order_id
    action = CancelOrder(
        action_id="a1", order_id=number, order_version=known.order.version, reason=known.reading.requests[0].kind
    )
    body = f"Good day\n\nWe have cancelled your order {number} ({rule}).\n\nKind regards\nCustomer service"
    return Resolution(
        actions=[action], reply=OutgoingMail(to=known.reading.hints.emails[0], subject="Re: My order", body=body)
    )


class Shop:
    """The order system, the mail system and the CRM: two reads and three writes over HTTP."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=10, trust_env=False)

    async def order(self, order_id: str) -> Order:
        """The order as it is now."""
        answer = await self._http.get("/order", headers={"order-id": order_id})
        return Order.model_validate_json(answer.raise_for_status().content)

    async def policy(self) -> PolicyPassages:
        """The policy as it is now."""
        answer = await self._http.get("/policy")
        return PolicyPassages.model_validate_json(answer.raise_for_status().content)

    async def act(self, approved: Resolution, key: str) -> str:
        """Do what was approved; the shop's reference."""
        return await self._write("/actions", approved.actions[0], key)

    async def send(self, approved: Resolution, key: str) -> str:
        """Send what was approved; the shop's reference."""
        assert approved.reply is not None
        return await self._write("/mails", approved.reply, key)

    async def log(self, entry: CrmEntry, key: str) -> str:
        """Write down how it ended; the shop's reference."""
        return await self._write("/entries", entry, key)

    async def find(self, key: str) -> str | None:
        """The reference of what was done under this key."""
        return f"ref-{key}" if key in await self.done() else None

    async def done(self) -> dict[str, int]:
        """How often each write came, by its idempotency key."""
        times: dict[str, int] = (await self._http.get("/done")).json()
        return times

    async def _write(self, route: str, what: Wire, key: str) -> str:
        answer = await self._http.post(
            route,
            content=what.model_dump_json(),
            headers={"content-type": "application/json", "idempotency-key": key},
        )
        reference: str = answer.raise_for_status().json()["reference"]
        return reference


def acted(reference: str) -> ActionResult:
    """What comes of acting."""
    return ActionResult(outcome="done", action_id="a1", order=ORDER, reference=reference, statement="cancelled")


def outcome(enquiry_id: str, at: datetime) -> CrmEntry:
    """What the CRM is told."""
    return CrmEntry(enquiry_id=enquiry_id, outcome="answered", summary="asked: cancel; done: cancelled", at=at)

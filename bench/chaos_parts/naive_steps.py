"""The naive twin's steps: each does its work with the next best client and raises what goes wrong."""

from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import aiosmtplib
import httpx
from temporalio import activity

from baton.agents import choosing, matching, policy, reading, resolving
from baton.agents.policy import look_up
from baton.connectors.http_orders import HttpOrders
from baton.contracts.enquiry import (
    ChooseOrders,
    FindCustomer,
    LookUpPolicy,
    ProposeResolution,
    ReadEnquiry,
    Resolution,
)
from baton.contracts.mail import Message, OutgoingMail
from baton.contracts.orders import Action
from baton.contracts.systems import CrmEntry
from baton.settings import Settings

from .effects import asked_of

NAIVE_STEPS = ("propose_resolution", "perform_action", "send_reply", "log_outcome")


class NaiveSteps:
    """Reads through the product's connector, for reading is not what is tried here; writes without any care."""

    def __init__(self, settings: Settings) -> None:
        self._orders = HttpOrders(settings.order_system_options)
        self._orders_url = settings.order_system_options["url"]
        self._crm_url = settings.crm_options["url"]
        self._smtp = settings.mailbox_options
        self._policy = Path(policy.__file__).with_name("policy.md").read_text(encoding="utf-8")
        self._http = httpx.AsyncClient()

    @activity.defn(name=NAIVE_STEPS[0])
    async def propose(self, message: Message) -> Resolution:
        """What the rules propose."""
        read = reading.read(ReadEnquiry(message=message))
        ask = FindCustomer(reading=read, message=message)
        found = [(query, await self._orders.find_customers(query)) for query in matching.queries(ask)]
        match = matching.match(ask, found)
        if match.customer is None:
            return Resolution()
        orders = [await self._orders.get_order(each) for each in match.customer.order_ids]
        choice = choosing.choose(ChooseOrders(reading=read, customer=match.customer, orders=orders))
        return resolving.propose(
            ProposeResolution(
                message=message,
                reading=read,
                match=match,
                orders=orders,
                choice=choice,
                products=[await self._orders.get_product(each) for each in choice.product_ids],
                policy=look_up(LookUpPolicy(reading=read), self._policy, ""),
            )
        ).resolution

    @activity.defn(name=NAIVE_STEPS[1])
    async def act(self, action: Action) -> None:
        """Do it."""
        order = await self._orders.get_order(action.order_id)
        answer = await self._http.post(
            f"{self._orders_url}/orders/{action.order_id.removeprefix('#')}/actions",
            json=asked_of(action),
            headers={"If-Match": f'"{order.version}"', "Idempotency-Key": uuid4().hex},
        )
        answer.raise_for_status()

    @activity.defn(name=NAIVE_STEPS[2])
    async def send(self, mail: OutgoingMail) -> None:
        """Send it."""
        text = EmailMessage()
        text["From"], text["To"], text["Subject"] = "help@shop.example", mail.to, mail.subject
        text["Message-ID"] = f"<{uuid4().hex}@shop.example>"
        text["In-Reply-To"] = mail.in_reply_to or ""
        text.set_content(mail.body)
        await aiosmtplib.send(text, hostname=self._smtp["host"], port=int(self._smtp["port"]))

    @activity.defn(name=NAIVE_STEPS[3])
    async def log(self, entry: CrmEntry) -> None:
        """Log it."""
        body = entry.model_dump(mode="json", exclude={"customer_id"})
        answer = await self._http.post(f"{self._crm_url}/entries", json=body, headers={"Idempotency-Key": uuid4().hex})
        answer.raise_for_status()

"""The stand-in systems from outside: what they show, and whether an effect is there."""

from dataclasses import dataclass
from typing import Any

import httpx

from baton.cli.demo_systems import DemoAddresses
from demo.shop_file import OrderDoc

from .effects import Deed, Entry, Found, Letter, Outside, plain


class CannotSee(Exception):
    """The system did not show what was asked for: it has a bad day, and whoever looks comes again."""


@dataclass(frozen=True)
class SystemsSeen:
    """Looks at the systems as a person would, past every connector of the product. Everything raises CannotSee."""

    at: DemoAddresses
    before: dict[str, OrderDoc]

    async def deeds(self) -> list[Found]:
        """Every change of an order that was carried out, oldest first."""
        done = await self._get(self.at.orders_url, "/actions")
        return [Found(each["key"] or "", Deed.of(each["order_id"], each["asked"])) for each in done]

    async def letters(self) -> list[Found]:
        """Every delivery of a mail, oldest first; its key is its Message-ID."""
        mails = await self._get(self.at.mail_url, "/messages")
        return [Found(mail["message_id"], _letter(mail)) for mail in mails]

    async def entries(self) -> list[Entry]:
        """Every entry of the CRM, oldest first."""
        kept = await self._get(self.at.crm_url, "/entries")
        return [Entry(each["key"] or "", each["enquiry_id"], each["outcome"]) for each in kept]

    async def outside(self) -> Outside:
        """Everything."""
        tables: dict[str, Any] = await self._get(self.at.orders_url, "/dump")
        now: dict[str, OrderDoc] = tables["orders"]
        return Outside(
            deeds=await self.deeds(),
            letters=await self.letters(),
            entries=await self.entries(),
            changed_orders=frozenset(number for number, order in now.items() if order != self.before[number]),
            overpaid_orders=frozenset(number for number, order in now.items() if _balance(order) < -0.005),
        )

    async def _get(self, url: str, path: str) -> Any:
        try:
            async with httpx.AsyncClient(timeout=30) as http:
                return (await http.get(f"{url}{path}")).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as failure:
            raise CannotSee(f"GET {url}{path}: {failure!r}") from failure


def _letter(mail: dict[str, Any]) -> Letter:
    to = ", ".join(sorted(mail["envelope_to"])).lower()
    return Letter(mail["in_reply_to"] or "", to, mail["subject"].strip(), plain(mail["text"]))


def _balance(order: OrderDoc) -> float:
    """What was paid for an order, less what was paid back: never below nothing."""
    signs = {"payment": 1, "refund": -1}
    return sum(signs[each["transaction_type"]] * each["amount"] for each in order["payment_history"])

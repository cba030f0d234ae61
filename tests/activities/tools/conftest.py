"""The demo systems over HTTP and SMTP, with idempotency keys and without, and the connectors to them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from baton.connectors.http_crm import HttpCrm
from baton.connectors.http_orders import HttpOrders
from baton.connectors.smtp_mail import SmtpMailbox
from demo.servers import DemoSystems


@dataclass
class Shop:
    """The stand-in systems of a test."""

    systems: DemoSystems
    orders: HttpOrders
    crm: HttpCrm
    mailbox: SmtpMailbox

    def one_of(self, status: str) -> dict[str, Any]:
        """An order in this state, as the order system keeps it."""
        return next(row for row in self._orders().values() if row["status"] == status)

    def order(self, order_id: str) -> dict[str, Any]:
        """That order, as the order system keeps it."""
        return self._orders()[order_id]

    def _orders(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = httpx.get(f"{self.systems.orders_url}/dump").json()["orders"]
        return found

    def performed(self) -> int:
        """How many actions the order system carried out."""
        return len(httpx.get(f"{self.systems.orders_url}/actions").json())

    def entries(self) -> list[dict[str, Any]]:
        """What stands in the CRM."""
        found: list[dict[str, Any]] = httpx.get(f"{self.systems.crm_url}/entries").json()
        return found

    def mails(self) -> list[dict[str, Any]]:
        """What was delivered."""
        found: list[dict[str, Any]] = httpx.get(f"{self.systems.mail_url}/messages").json()
        return found

    def fault(self, url: str, **fault: object) -> None:
        """Switch a fault on."""
        httpx.post(f"{url}/faults", json=fault).raise_for_status()

    def no_faults(self, url: str) -> None:
        """Switch all faults of a system off."""
        httpx.delete(f"{url}/faults").raise_for_status()


@pytest_asyncio.fixture(loop_scope="session")
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """Systems that keep idempotency keys."""
    async for each in _shop(tmp_path, keys=True):
        yield each


@pytest_asyncio.fixture(loop_scope="session", params=[True, False], ids=["keys", "no keys"])
async def any_shop(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    """Systems that keep them, and systems that do not."""
    async for each in _shop(tmp_path, keys=request.param):
        yield each


async def _shop(place: Path, *, keys: bool) -> AsyncIterator[Shop]:
    async with DemoSystems.started(place, keys=keys) as systems:
        orders, crm = HttpOrders({"url": systems.orders_url}), HttpCrm({"url": systems.crm_url})
        mailbox = SmtpMailbox(
            {
                "host": systems.smtp_host,
                "port": str(systems.smtp_port),
                "sent_url": systems.mail_url,
                "from_address": "service@shop.example",
            }
        )
        yield Shop(systems, orders, crm, mailbox)
        for connector in (orders, crm, mailbox):
            await connector.aclose()

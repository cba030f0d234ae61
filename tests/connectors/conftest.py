from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from baton.connectors.http_crm import HttpCrm
from baton.connectors.http_orders import HttpOrders
from baton.connectors.smtp_mail import SmtpMailbox
from demo.servers import DemoSystems


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[DemoSystems]:
    with DemoSystems.running(tmp_path) as running:
        yield running


@pytest_asyncio.fixture
async def orders(systems: DemoSystems) -> AsyncIterator[HttpOrders]:
    connector = HttpOrders({"url": systems.orders_url, "timeout": "2"})
    yield connector
    await connector.aclose()


@pytest_asyncio.fixture
async def crm(systems: DemoSystems) -> AsyncIterator[HttpCrm]:
    connector = HttpCrm({"url": systems.crm_url})
    yield connector
    await connector.aclose()


def mail_options(systems: DemoSystems, **more: str) -> dict[str, str]:
    place = {"host": systems.smtp_host, "port": str(systems.smtp_port), "from_address": "Veld <care@veld.example>"}
    return place | {"sent_url": systems.mail_url, "timeout": "2"} | more


@pytest_asyncio.fixture
async def mailbox(systems: DemoSystems) -> AsyncIterator[SmtpMailbox]:
    connector = SmtpMailbox(mail_options(systems))
    yield connector
    await connector.aclose()


def switch_on(url: str, **fault: object) -> None:
    httpx.post(f"{url}/faults", json=fault).raise_for_status()

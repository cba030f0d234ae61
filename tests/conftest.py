"""A real development server for every test that needs one, on ports of its own."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import EmbeddedServer, ServerAddress


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerAddress]:
    """One embedded server for all tests that do not end it."""
    state: Path = tmp_path_factory.mktemp("server")
    async with EmbeddedServer(state) as address:
        yield address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client(server: ServerAddress) -> Client:
    """A client of that server."""
    return await connect_embedded(server)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: half of a trial's time it waits, for timers and for processes that fell."""
    return (os.cpu_count() or 1) + 1


def pytest_addoption(parser: pytest.Parser) -> None:
    """Whose systems tests/contract tries; their own options are settings (ORDER_SYSTEM_URL …)."""
    group = parser.getgroup("contract", "systems tried by tests/contract (default: ours against the demo systems)")
    group.addoption("--order-system", metavar="MODULE:CLASS", help="an OrderSystem, e.g. my_shop.orders:Orders")
    group.addoption("--crm", metavar="MODULE:CLASS", help="a Crm")
    group.addoption("--mailbox", metavar="MODULE:CLASS", help="a Mailbox")
    group.addoption("--sample", metavar="FILE", help="JSON: a customer, her order and actions that may be tried there")
    parser.addoption("--all-plans", action="store_true", help="tests/workflows/goals: all 378 plans, not a few")
    parser.addoption("--all-enquiries", action="store_true", help="tests/end_to_end: all retail enquiries, not a third")

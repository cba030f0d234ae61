"""A real development server for every test that needs one, on ports of its own."""

import gc
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings
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
    parser.addoption("--long", action="store_true", help="also what is marked long, and all of the real material")


def pytest_configure(config: pytest.Config) -> None:
    """How many examples a property is tried with."""
    settings.register_profile("short", max_examples=100, deadline=None)
    settings.register_profile("long", max_examples=600, deadline=None)
    settings.load_profile("long" if config.getoption("--long") else "short")


def pytest_sessionstart() -> None:
    """Servers that share a few processors do not compete for each of them."""
    os.environ.setdefault("GOMAXPROCS", "1")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without `--long`, what is marked so is left out: each of its kind has a sibling that is not."""
    if not config.getoption("--long"):
        items[:] = [each for each in items if each.get_closest_marker("long") is None]


def pytest_collection_finish() -> None:
    """What stands in memory by now stays: to look through it for garbage takes up to a second, while workflows wait."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say so."""
    if not config.getoption("--long"):
        terminalreporter.write_line(
            "The short form: --long runs also what is marked long, and all of the real material."
        )

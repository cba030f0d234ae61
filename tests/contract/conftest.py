from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio

from baton.connectors.load import load_connector
from baton.contracts.systems import Crm, Mailbox, OrderSystem
from baton.settings import load_settings
from demo.servers import DemoSystems

from .sample import Sample, read_sample

OWN_SAMPLE = Path(__file__).with_name("sample.json")


def sample_of(config: pytest.Config) -> Sample | None:
    """The sample that was given; the demo shop's unless another order system or CRM is tried."""
    given = config.getoption("--sample")
    if given:
        return read_sample(Path(given))
    return None if config.getoption("--order-system") or config.getoption("--crm") else read_sample(OWN_SAMPLE)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each action of the sample; ours are tried with idempotency keys and without."""
    sample = sample_of(metafunc.config)
    for name in ("allowed", "refused"):
        if name in metafunc.fixturenames:
            actions = getattr(sample, name) if sample else []
            metafunc.parametrize(name, actions, ids=[action.kind for action in actions])
    if "keys" in metafunc.fixturenames:
        other = metafunc.config.getoption("--order-system") or metafunc.config.getoption("--crm")
        metafunc.parametrize("keys", [True] if other else [True, False], ids=lambda keys: "keys" if keys else "no keys")


@pytest.fixture
def sample(pytestconfig: pytest.Config) -> Sample:
    found = sample_of(pytestconfig)
    if found is None:
        pytest.skip("needs --sample FILE: a customer of this shop, her order and actions to try")
    return found


@pytest.fixture
def keys() -> bool:
    """Whether the demo systems keep idempotency keys."""
    return True


@pytest.fixture
def demo_systems(tmp_path: Path, keys: bool) -> Iterator[DemoSystems]:
    with DemoSystems.running(tmp_path, keys=keys) as systems:
        yield systems


@pytest_asyncio.fixture
async def orders(request: pytest.FixtureRequest, keys: bool) -> AsyncIterator[OrderSystem]:
    path = request.config.getoption("--order-system")
    if path:
        options = load_settings().order_system_options
    else:
        path, options = (
            "baton.connectors.http_orders:HttpOrders",
            {"url": request.getfixturevalue("demo_systems").orders_url},
        )
    connector = cast(OrderSystem, load_connector(path, options))
    yield connector
    await connector.aclose()


@pytest_asyncio.fixture
async def crm(request: pytest.FixtureRequest, keys: bool) -> AsyncIterator[Crm]:
    path = request.config.getoption("--crm")
    if path:
        options = load_settings().crm_options
    else:
        path, options = "baton.connectors.http_crm:HttpCrm", {"url": request.getfixturevalue("demo_systems").crm_url}
    connector = cast(Crm, load_connector(path, options))
    yield connector
    await connector.aclose()


@pytest_asyncio.fixture
async def mailbox(request: pytest.FixtureRequest) -> AsyncIterator[Mailbox]:
    path = request.config.getoption("--mailbox")
    if path:
        options = load_settings().mailbox_options
    else:
        systems: DemoSystems = request.getfixturevalue("demo_systems")
        path = "baton.connectors.smtp_mail:SmtpMailbox"
        options = {
            "host": systems.smtp_host,
            "port": str(systems.smtp_port),
            "from_address": "care@veld.example",
            "sent_url": systems.mail_url,
        }
    connector = cast(Mailbox, load_connector(path, options))
    yield connector
    await connector.aclose()

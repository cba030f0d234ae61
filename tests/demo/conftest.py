from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from demo.servers import DemoSystems


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoSystems]:
    with DemoSystems.running(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[DemoSystems]:
    with DemoSystems.running(tmp_path) as running:
        yield running


@pytest.fixture
def orders(fresh: DemoSystems) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=fresh.orders_url) as client:
        yield client


@pytest.fixture
def crm(fresh: DemoSystems) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=fresh.crm_url) as client:
        yield client


@pytest.fixture
def mail(fresh: DemoSystems) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=fresh.mail_url) as client:
        yield client

"""The page that shows how to connect another shop: its code is taken from the page and run."""

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from baton.connectors.load import load_connector
from baton.contracts.orders import CancelOrder, ChangeAddress
from baton.contracts.systems import CustomerQuery, Misconfigured, OrderSystem, OutcomeUnknown, Rejected
from demo.faults import CutAfter, FaultSwitch, FaultyApp, Match
from demo.serving import HttpServer

from .woo_shop import KEY, SECRET, woo_app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "connecting-your-systems.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    [found] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


class Shop:
    def __init__(self, url: str, faults: FaultSwitch) -> None:
        self.options = {"url": url, "username": KEY, "password": SECRET, "timeout": "5"}
        self.faults = faults


@pytest.fixture
def shop() -> Iterator[Shop]:
    """The shop on a real port, in a thread with an event loop of its own."""
    faults = FaultSwitch()
    server = HttpServer(FaultyApp(woo_app(), faults), "127.0.0.1", 0, "WooCommerce-shaped shop")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    yield Shop(server.url, faults)
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def my_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """my_shop/orders.py as the page says to write it."""
    (tmp_path / "my_shop").mkdir()
    (tmp_path / "my_shop" / "__init__.py").touch()
    (tmp_path / "my_shop" / "orders.py").write_text(block("python"), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in ("my_shop", "my_shop.orders"):
        sys.modules.pop(name, None)


@pytest.fixture
def orders(my_shop: Path, shop: Shop) -> OrderSystem:
    return cast(OrderSystem, load_connector("my_shop.orders:WooOrders", shop.options))


def test_the_code_on_the_page_stays_under_120_lines() -> None:
    assert sum(1 for line in block("python").splitlines() if line.strip()) < 120


def test_the_contract_suite_passes_with_the_pages_command_code_and_sample(my_shop: Path, shop: Shop) -> None:
    sample = my_shop / "sample.json"
    sample.write_text(block("json"), encoding="utf-8")
    [command] = re.findall(r"^uv run pytest (tests/contract\S*) (.*)$", PAGE, re.MULTILINE)
    given = [command[0], *command[1].replace("sample.json", str(sample)).split()]
    options = {f"ORDER_SYSTEM_{name.upper()}": value for name, value in shop.options.items()}

    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *given],
        check=False,
        cwd=ROOT,
        env={**os.environ, **options, "PYTHONPATH": str(my_shop)},
        capture_output=True,
        text=True,
        timeout=200,
    )

    assert ended.returncode == 0, ended.stdout[-4000:]
    counted = re.search(r"(\d+) passed", ended.stdout)
    assert counted and int(counted[1]) >= 24, ended.stdout
    skips = set(re.findall(r"SKIPPED \[\d+\] \S+ (.*)", ended.stdout))
    assert skips == set()


async def test_an_order_of_the_other_shape_reads_like_any_other(orders: OrderSystem) -> None:
    [customer] = await orders.find_customers(CustomerQuery(name="nomsa zulu", postcode="3610"))
    order = await orders.get_order("#727")

    assert (customer.customer_id, customer.order_ids) == ("26", ["727", "728", "729"])
    assert {method.label for method in customer.payment_methods} == {"Payfast", "Direct bank transfer"}
    assert (order.status, order.currency, str(order.payments[0].amount)) == ("pending", "ZAR", "1998.00")
    assert [item.item_id for item in order.items] == ["95", "95", "40"]
    assert order.items[0].options == {"Size": "L", "Color": "Navy"}
    assert (await orders.get_order("729")).status == "delivered"
    assert [variant.available for variant in (await orders.get_product("93")).variants] == [True, True, False]
    assert [variant.item_id for variant in (await orders.get_product("40")).variants] == ["40"]
    assert (await orders.health()).ok


async def test_a_lost_answer_is_found_again_in_the_order_itself(orders: OrderSystem, shop: Shop) -> None:
    before = await orders.get_order("728")
    cancel = CancelOrder(action_id="a1", order_id="728", order_version=before.version, reason="no longer needed")
    shop.faults.switch_on(CutAfter(kind="cut_after", match=Match(method="PUT")))

    with pytest.raises(OutcomeUnknown):
        await orders.perform(cancel, key="k", expected_version=before.version)
    again = await orders.perform(cancel, key="k", expected_version=before.version)

    assert (again.replayed, again.order.status) == (True, "cancelled")


async def test_what_moves_money_stays_with_a_person(orders: OrderSystem) -> None:
    paid = await orders.get_order("727")
    cancel = CancelOrder(action_id="a1", order_id="727", order_version=paid.version, reason="no longer needed")

    with pytest.raises(Rejected, match="a person"):
        await orders.perform(cancel, key="k", expected_version=paid.version)
    delivered = await orders.get_order("729")
    assert delivered.address is not None
    move = ChangeAddress(action_id="a2", order_id="729", order_version=delivered.version, address=delivered.address)
    with pytest.raises(Rejected):
        await orders.perform(move, key="k2", expected_version=delivered.version)


async def test_a_wrong_secret_is_misconfigured(my_shop: Path, shop: Shop) -> None:
    options = shop.options | {"password": "cs_wrong"}
    wrong = cast(OrderSystem, load_connector("my_shop.orders:WooOrders", options))

    with pytest.raises(Misconfigured) as fault:
        await wrong.get_order("727")

    assert "cs_wrong" not in str(fault.value)
    health = await wrong.health()
    assert not health.ok


def test_the_sample_on_the_page_is_json() -> None:
    assert json.loads(block("json"))["order_id"] == "727"

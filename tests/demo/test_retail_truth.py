"""Performing the writes of the retail material over HTTP gives exactly the changes that it expects."""

import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.answers_parts.cases import KINDS
from demo.order_system import OrderSystem
from demo.servers import DemoSystems

RETAIL = Path(__file__).resolve().parents[3] / "shared" / "data" / "retail"

pytestmark = pytest.mark.skipif(
    not (RETAIL / "db.json").exists(), reason=f"the retail material is not there: {RETAIL / 'db.json'}"
)


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoSystems]:
    with DemoSystems.running(tmp_path_factory.mktemp("retail"), RETAIL / "db.json") as running:
        yield running


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (RETAIL / name).read_text().splitlines()]


def write(shop: httpx.Client, key: str, name: str, arguments: dict[str, Any]) -> httpx.Response:
    arguments = dict(arguments)
    if name == "modify_user_address":
        return shop.put(
            f"/customers/{arguments.pop('user_id')}/address", json=arguments, headers={"Idempotency-Key": key}
        )
    order_id = arguments.pop("order_id").removeprefix("#")
    body = {"address": arguments} if name == "modify_pending_order_address" else arguments
    version = shop.get(f"/orders/{order_id}").headers["ETag"]
    return shop.post(
        f"/orders/{order_id}/actions",
        json={"kind": KINDS[name], **body},
        headers={"Idempotency-Key": key, "If-Match": version},
    )


def documents(database: Path) -> dict[tuple[str, str], str]:
    """The text of every document that the order system holds, by table and id."""
    with sqlite3.connect(database) as opened:
        return {(shelf, id): text for shelf, id, text in opened.execute("SELECT shelf, id, document FROM documents")}


def changes(before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]) -> dict[tuple[str, str], Any]:
    """Every field that differs, by table and id: {field: {before, after}}."""
    assert before.keys() == after.keys()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for place, text in before.items():
        if text != after[place]:
            old, new = json.loads(text), json.loads(after[place])
            for field in old.keys() | new.keys():
                if old.get(field) != new.get(field):
                    found.setdefault(place, {})[field] = {"before": old.get(field), "after": new.get(field)}
    return found


def test_a_freshly_loaded_system_holds_the_file_as_it_is(systems: DemoSystems) -> None:
    dumped = httpx.get(f"{systems.orders_url}/dump").json()

    assert json.dumps(dumped) == json.dumps(json.loads((RETAIL / "db.json").read_text()))


@pytest.mark.parametrize("name", ["enquiries.jsonl", "enquiries_plain.jsonl"])
def test_each_enquirys_writes_give_exactly_its_expected_changes(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong: list[str] = []
    refused: list[str] = []
    asked = cases(name)
    with (
        DemoSystems.running(tmp_path, RETAIL / "db.json") as systems,
        httpx.Client(base_url=systems.orders_url) as shop,
    ):
        books = OrderSystem(tmp_path / "orders.sqlite")
        fresh = documents(tmp_path / "orders.sqlite")
        for case in asked:
            for number, step in enumerate(case["writes"]):
                answer = write(shop, f"{case['id']}/{number}", step["name"], step["arguments"])
                if answer.status_code != 201:
                    refused.append(f"{case['id']}/{number} {step['name']}: {answer.json()['title']}")
            expected = {(change["table"], change["id"]): change["fields"] for change in case["expected_changes"]}
            changed = changes(fresh, documents(tmp_path / "orders.sqlite"))
            if changed != expected:
                wrong.append(case["id"])
            with books.store.transaction():
                for table, id in changed:
                    books.store.put(table, id, json.loads(fresh[table, id]))
        books.store.close()
    with capsys.disabled():
        right = len(asked) - len(wrong)
        sys.stdout.write(f"\n{name}: {right} of {len(asked)} enquiries change exactly what they should\n")
        for line in refused:
            sys.stdout.write(f"  refused, as the material's own tools do: {line}\n")
    assert wrong == []

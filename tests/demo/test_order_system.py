import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.servers import DemoSystems
from demo.shop_file import OWN_SHOP

CANCEL = {"kind": "cancel_order", "reason": "no longer needed"}
PENDING = "/orders/W1043118"
GIFT, PAYPAL = "gift_card_4471936", "paypal_3056120"


def act(
    orders: httpx.Client,
    body: dict[str, Any],
    *,
    key: str | None = "k1",
    version: str | None = '"1"',
    order: str = PENDING,
) -> httpx.Response:
    headers = {"Idempotency-Key": key, "If-Match": version}
    given = {name: value for name, value in headers.items() if value is not None}
    return orders.post(f"{order}/actions", json=body, headers=given)


def assert_problem(answer: httpx.Response, status: int, slug: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert (problem["status"], problem["type"]) == (status, f"/problems/{slug}")
    assert problem["title"]


def test_an_order_is_found_with_and_without_its_sign_in_any_letter_case(orders: httpx.Client) -> None:
    shown = [orders.get(f"/orders/{spelling}").json() for spelling in ("W1043118", "%23W1043118", "w1043118")]

    assert shown[0]["order_id"] == "#W1043118"
    assert shown[0] == shown[1] == shown[2]


@pytest.mark.parametrize(
    "query",
    [
        {"email": "THANDI.NKOSI@posbus.example"},
        {"customer_id": "thandi_nkosi_4471"},
        {"name": "thandi  NKOSI", "postcode": "0083"},
    ],
)
def test_a_customer_is_found_whatever_the_letter_case(orders: httpx.Client, query: dict[str, str]) -> None:
    assert [found["user_id"] for found in orders.get("/customers", params=query).json()] == ["thandi_nkosi_4471"]


def test_a_wrong_postcode_finds_nobody(orders: httpx.Client) -> None:
    assert orders.get("/customers", params={"name": "Thandi Nkosi", "postcode": "0084"}).json() == []


@pytest.mark.parametrize("query", [{}, {"name": "Thandi Nkosi"}, {"email": "a@b.example", "customer_id": "c"}])
def test_customers_are_asked_for_in_one_way_at_a_time(orders: httpx.Client, query: dict[str, str]) -> None:
    assert_problem(orders.get("/customers", params=query), 422, "customer-query")


def test_an_action_raises_the_version_and_is_listed_with_what_was_asked(orders: httpx.Client) -> None:
    done = act(orders, CANCEL)

    assert (done.status_code, done.headers["etag"]) == (201, '"2"')
    assert done.json()["order"]["status"] == "cancelled"
    assert orders.get(PENDING).headers["etag"] == '"2"'
    [listed] = orders.get("/actions").json()
    assert (listed["key"], listed["kind"], listed["order_id"]) == ("k1", "cancel_order", "#W1043118")
    assert listed["asked"] == CANCEL
    assert orders.get("/actions", params={"key": "k1"}).json() == [listed]
    assert orders.get("/actions", params={"key": "other"}).json() == []


def test_the_same_key_and_body_give_the_stored_answer_though_the_order_moved_on(orders: httpx.Client) -> None:
    first, again = act(orders, CANCEL), act(orders, CANCEL)

    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert again.json() == first.json()
    assert orders.get(PENDING).headers["etag"] == '"2"'


def test_the_same_key_with_another_body_or_order_is_refused(orders: httpx.Client) -> None:
    act(orders, CANCEL)

    other = {"kind": "cancel_order", "reason": "ordered by mistake"}
    assert_problem(act(orders, other), 422, "idempotency-key-reused")
    assert_problem(act(orders, CANCEL, order="/orders/W1043502"), 422, "idempotency-key-reused")


def test_many_at_once_under_one_key_are_carried_out_once(orders: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda _: act(orders, CANCEL), range(16)))

    assert {answer.status_code for answer in answers} == {201}
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert len(orders.get("/actions").json()) == 1


def test_a_refused_action_changes_nothing_and_leaves_its_key_free(orders: httpx.Client) -> None:
    before = orders.get("/dump").content

    assert_problem(
        act(orders, {"kind": "return_items", "item_ids": ["1"], "payment_method_id": "x"}), 409, "order-status"
    )
    assert orders.get("/dump").content == before
    assert act(orders, CANCEL).status_code == 201


def test_a_stale_version_is_refused_and_a_missing_one_asked_for(orders: httpx.Client) -> None:
    act(orders, CANCEL)

    assert_problem(act(orders, CANCEL, key="k2", version='"1"'), 412, "version-changed")
    assert_problem(act(orders, CANCEL, key="k2", version=None), 428, "version-missing")
    assert_problem(act(orders, CANCEL, key="k2", version='W/"2"'), 412, "version-changed")
    assert_problem(act(orders, CANCEL, key=None), 400, "idempotency-key-missing")


@pytest.mark.parametrize(
    ("path", "status", "slug"),
    [("/orders/W0", 404, "no-such-order"), ("/products/1", 404, "no-such-product"), ("/nowhere", 404, "not-found")],
)
def test_what_is_not_there_is_a_problem_document(orders: httpx.Client, path: str, status: int, slug: str) -> None:
    assert_problem(orders.get(path), status, slug)


def test_a_method_that_an_address_does_not_take_is_a_problem_document(orders: httpx.Client) -> None:
    assert_problem(orders.delete("/orders/W1"), 405, "method-not-allowed")


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "blow_up", "who": "Thandi Nkosi"},
        {"kind": "cancel_order", "reason": "Thandi Nkosi says so"},
        {"kind": "cancel_order", "reason": "no longer needed", "thandi.nkosi@posbus.example": 1},
        {"kind": "return_items", "item_ids": [], "payment_method_id": "x"},
    ],
)
def test_a_body_of_the_wrong_form_is_refused_without_repeating_it(orders: httpx.Client, body: dict[str, Any]) -> None:
    answer = act(orders, body)

    assert_problem(answer, 422, "invalid-request")
    assert "thandi" not in answer.text.lower()


@pytest.mark.parametrize(
    ("order", "body", "status", "slug"),
    [
        ("W1042207", CANCEL, 409, "order-status"),
        ("W1042207", {"kind": "change_payment", "payment_method_id": "gift_card_4471936"}, 409, "order-status"),
        ("W1043118", {"kind": "change_payment", "payment_method_id": "credit_card_4471028"}, 422, "same-method"),
        ("W1043118", {"kind": "change_payment", "payment_method_id": "gift_card_4471936"}, 422, "gift-card-balance"),
        ("W1043118", {"kind": "change_payment", "payment_method_id": "paypal_3056120"}, 422, "payment-method"),
        ("W1041230", {"kind": "return_items", "item_ids": ["1"], "payment_method_id": PAYPAL}, 422, "refund-method"),
        ("W1042207", {"kind": "return_items", "item_ids": ["1"], "payment_method_id": GIFT}, 422, "item-not-in-order"),
    ],
)  # fmt: skip
def test_the_shops_rules_refuse_with_their_own_problem(
    orders: httpx.Client, order: str, body: dict[str, Any], status: int, slug: str
) -> None:
    assert_problem(act(orders, body, order=f"/orders/{order}"), status, slug)


def test_in_our_own_shop_each_changed_item_gets_its_own_price_and_options(orders: httpx.Client) -> None:
    order = orders.get("/orders/W1043118").json()
    variants = [orders.get(f"/products/{item['product_id']}").json()["variants"] for item in order["items"]]
    wanted = [
        next(variant for variant in offered.values() if variant["available"] and variant["item_id"] != item["item_id"])
        for item, offered in zip(order["items"], variants, strict=True)
    ]
    body = {
        "kind": "change_items",
        "item_ids": [item["item_id"] for item in order["items"]],
        "new_item_ids": [variant["item_id"] for variant in wanted],
        "payment_method_id": "credit_card_4471028",
    }

    changed = act(orders, body).json()["order"]

    assert [(item["price"], item["options"]) for item in changed["items"]] == [
        (variant["price"], variant["options"]) for variant in wanted
    ]
    assert_problem(act(orders, body, key="k2", version='"2"'), 409, "order-status")


def test_a_customers_address_changes_once_per_key_and_the_search_follows(orders: httpx.Client) -> None:
    address = {
        "address1": "1 Long Street",
        "city": "Cape Town",
        "state": "WC",
        "country": "South Africa",
        "zip": "8001",
    }
    path, key = "/customers/thandi_nkosi_4471/address", {"Idempotency-Key": "home"}

    first, again = (orders.put(path, json=address, headers=key) for _ in range(2))

    assert (first.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert orders.get("/customers", params={"name": "Thandi Nkosi", "postcode": "0083"}).json() == []
    assert len(orders.get("/customers", params={"name": "Thandi Nkosi", "postcode": "8001"}).json()) == 1


def test_the_shop_outlives_a_restart_and_another_file_replaces_it(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with DemoSystems.running(state) as systems, httpx.Client(base_url=systems.orders_url) as orders:
        act(orders, CANCEL)
    with DemoSystems.running(state) as systems, httpx.Client(base_url=systems.orders_url) as orders:
        assert orders.get(PENDING).json()["status"] == "cancelled"
    with DemoSystems.running(state, OWN_SHOP) as systems, httpx.Client(base_url=systems.orders_url) as orders:
        assert orders.get(PENDING).json()["status"] == "cancelled"
    other = json.loads(OWN_SHOP.read_text())
    other["orders"] = {}
    (tmp_path / "other.json").write_text(json.dumps(other))
    with (
        DemoSystems.running(state, tmp_path / "other.json") as systems,
        httpx.Client(base_url=systems.orders_url) as orders,
    ):
        assert_problem(orders.get(PENDING), 404, "no-such-order")
        assert orders.get("/actions").json() == []
        assert httpx.get(f"{systems.crm_url}/orders/W1043118").status_code == 404


def test_an_answer_is_not_held_back_by_the_network(orders: httpx.Client) -> None:
    """Headers and body leave in two pieces: with Nagle's algorithm on, the second waits 40 ms for a late ACK."""
    orders.get(PENDING)
    waited = []
    for _ in range(10):
        began = time.monotonic()
        orders.get(PENDING)
        waited.append(time.monotonic() - began)
    assert min(waited) < 0.03, waited


def test_the_page_for_engineers_is_there(orders: httpx.Client) -> None:
    assert "/orders/{order_id}/actions" in orders.get("/openapi.json").json()["paths"]
    assert orders.get("/docs").status_code == 200


def test_without_keys_a_repeat_is_done_again_and_both_are_listed(tmp_path: Path) -> None:
    move = {"kind": "change_address", "address": {"address1": "1 Long Street", "city": "Cape Town",
            "country": "South Africa", "zip": "8001"}}  # fmt: skip
    with DemoSystems.running(tmp_path, keys=False) as systems, httpx.Client(base_url=systems.orders_url) as orders:
        first, again = act(orders, move), act(orders, move, version='"2"')
        stale = act(orders, CANCEL, key=None)
        done = orders.get("/actions").json()

        assert orders.get("/capabilities").json()["idempotency_keys"] is False
        assert_problem(orders.get("/actions", params={"key": "k1"}), 404, "no-keys")
        assert (first.status_code, again.status_code, "idempotent-replayed" in again.headers) == (201, 201, False)
        assert_problem(stale, 412, "version-changed")
        assert [(each["key"], each["asked"]["address"]["city"]) for each in done] == [(None, "Cape Town")] * 2
        assert "none is kept" in orders.get("/").text

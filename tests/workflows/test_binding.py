"""Inputs that a process sets for an agent's tools: neither shown to it, nor taken from it, nor left to an edit."""

import time

import pytest
from pydantic import JsonValue

from baton.contracts.wire import JsonObject
from workflows.agent_parts.binding import about_another, handed, left_to_agent, pinned
from workflows.schema_check import misfit

TAKES: JsonObject = {
    "type": "object",
    "properties": {"customer_id": {"type": "string"}, "text": {"type": "string"}},
    "required": ["customer_id", "text"],
}
OTHER: JsonObject = {"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]}
BOUND: dict[str, JsonValue] = {"customer_id": "C-1"}

ANOTHERS: list[tuple[str, JsonValue, list[JsonValue]]] = [
    (
        "customer_id",
        "C-1",
        [
            {"customer": 2},
            {"customer": 2.0},
            {"customer": [["C-2"]]},
            {"customer": {"data": {"id": "C-2"}}},
            {"text": "{'name': \"Thandi's\", 'customer': {'name': 'x', 'id': 'C-2'}}"},
            {"text": 'Thandi\'s: {"customer": {"name": "x", "id": "C-2"}} {"order": {"id": "W2"}}'},
            {"text": 'See }:\n{\n  "customer": {\n    "name": "x",\n    "id": "C-2"\n  }\n}\n}'},
            {"text": '{"text": "{\\"customer\\": {\\"name\\": \\"x\\", \\"id\\": \\"C-2\\"}}"}'},
            {"text": '{"customer_id": "C-2", "customer_id": "C-1"}'},
            {"text": "{customer: {name: x, id: C-2}}"},
            {"text": "customer_id        : C-2"},
            {"text": "customer:\n  id: C-2"},
            {"text": "<customer_id>C-2</customer_id>"},
            {"text": "| customer id | C-2 |"},
            {"text": "customer_id: 2"},
            {"text": "customer ids: C-2 and C-3"},
        ],
    ),
    ("customer_id", 1, [{"customers": [1, 2]}, {"customer": "2"}, {"text": "customer_id=2&order_id=1"}]),
    ("customer_id", "yusuf_rossi_9620", [{"customer": "sofia_li_921"}, {"customers": {"sofia_li_921": {}}}]),
    ("customer_id", "cus_NffrFeUfNV2QPi", [{"customer": "cus_9s6XKzkNRiz8i3"}]),
    ("order_id", "W1042207", [{"orders": {"W98": "open"}}, {"order": "#w98"}, {"text": "its order id (W98)"}]),
    ("order_id", "47316723", [{"order": "26865635"}, {"text": "order id 26865635"}]),
]
ITS_OWN: list[tuple[str, JsonValue, list[JsonValue]]] = [
    (
        "customer_id",
        "C-1",
        [
            {"customer": "0821234567"},
            {"customer": "Thandi2"},
            {"customer": "jan.smit82"},
            {"customer": 2.5},
            {"customer": {"data": {"id": "C-1"}, "address": {"id": "A-7"}}},
            {"text": "No customer id. 12 orders found"},
            {"text": "/orders?customer_id=C-1&order_id=W2"},
            {"text": "customer_id: C-1; (customer_id=C-1). Customer ID: C-1..."},
            {"text": '{"parent_customer_id": "C-2", "customer_id": null, "orders": 2}'},
            {"text": "The customer_id: see [1]"},
        ],
    ),
    ("customer_id", "Z2lkOi8v==", [{"text": "customer_id: Z2lkOi8v=="}, {"text": "(customer_id=Z2lkOi8v==)."}]),
    ("customer_id", "C1/23", [{"text": "customer_id: C1/23."}, {"text": "customer_id C1/23, and more"}]),
    (
        "order_id",
        "W1042207",
        [
            {"order": "2026-03-12"},
            {"order": "1"},
            {"orders": ["1st"]},
            {"orders": {"2025": {"total": 1}}},
            {"orders": 2},
            {"text": "order ids: 2 open"},
            {"text": "order_id (1 of 2): W1042207"},
            {"text": "Order ids (2): W1042207"},
            {"text": "Enter your order id - 8 digits"},
        ],
    ),
    ("order_id", "47316723", [{"order": "1"}, {"orders": {"2025": {}}}, {"text": "Enter your order id - 8 digits"}]),
    ("order_id", "4731", [{"order": "2025"}, {"orders": {"2025": {}}}]),
    ("product_id", "6086499569", [{"product": "iPhone15"}]),
    ("product_id", "P15", [{"product": "iPhone15"}]),
]


def test_the_agent_says_the_rest_and_names_nothing_that_is_bound() -> None:
    left = left_to_agent(TAKES, BOUND)
    assert misfit({"text": "hello"}, left) == ""
    assert "no field is known but text" in misfit({"text": "hello", "customer_id": "C-1"}, left)
    assert "no field is known but order_id" in misfit(
        {"order_id": "W1", "customer_id": "C-2"}, left_to_agent(OTHER, BOUND)
    )


def test_a_tool_gets_what_it_takes_of_what_is_bound_whatever_the_agent_said() -> None:
    assert handed(TAKES, {"text": "hello"}, BOUND) == {"text": "hello", "customer_id": "C-1"}
    assert handed(TAKES, {"customer_id": "C-2"}, BOUND) == {"customer_id": "C-1"}
    assert handed(OTHER, {"order_id": "W1"}, BOUND) == {"order_id": "W1"}


def test_a_person_may_write_the_rest_and_keeps_what_is_bound() -> None:
    assert misfit({"text": "better", "customer_id": "C-1"}, pinned(TAKES, BOUND)) == ""
    assert handed(TAKES, {"text": "better"}, BOUND)["customer_id"] == "C-1"
    assert misfit({"text": "better", "customer_id": "C-2"}, pinned(TAKES, BOUND)).startswith("customer_id: ")


@pytest.mark.parametrize(
    ("answer", "bound", "named"),
    [
        ({"customer_id": "C-1", "orders": [{"customer_id": "C-1"}]}, BOUND, ""),
        ({"customer_id": "C-1", "orders": [{"customer_id": "C-2"}]}, BOUND, "customer_id"),
        ([{"deep": {"customer_id": "C-2"}}], BOUND, "customer_id"),
        ({"customer_id": None}, BOUND, ""),
        ({"customer_id": ""}, BOUND, ""),
        ({"customer_id": "C-2"}, {}, ""),
        ({"customer_id": "C-2"}, {"customer_id": None}, "customer_id"),
        ({"order_id": "#w1"}, {"order_id": "W1"}, ""),
        ({"status": "open"}, {"status": "closed"}, ""),
        ("C-2", BOUND, ""),
        ({"customer_id": ["C-2"]}, BOUND, "customer_id"),
        ({"customer_id": 2}, BOUND, "customer_id"),
        ({"customer_ids": ["C-1", "C-2"]}, BOUND, "customer_id"),
        ({"customer_ids": ["C-1"]}, BOUND, ""),
        ({"customerId": "C-2"}, BOUND, "customer_id"),
        ({"customerIds": ["C-2"]}, BOUND, "customer_id"),
        ({"Customer-ID": "C-2"}, BOUND, "customer_id"),
        ({"customer": {"id": "C-2"}}, BOUND, "customer_id"),
        ({"customer": {"id": "C-1", "order": {"id": "W2"}}}, BOUND, ""),
        ({"customers": [{"id": "C-1"}, {"id": "C-2"}]}, BOUND, "customer_id"),
        ({"customers": {"ids": ["C-2"]}}, BOUND, "customer_id"),
        ({"id": "C-2", "customer": "Thandi Nkosi", "other_customer": {"name": "x"}}, BOUND, ""),
        ({"customer": "C-1", "customers": 2, "orders": {"customer": {"2026": []}}}, BOUND, ""),
        ({"customer": "C-2"}, BOUND, "customer_id"),
        ({"customers": ["C-1", "C-2"]}, BOUND, "customer_id"),
        ({"customers": {"C-1": {}, "C-2": {"name": "x"}}}, BOUND, "customer_id"),
        ({"customer_id": 2.0}, {"customer_id": 2}, ""),
        ({"customer_id": 2.0}, BOUND, "customer_id"),
        ({"customer_ids": [["C-1"], ["C-2"]]}, BOUND, "customer_id"),
        ({"customer_id": {"value": "C-2", "type": "internal"}}, BOUND, "customer_id"),
        ({"customer_id": {"value": "C-1", "type": "internal"}}, BOUND, ""),
        ({"text": '{"customer_id":"C-2","order":{"id":"W2"}}'}, BOUND, "customer_id"),
        ({"text": '{"customer_id":"C-1","order":{"id":"W2"}}'}, BOUND, ""),
        ({"text": 'Found:\n```\n[{"customer": {"id": "C-2"}}]\n```'}, BOUND, "customer_id"),
        ({"text": '{"customer": {"id": "C-1"}}\n{"customer": {"id": "C-2"}}'}, BOUND, "customer_id"),
        ({"text": "Order W2 of customer ID: C-2."}, BOUND, "customer_id"),
        ({"text": "Order W2 [of customer_id=C-2"}, BOUND, "customer_id"),
        ({"text": "Order W2 of customer ID: C-1. A customer id is needed for 2 of them."}, BOUND, ""),
        *((answer, {name: one}, name) for name, one, answers in ANOTHERS for answer in answers),
        *((answer, {name: one}, "") for name, one, answers in ITS_OWN for answer in answers),
        ({"text": "[" * 5_000 + "]" * 5_000}, BOUND, ""),
        ({"text": '[["customer_id.' * 5_000}, BOUND, ""),
    ],
)
def test_an_answer_is_about_another_where_an_id_in_it_is_another(
    answer: JsonValue, bound: dict[str, JsonValue], named: str
) -> None:
    assert about_another(answer, bound) == named


@pytest.mark.parametrize(
    "text",
    [
        "{[" * 100_000,
        """'"[{'customer_id: """ * 11_000,
        """'x [""" * 50_000,
        '"\\"[' * 50_000,
        "{customer: " * 18_000,
        "customer ids customer:" * 9_000,
        "customer_id: 1" + "=" * 200_000,
        "\\" * 100_000 + '[":',
        '{"customer_id": ' + "9" * 200_000,
    ],
)
def test_a_long_answer_is_read_in_no_time(text: str) -> None:
    began = time.process_time()
    about_another({"text": text}, BOUND)
    assert time.process_time() - began < 2, "a workflow that takes longer is taken for stuck"

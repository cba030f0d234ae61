"""Inputs that a process sets for an agent's tools: neither shown to it, nor taken from it, nor left to an edit."""

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
        ({"text": "[" * 5_000 + "]" * 5_000}, BOUND, ""),
        ({"text": '[["customer_id.' * 5_000}, BOUND, ""),
    ],
)
def test_an_answer_is_about_another_where_an_id_in_it_is_another(
    answer: JsonValue, bound: dict[str, JsonValue], named: str
) -> None:
    assert about_another(answer, bound) == named

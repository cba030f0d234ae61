"""An answer says what was found, by which step, and what was not."""

import pytest
from pydantic import JsonValue

from baton.agents.composing import MOST_CHARACTERS, compose, in_words
from baton.contracts.outcome import Compose, Known

ORDER = Known(step="order", intent="Find the order", type="Order", value={"order_id": "#1", "status": "pending"})
NOTE = Known(step="note", type="Note", value={"text": "It left on Monday.", "by": "nomsa"})


def test_every_statement_names_its_step_and_what_is_wanted_comes_first() -> None:
    answer = compose(Compose(goal="Where is it?", wanted=["Note"], facts=[ORDER, NOTE]))
    assert [(each.step, each.text) for each in answer.statements] == [
        ("note", "Note: It left on Monday."),
        ("order", "Find the order: order id #1, status pending"),
    ]
    assert answer.text.splitlines() == [
        "Where is it?",
        "",
        "- Note: It left on Monday. [note]",
        "- Find the order: order id #1, status pending [order]",
    ]
    assert answer.missing == []


def test_what_the_plan_came_to_stands_before_what_it_rests_on() -> None:
    orders = Known(step="orders", type="list[Order]", value=["#1", "#2"])
    kept = Known(
        step="open", type="FilteredOrders", value={"statement": "1 of 2 orders"}, last=True, holds={"Order": []}
    )
    answer = compose(Compose(goal="Which are open?", wanted=["Order"], facts=[orders, ORDER, kept]))
    assert [each.step for each in answer.statements] == ["open", "orders", "order"]


def test_what_is_missing_is_said() -> None:
    answer = compose(Compose(goal="g", wanted=["Note"], facts=[ORDER], missing=["note: nobody could do it"]))
    assert answer.missing == ["no Note was found", "note: nobody could do it"]
    assert answer.not_had == ["Note"]
    assert answer.text.endswith("Missing:\n- no Note was found\n- note: nobody could do it")


def test_a_list_of_what_is_wanted_is_what_is_wanted() -> None:
    notes = Known(step="notes", type="list[Note]", value=[{"text": "one"}, {"text": "two"}])
    answer = compose(Compose(goal="g", wanted=["Note"], facts=[notes]))
    assert (answer.not_had, answer.statements[0].text) == ([], "list[Note]: 2: one; two")


def test_nothing_found_is_said_too() -> None:
    assert "Nothing was found." in compose(Compose(goal="g")).text


def test_empty_values_are_nothing_and_long_ones_are_cut() -> None:
    values: list[JsonValue] = [None, "", [], {}, False, 0]
    assert [in_words(each) for each in values] == ["nothing"] * 4 + ["no", "0"]
    many = Known(step="s", type="T", value=list(range(1000)))
    (statement,) = compose(Compose(goal="g", facts=[many])).statements
    assert statement.text.endswith("and 988 more")


@pytest.mark.parametrize(
    ("value", "ends"),
    [
        ("x" * 1000, "x … (663 characters more: the facts of record --json)"),
        ("12 parcels of 3 " * 90, "parcels of 3 … (1,105 characters more: the facts of record --json)"),
        ({f"amount {n}": "1 234.50 ZAR" for n in range(99)}, "amount 11 1 234.50 ZAR, and 87 more"),
        (
            [{"is": f"{'1 234.50 ZAR ' * 4}"} for n in range(12)],
            "1 234.50 ZAR … (400 characters more: the facts of record --json)",
        ),
    ],
)
def test_a_long_statement_is_cut_between_words_and_says_how_much_is_left_out(value: JsonValue, ends: str) -> None:
    (statement,) = compose(Compose(goal="g", facts=[Known(step="s", type="T", value=value)])).statements
    assert len(statement.text) <= MOST_CHARACTERS
    assert statement.text.endswith(ends)


def test_a_statement_that_is_just_short_enough_is_whole() -> None:
    fact = Known(step="s", type="T", value="x" * (MOST_CHARACTERS - 3))
    assert compose(Compose(goal="g", facts=[fact])).statements[0].text == f"T: {fact.value}"


def test_a_part_of_a_result_is_found_with_it() -> None:
    address: JsonValue = {"city": "Paarl"}
    customer = Known(step="c", type="Customer", value={"id": 1, "at": address}, holds={"Address | null": [address]})
    answer = compose(Compose(goal="g", wanted=["Address | null"], facts=[ORDER, customer]))
    assert (answer.not_had, answer.missing, answer.statements[0].step) == ([], [], "c")


def test_what_is_asked_for_leads_where_it_is_a_part_and_is_not_said_twice_where_it_is_the_whole() -> None:
    order = ORDER.model_copy(update={"holds": {"OrderStatus": ["pending"], "Order": [], "list[Item]": []}})
    orders = Known(step="o", type="list[Order]", value=[ORDER.value], holds={"OrderStatus": ["a", "b"], "Order": [1]})
    told = Known(step="t", type="Told", value={"text": "It left."}, holds={"OrderStatus": ["left"]})
    nobody = Known(step="n", type="Customer", value={"id": 1, "at": None}, holds={"Address | null": [None]})
    answer = compose(Compose(goal="g", wanted=["OrderStatus"], facts=[order, orders, told, nobody]))
    assert [each.text for each in answer.statements] == [
        "Find the order: order status pending; order id #1, status pending",
        "list[Order]: order status a, order status b; 1: order id #1, status pending",
        "Told: It left.",
        "Customer: address nothing; id 1, at nothing",
    ]

"""Each fault of a plan, by example: its kind, its place and what to do about it; and what is no fault."""

# ruff: noqa: E501 - a plan with its fault is one line

import math
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

import pytest

from baton.agents.planning.checking import validate_plan
from baton.contracts.plan import Plan, PlanFault

from .checked_cards import CARDS, from_, plan, step

READ = step("read", "read_order", {"order_id": "#W1"})
LIST = step("list", "list_orders", {"customer_id": "C1"})
WAIT = step("pause", "wait", {"seconds": 60})
NOT_NULL = {"fact": "read.customer", "op": "not_null"}

RIGHT = {
    "one step": plan(READ),
    "an input takes a part": plan(READ, step("pay", "refund", {"order_id": from_("read.order_id"), "amount": 5}, review=True)),
    "int where a number is needed": plan(LIST, step("sum", "add_up", {"orders": from_("list.orders"), "factor": 2})),
    "money as text": plan(READ, step("pay", "refund", {"order_id": "#W1", "amount": "10.50"}, review=True)),
    "each": plan(LIST, step("drafts", "write_draft", {"order": from_("each")}, for_each=from_("list.orders"))),
    "a part of each": plan(LIST, step("again", "read_order", {"order_id": from_("each.order_id")}, for_each=from_("list.orders"))),
    "for_each gives a list": plan(
        LIST,
        step("again", "read_order", {"order_id": from_("each.order_id")}, for_each=from_("list.orders")),
        step("sum", "add_up", {"orders": from_("again")}),
    ),
    "or null where null may be": plan(READ, step("draft", "write_draft", {"order": from_("read"), "customer": from_("read.customer")})),
    "what when has tested is there": plan(
        READ,
        step("list", "list_orders", {"customer_id": from_("read.customer.customer_id")}, when=[NOT_NULL]),
    ),
    "a literal of a model": plan(READ, step("draft", "write_draft", {"order": from_("read"), "customer": {"customer_id": "C1", "name": "Thandi"}})),
    "a literal with a from of its own": plan(step("ask", "ask_person", {"question": "When?", "choices": ["from", "to"]})),
    "conditions": plan(
        READ,
        WAIT | {"when": [{"fact": "read.total", "op": ">", "value": 10}, {"fact": "read.order_id", "op": "in", "value": ["#W1"]}]},
        step("list", "list_orders", {"customer_id": "C1"}, done_when=[{"fact": "orders", "op": "not_empty"}]),
    ),
    "wanted is a part of a result": plan(LIST, wanted=["Order", "list[Order]", "CustomerId", "Item"]),
    "within the budget": plan(READ, WAIT, budget={"steps": 2, "calls": 1, "cost": "0", "seconds": 60}),
}  # fmt: skip

WRONG: dict[str, tuple[Any, str, str, str]] = {
    "no object": ([], "malformed", "", "JSON object"),
    "no goal": ({"steps": [READ]}, "malformed", "goal", "is missing"),
    "no steps": (plan(), "malformed", "steps", "at least 1"),
    "a step that is none": (plan(READ, 7), "malformed", "steps/1", "must be an object"),
    "an unknown field": (plan(READ | {"capabilty": 1}), "malformed", "steps/read/capabilty", "did you mean capability?"),
    "an id with a space": (plan(READ | {"id": "a b"}), "malformed", "steps/a b/id", "find_order"),
    "an id that is each": (plan(READ | {"id": "each"}), "malformed", "steps/each/id", "for_each"),
    "an unknown op": (plan(READ | {"done_when": [{"fact": "total", "op": "~"}]}), "malformed", "steps/read/done_when/0/op", "must be '=='"),
    "a time that no clock can count": (plan(WAIT | {"timeout_s": 1e300}), "malformed", "steps/pause/timeout_s", "less than or equal to"),
    "not a finite number": (plan(READ | {"inputs": {"order_id": math.nan}}), "malformed", "steps/read/inputs/order_id", "finite"),
    "a broken reference": (plan(READ | {"inputs": {"order_id": {"from": "Read Me"}}}), "malformed", "steps/read/inputs/order_id", "looks like a reference"),
    "a reference within a literal": (
        plan(READ, step("ask", "ask_person", {"question": "?", "choices": [from_("read.note")]})), "malformed", "steps/ask/inputs/choices", "stands alone"),
    "a reference as the value of a condition": (
        plan(READ, WAIT | {"when": [{"fact": "read.total", "op": ">", "value": from_("read.total")}]}), "malformed", "steps/pause/when/0", "looks like a reference"),
    "too many steps": (plan(*(READ | {"id": f"s{n}"} for n in range(201))), "too_large", "steps", "at most 200"),
    "the same id twice": (plan(READ, READ), "duplicate_id", "steps/read/id", "steps 1 and 2"),
    "an unknown capability": (plan(READ | {"capability": "read_ordr"}), "unknown_capability", "steps/read/capability", "did you mean read_order?"),
    "an unknown step in needs": (plan(READ, WAIT | {"needs": ["raed"]}), "unknown_step", "steps/pause/needs", "did you mean read?"),
    "a path in needs": (plan(READ, WAIT | {"needs": ["read.total"]}), "unknown_step", "steps/pause/needs", "steps alone: read"),
    "an unknown step in an input": (plan(READ | {"inputs": {"order_id": from_("lsit.x")}}, LIST), "unknown_step", "steps/read/inputs/order_id", "did you mean list?"),
    "an unknown step in when": (plan(READ | {"when": [{"fact": "x.y", "op": "is_null"}]}), "unknown_step", "steps/read/when/0", "no step “x”"),
    "each without for_each": (plan(READ | {"inputs": {"order_id": from_("each.order_id")}}), "unknown_step", "steps/read/inputs/order_id", "only in a step with for_each"),
    "for_each over each": (plan(READ | {"for_each": from_("each")}), "unknown_step", "steps/read/for_each", "a step that gives a list"),
    "each in when": (
        plan(LIST, step("d", "write_draft", {"order": from_("each")}, for_each=from_("list.orders"), when=[{"fact": "each.total", "op": ">", "value": 1}])),
        "unknown_step", "steps/d/when/0", "as a whole"),
    "an unknown field of a result": (plan(READ, LIST | {"inputs": {"customer_id": from_("read.custmer")}}), "unknown_path", "steps/list/inputs/customer_id", "did you mean customer?"),
    "a field of a list": (plan(LIST, step("d", "write_draft", {"order": from_("list.orders.first")})), "unknown_path", "steps/d/inputs/order", "each.first"),
    "an unknown field in when": (plan(READ, WAIT | {"when": [{"fact": "read.totl", "op": "is_null"}]}), "unknown_path", "steps/pause/when/0", "did you mean total?"),
    "an unknown field in done_when": (plan(READ | {"done_when": [{"fact": "totl", "op": "not_null"}]}), "unknown_path", "steps/read/done_when/0", "did you mean total?"),
    "the own name in done_when": (plan(READ | {"done_when": [{"fact": "read.total", "op": "not_null"}]}), "unknown_path", "steps/read/done_when/0", "own name out: total"),
    "an input from a later step": (
        plan(step("first", "write_draft", {"order": from_("second")}), READ | {"id": "second", "needs": ["middle"]}, WAIT | {"id": "middle", "needs": ["first"]}),
        "not_an_ancestor", "steps/first/inputs/order", "second waits for middle, middle for first"),
    "a loop": (plan(READ | {"needs": ["pause"]}, WAIT | {"needs": ["read"]}), "cycle", "steps/read/needs", "read waits for pause, pause for read"),
    "a loop of references": (
        plan(step("a", "write_draft", {"order": from_("b")}), READ | {"id": "b", "when": [{"fact": "a.text", "op": "not_empty"}]}), "cycle", "steps/a/inputs/order", "steps/b/when/0"),
    "waiting for itself": (plan(WAIT | {"needs": ["pause"]}), "cycle", "steps/pause/needs", "waits for itself"),
    "taking from itself": (plan(READ | {"inputs": {"order_id": from_("read.order_id")}}), "cycle", "steps/read/inputs/order_id", "takes from itself"),
    "a missing input": (plan(READ, step("d", "write_draft", {})), "missing_input", "steps/d/inputs/order", "take it from read"),
    "a missing input that a capability would give": (plan(LIST | {"inputs": {}}), "missing_input", "steps/list/inputs/customer_id", "read_order would"),
    "a wait without an end": (plan(WAIT | {"inputs": {}}), "missing_input", "steps/pause/inputs", "seconds, or until"),
    "a wait with two ends": (plan(WAIT | {"inputs": {"seconds": 1, "until": "2026-11-24T10:00:00Z"}}), "unknown_input", "steps/pause/inputs", "either"),
    "an unknown input": (plan(READ | {"inputs": {"order_id": "#W1", "order": 1}}), "unknown_input", "steps/read/inputs/order", "did you mean order_id?"),
    "another type": (plan(LIST, READ | {"inputs": {"order_id": from_("list")}}), "wrong_type", "steps/read/inputs/order_id", "list is Orders, and order_id needs OrderNumber"),
    "text where a name is needed": (plan(READ, LIST | {"inputs": {"customer_id": from_("read.order_id")}}), "wrong_type", "steps/list/inputs/customer_id", "needs CustomerId"),
    "or null where null may not be": (
        plan(READ, step("s", "send_mail", {"draft": from_("d"), "to": from_("read.customer")}, review=True), step("d", "write_draft", {"order": from_("read")})),
        "wrong_type", "steps/s/inputs/to", '"fact": "read.customer", "op": "not_null"'),
    "past a null": (plan(READ, LIST | {"inputs": {"customer_id": from_("read.customer.customer_id")}}), "wrong_type", "steps/list/inputs/customer_id", "CustomerId | null"),
    "a list where one is needed": (plan(LIST, step("d", "write_draft", {"order": from_("list.orders")})), "wrong_type", "steps/d/inputs/order", '"for_each": {"from": "list.orders"}'),
    "one where a list is needed": (plan(READ, step("sum", "add_up", {"orders": from_("read")})), "wrong_type", "steps/sum/inputs/orders", "a list is needed"),
    "a fraction where a whole number is needed": (
        plan(READ, LIST | {"inputs": {"customer_id": "C1", "limit": from_("read.total")}}), "wrong_type", "steps/list/inputs/limit", "a whole one"),
    "a number for text": (plan(READ | {"inputs": {"order_id": 1}}), "wrong_type", "steps/read/inputs/order_id", "must be text"),
    "true for a whole number": (plan(LIST | {"inputs": {"customer_id": "C1", "limit": True}}), "wrong_type", "steps/list/inputs/limit", "whole number"),
    "no date": (plan(LIST | {"inputs": {"customer_id": "C1", "since": "24.11."}}), "wrong_type", "steps/list/inputs/since", "2026-11-24"),
    "a time without its offset": (plan(WAIT | {"inputs": {"until": "2026-11-24T10:00:00"}}), "wrong_type", "steps/pause/inputs/until", "offset"),
    "a wait that is no time": (plan(WAIT | {"inputs": {"seconds": -1}}), "wrong_type", "steps/pause/inputs/seconds", "between 0"),
    "a model's literal with a field of another": (
        plan(READ, step("d", "write_draft", {"order": from_("read"), "customer": {"nam": "T"}})), "wrong_type", "steps/d/inputs/customer", "no field nam"),
    "a number in a list of texts": (plan(step("ask", "ask_person", {"question": "?", "choices": ["a", 1]})), "wrong_type", "steps/ask/inputs/choices", "number 2 of the list"),
    "a comparison of what is not ordered": (plan(READ, WAIT | {"when": [{"fact": "read.items", "op": ">", "value": 1}]}), "wrong_type", "steps/pause/when/0", "compares no such thing"),
    "a comparison with another kind": (plan(READ, WAIT | {"when": [{"fact": "read.total", "op": ">", "value": "ten"}]}), "wrong_type", "steps/pause/when/0", "must be a number"),
    "for_each over no list": (plan(READ, step("d", "write_draft", {"order": from_("read")}, for_each=from_("read.total"))), "not_a_list", "steps/d/for_each", "needs a list"),
    "for_each over a list or null": (
        plan(LIST, step("d", "write_draft", {"order": from_("each")}, for_each=from_("list.maybe"))), "not_a_list", "steps/d/for_each", "not_null"),
    "a write that nobody approves": (plan(step("pay", "refund", {"order_id": "#W1", "amount": 5})), "ungated_write", "steps/pay/review", "cannot be taken back"),
    "a review of another step": (plan(READ | {"review": True}, step("pay", "refund", {"order_id": from_("read.order_id"), "amount": 5})), "ungated_write", "steps/pay/review", '"review": true'),
    "a wanted fact that nobody gives": (plan(READ, wanted=["Order", "Refund"]), "not_produced", "wanted/1", "add_up, refund would give it"),
    "a wanted fact that is unknown": (plan(READ, wanted=["Ordr"]), "not_produced", "wanted/0", "did you mean Order?"),
    "too many steps for the budget": (plan(READ, WAIT, budget={"steps": 1}), "over_budget", "budget/steps", "it takes 2 at least, and 1 are granted"),
    "too many calls": (plan(READ, LIST, budget={"calls": 1}), "over_budget", "budget/calls", "takes 2"),
    "too dear": (plan(READ, step("d", "write_draft", {"order": from_("read")}), budget={"cost": "0.04"}), "over_budget", "budget/cost", "takes 0.05"),
    "waits longer than allowed": (plan(WAIT, WAIT | {"id": "more", "needs": ["pause"]}, budget={"seconds": 119}), "over_budget", "budget/seconds", "takes 120"),
}  # fmt: skip


@pytest.mark.parametrize("written", RIGHT.values(), ids=RIGHT)
def test_a_plan_that_fits_has_no_faults(written: dict[str, Any]) -> None:
    assert validate_plan(written, CARDS) == []
    assert validate_plan(Plan.model_validate(written), CARDS) == []


@pytest.mark.parametrize(("written", "kind", "place", "words"), WRONG.values(), ids=WRONG)
def test_a_fault_is_told_with_its_kind_and_place_and_nothing_else_is(
    written: Any, kind: str, place: str, words: str
) -> None:
    (found,) = validate_plan(written, CARDS)
    assert (found.kind, found.place) == (kind, place)
    assert words in f"{found.message} {found.hint}"
    assert found.hint


def test_what_was_not_granted_is_refused() -> None:
    (found,) = validate_plan(plan(READ), CARDS, granted=["wait"])
    assert (found.kind, found.place) == ("not_granted", "steps/read/capability")


def test_what_is_waited_for_until_a_date_counts_against_the_budget_from_now_on() -> None:
    tomorrow = step("pause", "wait", {"until": "2026-03-02T09:00:00+02:00"})
    then = step("more", "wait", {"seconds": 60}) | {"needs": ["pause"]}
    written = plan(tomorrow, then, budget={"seconds": 3_600})
    now = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
    (found,) = validate_plan(written, CARDS, now=now)
    assert (found.kind, found.place) == ("over_budget", "budget/seconds")
    assert "takes 7260 at least" in found.message
    assert validate_plan(written, CARDS, now=now + timedelta(hours=1, minutes=2)) == []
    assert validate_plan(written, CARDS, now=now + timedelta(days=9)) == []


def test_a_longer_plan_may_be_allowed() -> None:
    long = plan(*(READ | {"id": f"s{n}"} for n in range(201)))
    assert validate_plan(long, CARDS, most_steps=201) == []


def test_all_faults_are_told_at_once_in_the_order_of_the_steps() -> None:
    broken = plan(
        READ | {"inputs": {"order_id": from_("nowhere")}},
        {"id": "odd", "capability": 7},
        step("pay", "refund", {"order_id": from_("odd.order_id"), "amount": []}),
        LIST | {"capability": "lst_orders"},
        budget={"steps": 1},
    )
    found = [(each.kind, each.place) for each in validate_plan(broken, CARDS)]
    assert found == [
        ("malformed", "steps/odd/capability"),
        ("over_budget", "budget/steps"),
        ("unknown_step", "steps/read/inputs/order_id"),
        ("wrong_type", "steps/pay/inputs/amount"),
        ("ungated_write", "steps/pay/review"),
        ("unknown_capability", "steps/list/capability"),
    ]


def test_what_people_write_is_shown_on_one_line_and_cut() -> None:
    name = "\x1b[31m\n" + "x" * 5_000
    for each in validate_plan(plan(READ | {"capability": "x\n\x1b", "inputs": {name: 1}, "needs": [name]}), CARDS):
        _is_showable(each)


def _is_showable(found: PlanFault) -> None:
    for text in (found.place, found.message, found.hint):
        assert text.isprintable()
        assert len(text) < 1_000


@pytest.mark.parametrize("closing", [[], ["s0"]], ids=["right", "in a loop"])
def test_two_hundred_steps_are_checked_without_walking_every_path(closing: list[str]) -> None:
    steps = [WAIT | {"id": f"s{n}", "needs": [f"s{k}" for k in range(max(0, n - 5), n)]} for n in range(200)]
    if closing:
        steps[0] = steps[0] | {"needs": ["s199"]}
    began = process_time()
    found = validate_plan(plan(*steps), CARDS)
    assert [each.kind for each in found] == (["cycle"] if closing else [])
    assert process_time() - began < 10  # it takes milliseconds; every path would take longer than the universe has

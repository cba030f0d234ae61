"""Which steps may start, and what a plan says of results: rules that need no server."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from baton.contracts.plan import Condition, Op, Plan, PlanStep
from workflows.goal_parts.references import holds, within
from workflows.scheduling import Schedule, predecessors

from .driver import add, plan, ref


def test_a_step_waits_for_all_that_it_takes_needs_and_asks_about() -> None:
    step = PlanStep.model_validate(
        {
            "id": "last",
            "capability": "add",
            "inputs": {"value": ref("a.value"), "other": ref("each.x"), "literal": 1},
            "needs": ["b"],
            "for_each": ref("c.list"),
            "when": [{"fact": "d.value", "op": "not_null"}, {"fact": "a.value", "op": "not_null"}],
        }
    )
    assert predecessors(step) == ["a", "c", "b", "d"]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan without cycles, its steps in any order."""
    count = draw(st.integers(min_value=1, max_value=12))
    steps = [
        add(f"s{number}", number, needs=[f"s{before}" for before in range(number) if draw(st.booleans())])
        for number in range(count)
    ]
    return plan(*draw(st.permutations(steps)))


@settings(deadline=None)
@given(plans(), st.randoms(use_true_random=False))
def test_every_step_is_ready_once_and_exactly_when_the_last_before_it_is_settled(
    planned: Plan, chance: random.Random
) -> None:
    schedule = Schedule(planned.steps)
    settled: set[str] = set()
    ready = {step.id for step in schedule.at_first()}
    assert ready == {step.id for step in planned.steps if not step.needs}
    while ready:
        step_id = chance.choice(sorted(ready))
        ready.remove(step_id)
        settled.add(step_id)
        came = {step.id for step in schedule.settle(step_id)}
        expected = {
            step.id for step in planned.steps if step_id in step.needs and settled.issuperset(schedule.before[step.id])
        }
        assert came == expected
        ready |= came
    assert settled == {step.id for step in planned.steps}


def test_ancestors_are_all_that_come_before() -> None:
    schedule = Schedule(plan(add("a", 1), add("b", ref("a.value")), add("c", ref("b.value")), add("d", 1)).steps)
    assert schedule.ancestors("c") == ["a", "b"]


@pytest.mark.parametrize(
    ("found", "op", "value", "expected"),
    [
        ("12.50", ">", 10, True),
        ("9.50", ">", "10", False),
        ("10.00", "==", 10, True),
        ("10.00", "==", "10.0", True),
        ("007", "==", "7", False),
        ("007", "==", 7, False),
        ("+27821234567", "==", "27821234567", False),
        ("1e3", "==", "1000", False),
        ("-0.50", "<", 0, True),
        (True, "==", 1, False),
        ("pending", "==", "pending", True),
        ("pending", "<", 3, False),
        (None, ">", 3, False),
        (None, "!=", 3, True),
        ("2026-01-05T10:00:00+02:00", "<", "2026-01-05T09:00:00+00:00", True),
        ("2026-01-05", ">=", "2026-01-05", True),
        (3, "in", [1, "3.0"], True),
        (3, "in", 3, False),
        ([{"a": 1}], "contains", {"a": 1}, True),
        ("a parcel", "contains", "parcel", True),
        (None, "is_null", None, True),
        (0, "not_null", None, True),
        ([], "empty", None, True),
        (0, "empty", None, False),
        ({"a": None}, "not_empty", None, True),
    ],
)
def test_a_condition_holds_of_what_it_speaks_of(found: JsonValue, op: Op, value: JsonValue, expected: bool) -> None:
    assert holds(Condition(fact="a.b", op=op, value=value), found) is expected


def test_a_path_leads_to_a_part_or_to_nothing() -> None:
    value: JsonValue = {"address": {"city": "Knysna"}, "none": None}
    assert within(value, ["address", "city"]) == "Knysna"
    assert within(value, ["none", "city"]) is None
    assert within(value, ["other"]) is None
    assert within(value, []) == value

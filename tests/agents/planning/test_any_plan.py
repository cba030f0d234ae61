"""Plans as nobody thought of them: valid ones pass, corruptions are refused, and no JSON makes the check raise."""

# ruff: noqa: E501 - a strategy cut in pieces is harder to read

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from baton.agents.planning.checking import validate_plan
from baton.contracts.plan import Plan
from baton.contracts.types import at_path

from .checked_cards import CARDS, PARTS, from_, plan, step

LITERALS: dict[str, Any] = {"OrderNumber": "#W1", "CustomerId": "C1", "number": 1.5, "int": 3, "str": "x"}
PATHS: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "Order": [("Order", ())],
    "list[Order]": [("Orders", ("orders",))],
    "OrderNumber": [("Order", ("order_id",))],
    "number": [("Order", ("total",)), ("Refund", ("amount",))],
    "datetime": [("Order", ("placed_at",)), ("Waited", ("until",))],
    "Draft": [("Draft", ())],
}


@st.composite
def valid_plans(draw: st.DrawFn) -> dict[str, Any]:
    """Steps that take what they need from any step before, or as a literal; shuffled, for the order says nothing."""
    steps: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 12))):
        id_ = f"s{number}"
        capability = draw(st.sampled_from(["read_order", "list_orders", "write_draft", "add_up", "wait", "refund"]))
        inputs = draw(_inputs(capability, steps))
        if inputs is None:
            capability, inputs = "wait", {"seconds": draw(st.integers(0, 100))}
        more: dict[str, Any] = {}
        needs = draw(st.lists(st.sampled_from([each["id"] for each in steps]), max_size=3)) if steps else []
        if needs:
            more["needs"] = needs
        if draw(st.booleans()) or capability == "refund":
            more["review"] = True
        steps.append(step(id_, capability, inputs, **more))
    return plan(*draw(st.permutations(steps)))


@st.composite
def _inputs(draw: st.DrawFn, capability: str, steps: list[dict[str, Any]]) -> dict[str, Any] | None:
    if capability == "wait":
        until = _sources("datetime", steps)
        return {"until": from_(draw(st.sampled_from(until)))} if draw(st.booleans()) and until else {"seconds": 1}
    inputs: dict[str, Any] = {}
    for name, need in CARDS[capability].inputs.items():
        if not need.required:
            continue
        sources = _sources(need.type, steps)
        if sources and (need.type not in LITERALS or draw(st.booleans())):
            inputs[name] = from_(draw(st.sampled_from(sources)))
        elif need.type in LITERALS:
            inputs[name] = LITERALS[need.type]
        else:
            return None
    return inputs


def _sources(type_: str, steps: list[dict[str, Any]]) -> list[str]:
    return [
        ".".join([each["id"], *path])
        for each in steps
        for gives, path in PATHS.get(type_, [])
        if CARDS[each["capability"]].gives == gives
    ]


@given(valid_plans())
def test_a_valid_plan_is_always_accepted(written: dict[str, Any]) -> None:
    assert validate_plan(written, CARDS) == []
    Plan.model_validate(written)


CORRUPTIONS = {
    "duplicate_id": lambda steps, at: steps.append(deepcopy(steps[at])),
    "unknown_capability": lambda steps, at: steps[at].update(capability="nobody can"),
    "unknown_step": lambda steps, at: steps[at].update(needs=["nowhere"]),
    "cycle": lambda steps, at: steps[at].update(needs=[steps[at]["id"]]),
    "unknown_input": lambda steps, at: steps[at]["inputs"].update(not_there=1),
    "missing_input": lambda steps, at: steps[at]["inputs"].clear(),
    "malformed": lambda steps, at: steps[at].update(needs=7),
    "wrong_type": lambda steps, at: steps[at].update(
        inputs={name: {"no": ["such thing"]} for name in steps[at]["inputs"]}
    ),
    "ungated_write": lambda steps, at: steps[at].update(
        capability="refund", inputs={"order_id": "#W1", "amount": 1}, review=False
    ),
}


@given(valid_plans(), st.sampled_from(sorted(CORRUPTIONS)), st.integers(0, 11))
def test_a_plan_that_was_corrupted_is_always_refused(written: dict[str, Any], kind: str, at: int) -> None:
    step_at = at % len(written["steps"])
    CORRUPTIONS[kind](written["steps"], step_at)
    place = f"steps/{written['steps'][step_at]['id']}/"
    assert any(each.kind == kind and each.place.startswith(place) for each in validate_plan(written, CARDS))


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["wait", "each", "s1", "s1.until"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.text() | st.sampled_from(["goal", "steps", "id", "from", "inputs", "needs", "wanted", "budget", "when", "fact", "op"]),
        inner,
        max_size=6,
    ),
    max_leaves=25,
)  # fmt: skip


def _a_step_of_anything() -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from(["s1", "s2", "each", "s1.until", "s2.order_id"])
    return st.fixed_dictionaries(
        {"id": names | ANY_JSON, "capability": st.sampled_from(sorted(CARDS)) | ANY_JSON},
        optional={
            "inputs": st.dictionaries(
                st.sampled_from(["seconds", "until", "order_id", "orders", "draft"]) | st.text(),
                st.builds(from_, names) | ANY_JSON,
                max_size=4,
            )
            | ANY_JSON,
            "needs": st.lists(names, max_size=3) | ANY_JSON,
            "for_each": st.builds(from_, names) | ANY_JSON,
            "when": st.lists(
                st.fixed_dictionaries(
                    {"fact": names, "op": st.sampled_from(["==", ">", "in", "contains", "not_null"])}
                ),
                max_size=2,
            )
            | ANY_JSON,
            "review": ANY_JSON,
        },
    )


@given(ANY_JSON | st.builds(plan, _a_step_of_anything(), _a_step_of_anything(), budget=ANY_JSON, wanted=ANY_JSON))
def test_no_json_makes_the_check_raise(written: JsonValue) -> None:
    for each in validate_plan(written, CARDS):
        assert each.hint
        assert (each.place + each.message + each.hint).isprintable()


def test_what_lies_too_deep_and_what_travels_as_no_json_is_refused() -> None:
    deep: Any = []
    for _ in range(20_000):
        deep = [deep]
    for odd in (deep, 10**5_000, "\ud800", {"\ud800": 1}, {1: 2}, object(), float("inf")):
        found = validate_plan(plan(step("a", "wait", {"seconds": odd})), CARDS)
        assert [each.kind for each in found] == ["malformed"]


def test_the_paths_of_these_plans_are_those_of_the_cards() -> None:
    parts = {**PARTS, "Waited": {"until": "datetime"}}
    assert all(at_path(gives, path, parts) == type_ for type_, ways in PATHS.items() for gives, path in ways)

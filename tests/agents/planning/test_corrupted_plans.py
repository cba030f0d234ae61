"""Everyday plans pass; broken in one place each is refused with the right fault, at that place."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from baton.agents.planning.checking import validate_plan

from .asynchow import ASYNCHOW, Edge, edges_of, plan_of, rows, step_of
from .checked_cards import CARDS, from_, step

pytestmark = pytest.mark.skipif(not ASYNCHOW.is_file(), reason=f"the plans are not at {ASYNCHOW}: none is corrupted")


def _cycle(written: dict[str, Any], edge: Edge) -> tuple[str, str]:
    step_of(written, edge[0])["needs"].append(edge[1])
    return "cycle", f"steps/{edge[0]}/needs"


def _self_loop(written: dict[str, Any], edge: Edge) -> tuple[str, str]:
    step_of(written, edge[0])["needs"].append(edge[0])
    return "cycle", f"steps/{edge[0]}/needs"


def _edge_to_nowhere(written: dict[str, Any], edge: Edge) -> tuple[str, str]:
    step_of(written, edge[1])["needs"].append("s99")
    return "unknown_step", f"steps/{edge[1]}/needs"


def _duplicate_id(written: dict[str, Any], edge: Edge) -> tuple[str, str]:
    written["steps"].append(step(edge[0], "wait", {"seconds": 1}))
    return "duplicate_id", f"steps/{edge[0]}/id"


def _unknown_capability(written: dict[str, Any], edge: Edge) -> tuple[str, str]:
    step_of(written, edge[1])["capability"] = "wiat"
    return "unknown_capability", f"steps/{edge[1]}/capability"


def _missing_input(written: dict[str, Any], edge: Edge) -> tuple[str, str]:
    step_of(written, edge[1])["inputs"] = {}
    return "missing_input", f"steps/{edge[1]}/inputs"


def _from_a_later_step(written: dict[str, Any], edge: Edge) -> tuple[str, str]:
    step_of(written, edge[0])["inputs"] = {"until": from_(f"{edge[1]}.until")}
    return "not_an_ancestor", f"steps/{edge[0]}/inputs/until"


def _wrong_type(written: dict[str, Any], edge: Edge) -> tuple[str, str]:
    step_of(written, edge[1])["inputs"] = {"seconds": from_(f"{edge[0]}.until")}
    return "wrong_type", f"steps/{edge[1]}/inputs/seconds"


def _ungated_write(written: dict[str, Any], edge: Edge) -> tuple[str, str]:
    step_of(written, edge[1]).update(capability="refund", inputs={"order_id": "#W1", "amount": 1})
    return "ungated_write", f"steps/{edge[1]}/review"


CORRUPTIONS: list[Callable[[dict[str, Any], Edge], tuple[str, str]]] = [
    _cycle,
    _self_loop,
    _edge_to_nowhere,
    _duplicate_id,
    _unknown_capability,
    _missing_input,
    _from_a_later_step,
    _wrong_type,
    _ungated_write,
]


def test_every_plan_of_the_set_may_run() -> None:
    assert len(rows()) > 300
    assert [row["id"] for row in rows() if validate_plan(plan_of(row), CARDS)] == []


@pytest.mark.parametrize("corrupt", CORRUPTIONS, ids=[each.__name__.strip("_") for each in CORRUPTIONS])
def test_a_plan_that_was_broken_in_one_place_is_refused_there(
    corrupt: Callable[[dict[str, Any], Edge], tuple[str, str]],
) -> None:
    broken = 0
    for row in rows():
        right = plan_of(row)
        for edge in edges_of(row):
            written = deepcopy(right)
            kind, place = corrupt(written, edge)
            (found,) = validate_plan(written, CARDS)
            assert found.kind == kind, row["id"]
            # a loop is told once, where it is first seen; all of its links are named, so also the one that was added
            told = f"{found.place} {found.hint}" if kind == "cycle" else found.place
            assert place in told.replace(",", "").split(), row["id"]
            broken += 1
    assert broken > 1_000

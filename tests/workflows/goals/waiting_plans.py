"""Real plans of how long things take, as plans of `wait` steps: ../shared/data/plans/asynchow.jsonl."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from baton.contracts.plan import Plan

FILE = Path(__file__).parents[4] / "shared/data/plans/asynchow.jsonl"

Durations = Literal["low", "high"]


@dataclass(frozen=True)
class WaitingPlan:
    """A plan, how long it takes at best, and what must come before what."""

    name: str
    plan: Plan
    optimal_s: float
    edges: list[tuple[str, str]]


def waiting_plans() -> list[dict[str, Any]]:
    """The lines of the file. Skips where it is not there."""
    if not FILE.is_file():
        pytest.skip(f"{FILE} is not here")
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def as_plan(line: dict[str, Any], durations: Durations) -> WaitingPlan:
    """One of them, with its low or its high durations."""
    which = 0 if durations == "low" else 1
    edges = [(f"s{before}", f"s{after}") for before, after in line["edges"]]
    steps = [
        {
            "id": f"s{number}",
            "intent": f"{number}. {words}",
            "capability": "wait",
            "inputs": {"seconds": line["duration_s"][number][which]},
            "needs": [before for before, after in edges if after == f"s{number}"],
        }
        for number, words in line["steps"].items()
    ]
    plan = Plan.model_validate({"goal": line["title"], "steps": steps})
    return WaitingPlan(line["id"], plan, line["optimal_s"][which], edges)


def sample(*, whole: bool) -> list[dict[str, Any]]:
    """All plans; or a few, with some that cannot be had level by level."""
    every = waiting_plans()
    if whole:
        return every
    uneven = [line for line in every if _level_by_level(line) > line["optimal_s"][0]]
    return [*uneven[:8], *every[::75]]


def _level_by_level(line: dict[str, Any]) -> float:
    """How long it takes when each level waits for all of the one before."""
    total, done = 0.0, set[str]()
    while len(done) < len(line["steps"]):
        level = {
            step
            for step in line["steps"]
            if step not in done and all(before in done for before, after in line["edges"] if after == step)
        }
        total += max(line["duration_s"][step][0] for step in level)
        done |= level
    return total

"""Everyday plans with their durations, as plans of `wait` steps; the set is not part of this project."""

# ruff: noqa: E501 - a step is one line

import json
from functools import cache
from pathlib import Path
from typing import Any

from .checked_cards import plan, step

ASYNCHOW = Path(__file__).resolve().parents[4] / "shared" / "data" / "plans" / "asynchow.jsonl"
Edge = tuple[str, str]


@cache
def rows() -> list[dict[str, Any]]:
    """The set."""
    return [json.loads(line) for line in ASYNCHOW.read_text(encoding="utf-8").splitlines() if line.strip()]


def edges_of(row: dict[str, Any]) -> list[Edge]:
    """Which step comes before which, by their ids in the plan."""
    return [(f"s{before}", f"s{after}") for before, after in row["edges"]]


def plan_of(row: dict[str, Any]) -> dict[str, Any]:
    """Each step waits as long as it takes at least."""
    needs: dict[str, list[str]] = {}
    for before, after in edges_of(row):
        needs.setdefault(after, []).append(before)
    steps = [
        step(f"s{number}", "wait", {"seconds": row["duration_s"][number][0]}, intent=words, needs=needs.get(f"s{number}", []))
        for number, words in row["steps"].items()
    ]  # fmt: skip
    return plan(*steps) | {"goal": row["title"]}


def step_of(written: dict[str, Any], id_: str) -> dict[str, Any]:
    """One step of a written plan."""
    found: dict[str, Any] = next(each for each in written["steps"] if each["id"] == id_)
    return found

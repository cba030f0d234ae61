"""`python -m bench.plans`: what a step of a plan costs against a gather and a loop by hand."""

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle

from activities.cards import goal_cards
from baton.contracts import names
from baton.contracts.goal import GoalOptions, GoalStart, carried_cards
from baton.contracts.outcome import GoalResult
from baton.contracts.wire import Wire
from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import EmbeddedServer
from baton.temporal.leaving import run_and_leave
from baton.temporal.worker_options import START_TASK_TIMEOUT
from bench.instruments import figures, report
from bench.instruments.histories import left_by
from bench.instruments.processes import part
from bench.measured.plan_by_hand import AddByHand
from bench.measured.plan_steps import card, planned
from workflows.goal import GoalWorkflow

SHAPES = {"side by side": True, "one after the other": False}
AIM = 1.2


class Side(Wire):
    """One side's turns: milliseconds a step, and what a step leaves in the history."""

    step_ms: list[float]
    step_events: float
    step_bytes: float


class Shape(Wire):
    """A gather, or a loop, by hand and as a plan."""

    name: str
    steps: int
    by_hand: Side
    plan: Side
    ratio: figures.Ratio


class PlanFigures(Wire):
    """All figures of this bench."""

    machine: figures.Machine
    shapes: list[Shape]


async def measure(steps: int, turns: int) -> PlanFigures:
    """Both sides in turn, so that a busy moment slows both."""
    machine = figures.machine()
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as state:
        async with (
            EmbeddedServer(Path(state)) as server,
            part("bench.measured.plan_worker", server.host_port, state),
        ):
            client = await connect_embedded(server)
            for side_by_side in SHAPES.values():  # warm-up
                await _by_hand(client, 10, side_by_side=side_by_side)
                await _as_plan(client, 10, side_by_side=side_by_side)
            shapes = [await _shape(client, name, steps, turns) for name in SHAPES]
    return PlanFigures(machine=machine, shapes=shapes)


async def _shape(client: Client, name: str, steps: int, turns: int) -> Shape:
    by_hand: list[float] = []
    plan: list[float] = []
    for _ in range(turns):
        hand_ms, hand = await _by_hand(client, steps, side_by_side=SHAPES[name])
        plan_ms, goal = await _as_plan(client, steps, side_by_side=SHAPES[name])
        by_hand.append(hand_ms / steps)
        plan.append(plan_ms / steps)
    return Shape(
        name=name,
        steps=steps,
        by_hand=await _side(by_hand, hand, steps),
        plan=await _side(plan, goal, steps),
        ratio=figures.ratio(plan, by_hand, AIM),
    )


async def _side(step_ms: list[float], last: "WorkflowHandle[Any, Any]", steps: int) -> Side:
    left = await left_by(last)
    return Side(
        step_ms=[round(each, 2) for each in step_ms],
        step_events=round(left.events / steps, 1),
        step_bytes=round(left.history_bytes / steps),
    )


async def _by_hand(client: Client, steps: int, *, side_by_side: bool) -> "tuple[float, WorkflowHandle[Any, Any]]":
    begun = time.perf_counter()
    handle = await client.start_workflow(
        AddByHand.run, args=[steps, side_by_side], id=f"by-hand/{uuid4().hex}", task_queue="by_hand"
    )
    last = await handle.result()
    took = (time.perf_counter() - begun) * 1e3
    if last != steps:
        raise RuntimeError(f"{steps} steps by hand gave {last}")
    return took, handle


async def _as_plan(client: Client, steps: int, *, side_by_side: bool) -> "tuple[float, WorkflowHandle[Any, Any]]":
    plan = planned(steps, side_by_side=side_by_side)
    always = goal_cards()
    start = GoalStart(
        goal_id=f"{names.GOAL_IDS}{uuid4().hex[:12]}",
        plan=plan,
        received_at=datetime.now(UTC),
        options=GoalOptions(most_steps=steps),
        cards=carried_cards(plan, [card(), *always], [each.name for each in always]),
    )
    begun = time.perf_counter()
    handle = await client.start_workflow(
        GoalWorkflow.run,
        start,
        id=names.workflow_id(start.goal_id),
        task_queue="plans",
        task_timeout=START_TASK_TIMEOUT,
    )
    result: GoalResult = await handle.result()
    took = (time.perf_counter() - begun) * 1e3
    if result.outcome != "reached":
        raise RuntimeError(f"the plan ended as {result.outcome}: {result.summary}")
    return took, handle


def show(found: PlanFigures) -> None:
    """The table, and how it stands against the aim."""
    columns = ["by hand, ms", "plan, ms", "ratio", "events by hand", "plan", "bytes by hand", "plan"]
    rows = [
        (
            f"{each.steps} {each.name}",
            [
                f"{figures.middle(each.by_hand.step_ms):.2f}",
                f"{figures.middle(each.plan.step_ms):.2f}",
                f"{each.ratio.median:.2f} ({each.ratio.lowest:.2f} to {each.ratio.highest:.2f})",
                f"{each.by_hand.step_events:.1f}",
                f"{each.plan.step_events:.1f}",
                f"{each.by_hand.step_bytes:,.0f}",
                f"{each.plan.step_bytes:,.0f}",
            ],
        )
        for each in found.shapes
    ]
    report.table(f"A step, as a plan and by hand (aim: a ratio of {AIM})", columns, rows)


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.plans", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    asked = parser.parse_args()
    found = asyncio.run(measure(asked.steps, asked.turns))
    report.about(found.machine)
    show(found)
    report.write(asked.json, found)


if __name__ == "__main__":
    run_and_leave(main)

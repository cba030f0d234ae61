"""Every step starts as soon as its own predecessors are done: real plans take as long as they must, and no longer."""

import pytest
from temporalio.testing import WorkflowEnvironment

from .driver import goal
from .histories import first_task_after, length, stretches
from .waiting_plans import Durations, WaitingPlan, as_plan, sample


@pytest.mark.parametrize("durations", ["low", "high"])
async def test_a_plan_takes_as_long_as_its_longest_chain(
    skipping: WorkflowEnvironment, durations: Durations, request: pytest.FixtureRequest
) -> None:
    whole = request.config.getoption("--long")
    late = {}
    for line in sample(whole=whole):
        planned = as_plan(line, durations)
        took = await _carried_out(skipping, planned)
        if abs(took - planned.optimal_s) > 1:
            late[planned.name] = (took, planned.optimal_s)
    assert late == {}


async def _carried_out(skipping: WorkflowEnvironment, planned: WaitingPlan) -> float:
    """How long its steps took together; each began in the task that saw its last predecessor end."""
    async with goal(skipping.client, planned.plan) as run:
        result = await run.result()
        history = await run.handle.fetch_history()
    assert result.outcome == "reached"
    timers = [each for each in await stretches(history, skipping.client.data_converter) if each.words[0].isdigit()]
    by_step = {f"s{each.words.partition('.')[0]}": each for each in timers}
    for step, timer in by_step.items():
        closings = [by_step[before].closed for before, after in planned.edges if after == step and before in by_step]
        if closings:
            assert timer.commanded_by == first_task_after(history, max(closings)), (planned.name, step)
    return length(timers).total_seconds() if timers else 0.0

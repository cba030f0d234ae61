"""Wide and long plans: right results, and every step costs the same."""

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory

from baton.contracts.goal import GoalOptions
from baton.contracts.plan import Plan

from .driver import Goal, add, goal, plan, ref
from .tools import Number

MANY = 500
OPTIONS = GoalOptions(most_steps=MANY)


async def test_five_hundred_steps_side_by_side_give_the_right_results(client: Client) -> None:
    planned = plan(*(add(f"s{number}", number) for number in range(MANY)), at_once=MANY)
    async with goal(client, planned, options=OPTIONS) as run:
        result = await run.result()
    assert result.outcome == "reached"
    assert _values(run) == {f"s{number}": number + 1 for number in range(MANY)}
    assert len(run.tools.asked("add")) == MANY


@pytest.mark.long
async def test_five_hundred_steps_one_after_the_other_give_the_right_results(client: Client) -> None:
    async with goal(client, _chain(MANY), options=OPTIONS) as run:
        result = await run.result()
        history = await run.handle.fetch_history()
    assert result.outcome == "reached"
    assert _values(run) == {f"s{number}": number + 1 for number in range(MANY)}
    first, last = _size(history, 50, 100), _size(history, 400, 450)
    assert first[0] == last[0], "every step has as many events as any other"
    assert last[1] < first[1] * 1.1, "and as many bytes"


def _chain(length: int) -> Plan:
    """Each adds one to what the one before it gave."""
    return plan(add("s0", 0), *(add(f"s{number}", ref(f"s{number - 1}.value")) for number in range(1, length)))


def _values(run: Goal) -> dict[str, int]:
    """What each step gave, as the archive has it."""
    (record,) = run.tools.archived
    return {fact.name: Number.model_validate(fact.value).value for fact in record.facts if fact.type == "Number"}


def _size(history: WorkflowHistory, from_: int, until: int) -> tuple[int, int]:
    """Events and bytes between the starts of two of the steps."""
    starts = [
        place
        for place, event in enumerate(history.events)
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
        and event.activity_task_scheduled_event_attributes.activity_type.name == "add"
    ]
    events = history.events[starts[from_] : starts[until]]
    return len(events), sum(event.ByteSize() for event in events)

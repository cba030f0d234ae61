"""What the histories of a goal tell: when its steps began and ended, and that they lead the same way again."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory
from temporalio.converter import DataConverter

from baton.temporal.replaying import replay_failure
from workflows.goal import GoalWorkflow

from .driver import Goal


@dataclass
class Stretch:
    """One timer or activity, by the words that stand with it."""

    words: str
    commanded_by: int
    began_at: datetime
    closed: int = 0
    closed_at: datetime | None = None


async def stretches(history: WorkflowHistory, converter: DataConverter) -> list[Stretch]:
    """Every timer and every activity, in the order in which they were started.

    What a task commands follows upon it; the number that stands with it is not the same on every server.
    """
    found: dict[int, Stretch] = {}
    task = 0
    for event in history.events:
        at = event.event_time.ToDatetime()
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            task = event.event_id
        elif event.event_type in _BEGINNINGS:
            (words,) = await converter.decode([event.user_metadata.summary], [str])
            found[event.event_id] = Stretch(words, task, at)
        elif event.event_type == EventType.EVENT_TYPE_TIMER_FIRED:
            begun = found[event.timer_fired_event_attributes.started_event_id]
            begun.closed, begun.closed_at = event.event_id, at
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            begun = found[event.activity_task_completed_event_attributes.scheduled_event_id]
            begun.closed, begun.closed_at = event.event_id, at
    return list(found.values())


_BEGINNINGS = (EventType.EVENT_TYPE_TIMER_STARTED, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)


def first_task_after(history: WorkflowHistory, event_id: int) -> int:
    """The first workflow task that was completed after that event."""
    return next(each for each in _tasks(history) if each > event_id)


def _tasks(history: WorkflowHistory) -> Iterator[int]:
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            yield event.event_id


def length(done: list[Stretch]) -> timedelta:
    """From the first start to the last end."""
    ends = [each.closed_at for each in done if each.closed_at]
    return max(ends) - min(each.began_at for each in done) if ends else timedelta(0)


async def histories(client: Client, run: Goal) -> int:
    """How many a goal has: it goes on in another when one grows long."""
    return len([each async for each in every_history(client, run)])


async def replays(client: Client, run: Goal) -> None:
    """Each of them leads the same way again."""
    async for history in every_history(client, run):
        failure = await replay_failure(history, GoalWorkflow)
        assert failure is None, failure


async def every_history(client: Client, run: Goal) -> AsyncIterator[WorkflowHistory]:
    """The first, and each that it went on in."""
    run_id = run.handle.first_execution_run_id
    while run_id:
        history = await client.get_workflow_handle(run.handle.id, run_id=run_id).fetch_history()
        yield history
        run_id = history.events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id

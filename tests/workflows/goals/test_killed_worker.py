"""A worker is killed in the middle of a wide plan: what was done stays done, and is not done again."""

from collections import Counter
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory

from baton.temporal.embedded import ServerAddress
from tests.workflows.driver import until

from .driver import add, goal, plan, ref
from .mill import LONG_S, mill, mill_worker

MANY = 40


async def test_no_finished_effect_runs_twice_when_a_worker_dies(
    client: Client, server: ServerAddress, tmp_path: Path
) -> None:
    planned = plan(
        {"id": "list", "capability": "numbers", "inputs": {"count": MANY}},
        {
            "id": "mail",
            "capability": "send",
            "inputs": {"value": ref("each.value")},
            "for_each": ref("list.numbers"),
            "review": True,
        },
        add("after", 1, needs=["mail"]),
        at_once=8,
    )
    asked = tmp_path / "asked"
    async with goal(client, planned, mill(tmp_path), working=False) as run:
        async with mill_worker(server, run.queue, tmp_path) as worker:
            await run.decide("approve/mail", "approve")
            await until(lambda: asked.exists() and len(asked.read_text().splitlines()) > MANY // 3, LONG_S)
            worker.kill()
            await worker.wait()
        history = await run.handle.fetch_history()
        finished = _finished(history)
        async with mill_worker(server, run.queue, tmp_path):
            result = await run.result()
    assert result.outcome == "reached"
    assert 0 < len(finished) < MANY
    times = Counter(asked.read_text().splitlines())
    assert len(times) == _sent(tmp_path) == MANY
    assert {key: times[key] for key in finished if times[key] > 1} == {}


def _sent(place: Path) -> int:
    return len(list(place.glob("sent-*")))


def _finished(history: WorkflowHistory) -> set[str]:
    """The keys of the effects that were done and known to be done."""
    return {
        key
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
        for payload in event.activity_task_completed_event_attributes.result.payloads
        for key in [payload.data.decode().partition('"reference":"')[2].partition('"')[0]]
        if key
    }

"""Workers are killed -9 in the middle of a plan of thirty effects side by side; the systems tell what was done."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle, WorkflowHistory

from activities.cards import goal_cards, plan_cards
from baton.archive import Archive
from baton.contracts import names
from baton.contracts.goal import GoalStart, carried_cards
from baton.contracts.outcome import GoalResult
from baton.contracts.plan import Plan
from baton.contracts.review import Intervention, Review
from baton.temporal import search_attributes
from baton.temporal.embedded import ServerAddress
from baton.temporal.worker_options import START_TASK_TIMEOUT
from demo.shop_file import OWN_SHOP
from tests.end_to_end.office import Office, systems_only, worker_process
from tests.workflows.driver import eventually
from workflows.goal import GoalWorkflow

OF_EACH = 10
CHECK_ORDER_CHANGE = "check_order_change"
MANY = 3 * OF_EACH
LONG_S = 150.0
"""What a dead worker may have dispatched is waited for."""

Handle = WorkflowHandle[GoalWorkflow, GoalResult]


async def test_workers_killed_during_a_wide_plan_run_no_effect_twice(
    client: Client, server: ServerAddress, tmp_path: Path
) -> None:
    orders = _delivered()
    async with systems_only(client, tmp_path) as shop:
        async with worker_process(shop.settings, server, tmp_path / "first.log") as worker:
            handle = await _approved(shop, _plan(orders))
            await _slow(shop, held=2)
            await handle.signal(names.RESUME, Intervention(by="sipho"))
            done_at_first = await _killed_at(handle, worker, MANY // 4)
        await _slow(shop, held=1)
        async with worker_process(shop.settings, server, tmp_path / "second.log") as worker:
            done_at_second = await _killed_at(handle, worker, 2 * MANY // 3)
        await shop.no_faults()
        async with worker_process(shop.settings, server, tmp_path / "third.log"):
            result = await asyncio.wait_for(handle.result(), LONG_S)
        history = await handle.fetch_history()
        performed, mails = await shop.performed(), await shop.mails()
        entries = await shop.entries(handle.id.removeprefix("goal/"))
    assert result.outcome == "reached", result.summary
    assert MANY // 4 <= done_at_first < done_at_second < MANY, "known to be done when a worker was killed"
    assert Counter(each["order_id"] for each in performed) == Counter(orders)
    assert Counter(each["summary"] for each in entries) == Counter(f"Note {number}" for number in range(OF_EACH))
    assert Counter(each["subject"] for each in mails) == Counter(f"Mail {number}" for number in range(OF_EACH))
    assert {each["copies"] for each in mails} == {1}
    kept = Archive(shop.settings.state_dir).find(handle.id.removeprefix("goal/"))
    assert kept is not None
    assert any("looked up, not done again" in line.text for line in kept.record), "one was in flight when it was killed"
    assert not [line for line in kept.record if line.kind in ("failed", "ambiguous")]
    asked = Counter(_scheduled(history).values()).pop(CHECK_ORDER_CHANGE)
    assert asked == 2 * OF_EACH, "the policy, about each order: before a person is asked and after"
    assert len(_scheduled(history)) == MANY + asked + 3, "check, answer and archive too"


def _plan(orders: list[str]) -> Plan:
    """Thirty writes of which none waits for another."""
    steps = [
        *({"id": f"return_{at}", "capability": "return_items_of_order", "inputs": {"order_id": order}}
          for at, order in enumerate(orders)),
        *({"id": f"note_{at}", "capability": "log_note", "inputs": {"text": f"Note {at}"}} for at in range(OF_EACH)),
        *({"id": f"mail_{at}", "capability": "send_mail",
           "inputs": {"to": f"c{at}@post.example", "subject": f"Mail {at}", "body": "It is done."}}
          for at in range(OF_EACH)),
    ]  # fmt: skip
    return Plan.model_validate(
        {"goal": "Close the season", "at_once": 12, "steps": [{**step, "review": True} for step in steps]}
    )


def _delivered() -> list[str]:
    shop = json.loads(OWN_SHOP.read_text(encoding="utf-8"))
    return [order["order_id"] for order in shop["orders"].values() if order["status"] == "delivered"][:OF_EACH]


async def _approved(shop: Office, plan: Plan) -> Handle:
    """A run of it that stands still with everything approved: all of it begins together when it goes on."""
    always = goal_cards()
    start = GoalStart(
        goal_id=f"GOAL-{uuid4().hex[:12]}",
        plan=plan,
        received_at=datetime.now(UTC),
        cards=carried_cards(plan, [*plan_cards(), *always], [card.name for card in always]),
        search_attributes=await search_attributes.existing(shop.client),
    )
    handle = await shop.client.start_workflow(
        GoalWorkflow.run,
        start,
        id=names.workflow_id(start.goal_id),
        task_queue=shop.settings.task_queue,
        task_timeout=START_TASK_TIMEOUT,
    )

    async def all_asked() -> list[Review] | None:
        reviews = await handle.query(GoalWorkflow.reviews)
        return reviews if len(reviews) == MANY else None

    reviews = await eventually(all_asked, LONG_S)
    await handle.signal(names.PAUSE, Intervention(by="sipho"))
    for review in reviews:
        await shop.decide(handle, review, "approve")
    return handle


async def _slow(shop: Office, *, held: int) -> None:
    """Every effect takes its time; some are carried out, and the systems do not say so while the worker lives."""
    await shop.no_faults()
    for url in (shop.systems.orders_url, shop.systems.crm_url):
        await shop.fault(url, kind="hold", count=held, match={"method": "POST"})
        await shop.fault(url, kind="slow", seconds=0.3, count=MANY, match={"method": "POST"})
    await shop.fault(shop.systems.mail_url, kind="slow", seconds=0.3, count=MANY)


async def _killed_at(handle: Handle, worker: asyncio.subprocess.Process, finished: int) -> int:
    """Kill the worker once so many effects are known to be done; how many they were when it was dead."""

    async def known() -> int:
        history = await handle.fetch_history()
        ended = (event.activity_task_completed_event_attributes.scheduled_event_id for event in history.events)
        steps = _scheduled(history)
        return sum(steps.get(each) not in (None, CHECK_ORDER_CHANGE) for each in ended) - 1  # the plan's check

    async def so_many() -> bool | None:
        return await known() >= finished or None

    await eventually(so_many, LONG_S)
    worker.kill()
    await worker.wait()
    return await known()


def _scheduled(history: WorkflowHistory) -> dict[int, str]:
    """Every step that was begun, by its event: what it is."""
    return {
        event.event_id: event.activity_task_scheduled_event_attributes.activity_type.name
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    }

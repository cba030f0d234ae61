"""A write to an order in a plan is held against the shop's policy: whoever approves it is told what that forbids."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle

from baton.cli.planning import cards_for, cards_for_plans
from baton.contracts import names
from baton.contracts.goal import GoalStart
from baton.contracts.outcome import GoalResult
from baton.contracts.plan import Plan
from baton.contracts.record import RunRecord
from workflows.goal import GoalWorkflow

from .office import Office, office

PENDING, DELIVERED = "W1043118", "W1042207"
WHY = "the order is delivered, and only a pending order can be cancelled or changed (pending only)"
CLOSED = f"forbidden: order #{DELIVERED}: {WHY}"
PLAN = Plan.model_validate(
    {
        "goal": "Cancel an order",
        "steps": [
            {"id": "cancel", "capability": "cancel_order_by_number", "review": True, "inputs": {"order_id": DELIVERED}}
        ],
    }
)


async def _start(shop: Office) -> WorkflowHandle[GoalWorkflow, GoalResult]:
    start = GoalStart(
        goal_id=f"GOAL-{uuid4().hex[:12]}",
        plan=PLAN,
        received_at=datetime.now(UTC),
        cards=cards_for(PLAN, cards_for_plans(shop.settings).values(), shop.settings),
    )
    return await shop.client.start_workflow(
        GoalWorkflow.run, start, id=names.workflow_id(start.goal_id), task_queue=shop.settings.task_queue
    )


async def test_what_the_policy_forbids_is_of_high_risk_and_an_edit_is_judged_anew(
    client: Client, tmp_path: Path
) -> None:
    async with office(client, tmp_path) as shop:
        handle = await _start(shop)
        review = await shop.review(handle)
        assert (review.review_id, review.risk, review.risk_reasons[0]) == ("approve/cancel", "high", CLOSED)
        assert review.notes == [CLOSED]
        assert [choice.id for choice in review.choices] == ["approve", "edit", "reject"]
        await shop.decide(handle, review, "edit", value={"order_id": "W1"})
        again = await shop.review(handle)
        unknown = "forbidden: order W1: there is no such order (known order)"
        assert (again.revision, again.risk, again.notes) == (2, "high", [unknown])
        await shop.decide(handle, again, "edit", value={"order_id": PENDING})
        assert (await handle.result()).outcome == "reached"
        assert [each["order_id"] for each in await shop.performed()] == [f"#{PENDING}"]


async def test_where_the_policy_cannot_be_asked_the_write_is_not_made(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path) as shop:
        await shop.fault(shop.systems.orders_url, kind="fail", status=422, count=None, match={"path": "/orders/*"})
        handle = await _start(shop)
        review = await shop.review(handle)
        assert (review.kind, review.review_id) == ("failure", "failure/cancel/policy/1")
        await shop.decide(handle, review, "skip")
        result = await handle.result()
        record: RunRecord = await handle.query(GoalWorkflow.record)
        assert await shop.performed() == []
    assert result.answer is not None
    assert result.answer.missing == ["cancel: the shop's policy could not be asked"]
    assert [each.kind for each in record.reviews] == ["failure"]

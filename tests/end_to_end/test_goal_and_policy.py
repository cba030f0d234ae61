"""A write to an order in a plan is held against the shop's policy: whoever approves it is told what that forbids."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle

from baton.cli.planning import cards_for, cards_for_plans
from baton.connectors.load import load_systems
from baton.contracts import names
from baton.contracts.goal import GoalStart
from baton.contracts.outcome import GoalResult
from baton.contracts.plan import Plan
from baton.contracts.record import RunRecord
from tests.models.thinking import with_settings
from worker import build_worker
from workflows.goal import GoalWorkflow
from workflows.goal_parts.approval import in_short

from .office import Office, office, systems_only

PENDING, DELIVERED, CANCELLED, ITS_OWNER = "W1043118", "W1042207", "W1038876", "thandi_nkosi_4471"
WHY = "the order is delivered, and only a pending order can be cancelled or changed (pending only)"
CLOSED_ORDER = f"order #{DELIVERED}: {WHY}"
CLOSED = f"forbidden: {CLOSED_ORDER}"
CLOSED_TOO = f"forbidden: order #{CANCELLED}: {WHY.replace('delivered', 'cancelled')}"
PLAN = Plan.model_validate(
    {
        "goal": "Cancel an order",
        "steps": [
            {"id": "cancel", "capability": "cancel_order_by_number", "review": True, "inputs": {"order_id": DELIVERED}}
        ],
    }
)


EVERY_ORDER = Plan.model_validate(
    {
        "goal": "Cancel every order of a customer",
        "steps": [
            {"id": "all", "capability": "list_orders", "inputs": {"customer_id": ITS_OWNER}},
            {"id": "cancel", "capability": "cancel_at_the_warehouse", "review": True,
             "for_each": {"from": "all.orders"},
             "inputs": {"order_id": {"from": "each.order_id"}}},
        ],
    }
)  # fmt: skip


async def _start(shop: Office, plan: Plan = PLAN) -> WorkflowHandle[GoalWorkflow, GoalResult]:
    """Carry it out, in a new history after every step."""
    start = GoalStart(
        goal_id=f"GOAL-{uuid4().hex[:12]}",
        plan=plan,
        received_at=datetime.now(UTC),
        cards=cards_for(plan, cards_for_plans(shop.settings).values(), shop.settings),
        continue_after_steps=1,
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
        assert review.choices[0].label == "Do this all the same"
        await shop.decide(handle, review, "edit", value={"order_id": DELIVERED, "reason": "ordered by mistake"})
        as_bad = await shop.review(handle)
        assert (as_bad.revision, as_bad.notes) == (2, [CLOSED])
        await shop.decide(handle, as_bad, "edit", value={"order_id": "W1"})
        again = await shop.review(handle)
        unknown = "forbidden: order W1: there is no such order (known order)"
        assert (again.revision, again.risk, again.notes) == (3, "high", [unknown])
        await shop.decide(handle, again, "edit", value={"order_id": PENDING})
        assert (await handle.result()).outcome == "reached"
        record: RunRecord = await handle.query(GoalWorkflow.record)
        assert [each["order_id"] for each in await shop.performed()] == [f"#{PENDING}"]
    (approved,) = [fact.value for fact in record.facts if fact.name == "approved/cancel"]
    assert isinstance(approved, dict) and approved["order_version"], "it is bound to the order as it was judged"
    assert [line.text for line in record.record if line.kind == "warned"] == [f"the policy forbids it: {CLOSED_ORDER}"]


async def test_whoever_stands_in_for_an_agent_is_judged_each_item_of_a_list(client: Client, tmp_path: Path) -> None:
    async with systems_only(client, tmp_path) as opened:
        shop = with_settings(opened, agents="tests.end_to_end.warehouse")
        async with load_systems(shop.settings) as systems, build_worker(client, shop.settings, systems):
            handle = await _start(shop, EVERY_ORDER)
            review = await shop.review(handle)
            assert (review.review_id, review.risk) == ("approve/cancel", "high")
            assert [each for each in review.notes if each.startswith("forbidden")] == [CLOSED, CLOSED_TOO]
            assert review.notes[-1] == CLOSED_TOO, "where its inputs are from stands before what may be cut"
            await shop.decide(handle, review, "approve")
            for _ in (DELIVERED, CANCELLED):  # the order system refuses them itself
                refused = await shop.review(handle)
                assert refused.kind == "failure"
                await shop.decide(handle, refused, "skip")
            await handle.result()
            record: RunRecord = await handle.query(GoalWorkflow.record)
            assert [each["order_id"] for each in await shop.performed()] == [f"#{PENDING}"]
    (said, overridden) = [line.text for line in record.record if line.kind == "warned" and line.step == "cancel"]
    assert said.startswith("the policy forbids it: ")
    assert "has it done all the same" in overridden


def test_of_many_lines_a_few_are_shown_and_the_rest_counted() -> None:
    assert in_short(["no"] * 23) == [*["no"] * 20, "and 3 more"]


async def test_where_the_policy_cannot_be_asked_the_write_is_not_made(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path) as shop:
        await shop.fault(shop.systems.orders_url, kind="fail", status=422, count=None, match={"path": "/orders/*"})
        handle = await _start(shop)
        review = await shop.review(handle)
        assert (review.kind, review.review_id) == ("failure", "failure/cancel/policy/1")
        assert isinstance(review.subject, dict)
        assert review.subject["handed"] == {"tool": "cancel_order_by_number", "order_id": DELIVERED}
        await shop.decide(handle, review, "skip")
        result = await handle.result()
        record: RunRecord = await handle.query(GoalWorkflow.record)
        assert await shop.performed() == []
    assert result.answer is not None
    assert result.answer.missing == ["cancel: the shop's policy could not be asked"]
    assert [each.kind for each in record.reviews] == ["failure"]

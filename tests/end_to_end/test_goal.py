"""A plan over the stand-in systems: looked up side by side, mailed once a person said so, answered with its sources."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from temporalio.client import Client

from activities.cards import goal_cards, plan_cards
from baton.contracts import names
from baton.contracts.goal import GoalStart, carried_cards
from baton.contracts.plan import Plan
from baton.contracts.record import RunRecord
from baton.contracts.review import Actor
from baton.contracts.steering import GoalChange
from baton.temporal import search_attributes
from workflows.goal import GoalWorkflow

from .office import office

ORDER = "#W1039954"
AGAIN = "the same as first: not asked again"

PLAN = Plan.model_validate(
    {
        "goal": "Add up the orders of a customer, and tell the accountant",
        "wanted": ["OrdersTotal", "MailHandedOver"],
        "budget": {"calls": 10},
        "steps": [
            {"id": "first", "capability": "get_order", "inputs": {"order_id": ORDER}},
            {"id": "customer", "capability": "get_customer", "inputs": {"customer_id": {"from": "first.customer_id"}}},
            {"id": "all", "capability": "list_orders", "inputs": {"customer_id": {"from": "customer.customer_id"}}},
            {"id": "each_order", "capability": "get_order", "for_each": {"from": "all.orders"},
             "inputs": {"order_id": {"from": "each.order_id"}}},
            {"id": "total", "capability": "total_orders", "inputs": {"orders": {"from": "each_order"}}},
            {"id": "mail", "capability": "send_mail", "review": True, "needs": ["total"],
             "inputs": {"to": "books@shop.example", "subject": "The total", "body": "See the archive."}},
        ],
    }
)  # fmt: skip


async def test_a_plan_runs_over_real_systems_and_mails_once(client: Client, tmp_path: Path) -> None:
    always = goal_cards()
    async with office(client, tmp_path) as shop:
        start = GoalStart(
            goal_id=f"GOAL-{uuid4().hex[:12]}",
            plan=PLAN,
            received_at=datetime.now(UTC),
            cards=carried_cards(PLAN, [*plan_cards(), *always], [card.name for card in always]),
            search_attributes=await search_attributes.existing(client),
        )
        handle = await client.start_workflow(
            GoalWorkflow.run, start, id=names.workflow_id(start.goal_id), task_queue=shop.settings.task_queue
        )
        review = await shop.review(handle)
        assert (review.review_id, await shop.mails()) == ("approve/mail", [])
        await shop.decide(handle, review, "approve")
        result = await handle.result()
        record: RunRecord = await handle.query(GoalWorkflow.record)
        (mail,) = await shop.mails()
    assert result.outcome == "reached", result
    assert mail["subject"] == "The total"
    assert result.answer is not None
    assert [each.step for each in result.answer.statements][:2] == ["mail", "total"]
    assert any(line.step.startswith("each_order/") and line.text == AGAIN for line in record.record)


async def test_what_is_wanted_instead_is_had_by_tools_that_the_run_did_not_carry(
    client: Client, tmp_path: Path
) -> None:
    planned = Plan.model_validate(
        {"goal": "ask", "steps": [{"id": "ask", "capability": "ask_person", "inputs": {"question": "Anything else?"}}]}
    )
    always = goal_cards()
    async with office(client, tmp_path) as shop:
        start = GoalStart(
            goal_id=f"GOAL-{uuid4().hex[:12]}",
            plan=planned,
            received_at=datetime.now(UTC),
            cards=carried_cards(planned, always, [card.name for card in always]),
            search_attributes=await search_attributes.existing(client),
        )
        handle = await client.start_workflow(
            GoalWorkflow.run, start, id=names.workflow_id(start.goal_id), task_queue=shop.settings.task_queue
        )
        review = await shop.review(handle)
        wanted = GoalChange(goal=f"the customer of order {ORDER}", actor=Actor(id="nomsa"))
        await handle.signal(names.CHANGE_GOAL, wanted)
        await shop.decide(handle, review, "answer", value="No")
        result = await handle.result()
    assert result.outcome == "reached", result
    assert result.answer is not None
    assert {"get_order", "get_customer"} <= {each.step for each in result.answer.statements}

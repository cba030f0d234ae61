"""A plan over the stand-in systems: looked up side by side, mailed once a person said so, answered with its sources.

And what is done where the order system fails for good: the next agent that was ranked, then a person.
"""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from pydantic import JsonValue
from temporalio.client import Client

from activities.cards import goal_cards, plan_cards
from baton.archive import Archive
from baton.cli.planning import cards_for, cards_for_plans
from baton.cli.presenting.goals import assigned_lines, drawn_lines
from baton.contracts import names
from baton.contracts.goal import GoalStart, carried_cards
from baton.contracts.plan import Plan
from baton.contracts.record import RunRecord
from baton.contracts.review import Actor
from baton.contracts.steering import GoalChange
from baton.temporal import search_attributes
from workflows.goal import GoalWorkflow

from .office import Office, office

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
    assert [each.step for each in result.answer.statements][:2] == ["total", "mail"]
    assert any(line.step.startswith("each_order/") and line.text == AGAIN for line in record.record)


LOOK = Plan.model_validate(
    {
        "goal": "Show an order, and who placed it",
        "wanted": ["Order", "Customer"],
        "steps": [
            {"id": "order", "capability": "get_order", "inputs": {"order_id": ORDER}},
            {"id": "customer", "capability": "get_customer", "inputs": {"customer_id": {"from": "order.customer_id"}}},
        ],
    }
)
REFUSES: dict[str, JsonValue] = {"kind": "fail", "status": 422, "count": None}
RANKED = "declared fallback; costs 0 a call, takes 0.2 s"


def _look(shop: Office) -> GoalStart:
    return GoalStart(
        goal_id=f"GOAL-{uuid4().hex[:12]}",
        plan=LOOK,
        received_at=datetime.now(UTC),
        cards=cards_for(LOOK, cards_for_plans(shop.settings).values(), shop.settings),
    )


async def test_when_the_order_system_fails_for_good_the_next_ranked_takes_the_step(
    client: Client, tmp_path: Path
) -> None:
    async with office(client, tmp_path) as shop:
        await shop.fault(shop.systems.orders_url, **REFUSES, match={"method": "GET", "path": "/orders/*"})
        start = _look(shop)
        handle = await client.start_workflow(
            GoalWorkflow.run, start, id=names.workflow_id(start.goal_id), task_queue=shop.settings.task_queue
        )
        result = await handle.result()
        record = Archive(shop.settings.state_dir).find(start.goal_id)
    assert result.outcome == "reached", result
    assert record is not None
    (fell_back,) = [line for line in record.record if line.kind == "fell_back"]
    assert fell_back.text == f"CRM (old copy) is fallback 1 for get_order, after get_order failed; {RANKED}"
    assert [fact.agent for fact in record.facts if fact.name == "order"] == ["CRM (old copy)"]
    assert "  class s0,s1 done" in record.mermaid
    shown = [str(line) for line in (*assigned_lines(record), *drawn_lines(record))]
    assert shown[1:5] == [
        "Who takes each step, first to last",
        "  order",
        "    1. get_order  planned; costs 0 a call, takes 0.1 s",
        f"    2. recall_order  {RANKED}",
    ]
    assert "flowchart LR" in shown


async def test_with_no_agent_left_a_person_decides(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path) as shop:
        for url in (shop.systems.orders_url, shop.systems.crm_url):
            await shop.fault(url, **REFUSES, match={"method": "GET"})
        start = _look(shop)
        handle = await client.start_workflow(
            GoalWorkflow.run, start, id=names.workflow_id(start.goal_id), task_queue=shop.settings.task_queue
        )
        review = await shop.review(handle)
        assert (review.review_id, [choice.id for choice in review.choices]) == (
            "failure/order",
            ["retry", "supply", "reroute", "skip", "abort"],
        )
        await shop.no_faults()
        await shop.decide(handle, review, "reroute", value="recall_order")
        assert (await handle.result()).outcome == "reached"
        record: RunRecord = await handle.query(GoalWorkflow.record)
    assert [fact.agent for fact in record.facts if fact.name == "order"] == ["CRM (old copy)"]


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

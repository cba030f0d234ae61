"""A goal in words by command: planned and shown, asked about, refused with the reason, or handed in as an enquiry."""

from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client

from baton.cli.shapes import GoalPlan, Started
from baton.contracts import names
from baton.contracts.goal import GoalStart
from baton.contracts.plan_builtin import BUILT_IN
from tests.agents.planning.test_goals_in_words import told
from tests.cli.command_line import run

UNSURE = "number of order W1042207"


async def test_a_plan_is_shown_with_agents_reasons_and_alternatives_without_any_server(alone: Path) -> None:
    said = await run("plan", 'Orders W1042207 and W1043118, and mail thandi@example.com "On its way"')
    assert said.code == 0, said
    for words in (
        "Wave 1",
        "by order system",
        "if it fails: recall_order (CRM (old copy))",
        "A person approves 1 step",
        "It costs nothing, and takes about",
    ):
        assert words in said.out


@pytest.mark.parametrize(
    "goal", ["Which orders of thandi@example.com are still open?", "Open orders of thandi@example.com"]
)
async def test_which_orders_are_open_is_looked_up_and_no_deed(alone: Path, goal: str) -> None:
    made = GoalPlan.model_validate_json((await run("plan", goal, "--json")).out)
    assert made.plan is not None
    assert [step.capability for step in made.plan.steps] == ["find_customer_by_email", "get_order", "filter_orders"]
    assert (made.plan.steps[-1].inputs["status"], made.plan.steps[-1].intent) == ("open", "Filter orders: open")
    assert not any(step.review for step in made.plan.steps)


OF_THANDI = "find_customer_by_email get_order*"

REWORDED = [
    # Which of somebody's orders, whoever stands first.
    ("thandi@example.com's open orders", f"{OF_THANDI} filter_orders(open)"),
    ("Does thandi@example.com have open orders?", f"{OF_THANDI} filter_orders(open)"),
    ("Which of the orders of thandi@example.com are still pending?", f"{OF_THANDI} filter_orders(pending)"),
    ("thandi@example.com's orders over R1 000", f"{OF_THANDI} filter_orders(1000)"),
    ("customer thandi@example.com and orders over R500", f"{OF_THANDI} filter_orders(500)"),
    ("orders of customer thandi@example.com placed after 1 October 2026", f"{OF_THANDI} filter_orders(2026-10-01)"),
    # The names of capabilities are words like others: one total of all orders, not one of each.
    ("Total orders of thandi@example.com", f"{OF_THANDI} total_orders"),
    ("Filter orders of thandi@example.com", f"{OF_THANDI} filter_orders"),
    ("Sort orders of thandi@example.com", f"{OF_THANDI} sort_orders"),
    ("Get customer of order W1042207", "get_order(W1042207) get_customer"),
    ("Check return window of order W1042207", "get_order(W1042207) check_return_window"),
    # How an order stands.
    ("Is order W1043118 still open?", "get_order(W1043118)"),
    ("Has order number W1042207 been delivered already?", "get_order(W1042207)"),
    ("Are orders W1042207 and W1043118 delivered?", "get_order(W1042207) get_order(W1043118)"),
    ("Can order W1042207 still be returned?", "get_order(W1042207) check_return_window"),
    # Why: in one's own words, before or after.
    ("Cancel order W1 because she and he both ordered it", "cancel_order_by_number(W1,she and he both ordered it)!"),
    ("Cancel order W1 because it was ordered by mistake", "cancel_order_by_number(W1,it was ordered by mistake)!"),
    ("Because it was ordered by mistake, cancel order W1", "cancel_order_by_number(W1,it was ordered by mistake)!"),
    ("Cancel order W1, reason: ordered by mistake", "cancel_order_by_number(W1,ordered by mistake)!"),
    ("Cancel order W1 with the reason that it is late", "cancel_order_by_number(W1,it is late)!"),
    # A postcode is a number beside its word.
    ("Orders of Thandi Nkosi at postcode 0083", "find_customer_by_name(Thandi Nkosi,0083) get_order*"),
    ("Total of orders of Thandi Nkosi, zip 0083", "find_customer_by_name(Thandi Nkosi,0083) get_order* total_orders"),
    ("the postcode of thandi@example.com", "find_customer_by_email"),
    ("postcode of the customer of order W1042207", "get_order(W1042207) get_customer"),
]  # fmt: skip


@pytest.mark.parametrize(("goal", "steps"), REWORDED)
async def test_the_same_in_other_words_is_planned_as_well(alone: Path, goal: str, steps: str) -> None:
    made = GoalPlan.model_validate_json((await run("plan", goal, "--json")).out)
    assert made.plan is not None, made
    assert told(made.plan.steps).replace("(thandi@example.com)", "") == steps
    assert made.faults == []


@pytest.mark.parametrize(
    "goal",
    [
        "Orders of Thandi Nkosi, postcode is unknown",
        "Orders of Thandi Nkosi in 0083",
        "When was order W1042207 delivered?",
        "Cancel order W1 since the customer no longer needs it",
        "Cancel all open orders of thandi@example.com",
        "Cancel order W1 because it was ordered by mistake, and tell thandi@example.com",
        "Cancel order W1 because it is late and let the customer know",
    ],
)
async def test_what_the_rules_do_not_follow_is_not_planned_as_something_else(alone: Path, goal: str) -> None:
    made = GoalPlan.model_validate_json((await run("plan", goal, "--json")).out)
    assert made.outcome in ("unsure", "impossible")


async def test_json_tells_the_plan_and_the_digest_of_each_card(alone: Path) -> None:
    made = GoalPlan.model_validate_json((await run("plan", "--json", "Who placed order W1042207?")).out)
    assert made.plan is not None
    assert [step.capability for step in made.plan.steps] == ["get_order", "get_customer"]
    assert made.agents[0].then == ["recall_order"]
    assert {"get_order", "recall_order", "get_customer"} <= set(made.cards)
    assert all(len(digest) == 64 for digest in made.cards.values())


async def test_where_a_goal_is_unsure_a_script_gets_the_candidates_and_chooses_one(alone: Path) -> None:
    said = await run("plan", UNSURE, "--json")
    made = GoalPlan.model_validate_json(said.out)
    assert (said.code, made.outcome, len(made.choices)) == (5, "unsure", 2)
    assert "--choose" in said.complaint
    chosen = await run("plan", UNSURE, "--choose", "2")
    assert (chosen.code, "TrackingNumber" in chosen.out) == (0, True)
    assert (await run("plan", UNSURE, "--choose", "3")).code == 1


async def test_what_cannot_be_had_is_said_and_nothing_is_started(connected: Path) -> None:
    for command in (("plan",), ("start", "goal")):
        said = await run(*command, "Cancel everything")
        assert said.code == 1
        assert "needs OrderNumber, which nothing here gives" in said.out
        assert said.complaint == "No plan reaches this goal."


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("I want to return my boots, order #W1042207", True),
        ("Please cancel my order W1043118", True),
        ("Cancel order W1043118", False),
        ("Show me order W1043118", False),
        ("Orders of thandi@example.com", False),
    ],
)
async def test_a_customers_words_are_an_enquiry_and_nobody_plans(alone: Path, words: str, *, is_one: bool) -> None:
    made = GoalPlan.model_validate_json((await run("plan", words, "--json")).out)
    assert made.outcome == ("enquiry" if is_one else "planned")


async def test_a_run_carries_the_cards_that_its_plan_names_their_alternatives_and_no_others(
    connected: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASK_QUEUE", f"queue-{uuid4().hex}")
    goal_id = f"GOAL-{uuid4().hex[:8]}"
    said = await run("start", "goal", "Show order W1042207", "--id", goal_id)
    assert (said.code, f"Started {goal_id}." in said.out) == (0, True), said
    handle = client.get_workflow_handle(names.workflow_id(goal_id))
    first = (await handle.fetch_history()).events[0].workflow_execution_started_event_attributes
    (start,) = await client.data_converter.decode(first.input.payloads, [GoalStart])
    always = {card.name for card in BUILT_IN} | {
        "check_plan",
        "replan",
        "compose",
        "check_order_change",
        "archive_record",
    }
    carried = {card.name: card for card in start.cards}
    assert set(carried) - always == {"get_order", "recall_order"}
    assert carried["get_order"].fallbacks == ["recall_order"]


async def test_an_enquiry_in_words_starts_the_coded_process(
    connected: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASK_QUEUE", f"queue-{uuid4().hex}")
    started = Started.model_validate_json(
        (await run("start", "goal", "I want to return my boots, order #W1042207", "--json")).out
    )
    described = await client.get_workflow_handle(started.workflow_id).describe()
    assert described.workflow_type == names.ENQUIRY_WORKFLOW

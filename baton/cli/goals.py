"""The commands on goals: a plan from a file is checked, and started."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer
from pydantic import ValidationError
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.cards import goal_cards
from baton.cli.console import as_json, line
from baton.cli.options import JsonOption
from baton.cli.plans import PlanFileArgument, cards_for_plans, plan_that_may_run
from baton.cli.problems import WITHIN_S, Problem, RanBefore, plainly
from baton.cli.runs import Runs, archived, open_runs
from baton.cli.shapes import Started
from baton.cli.starting import begin, known_attributes
from baton.cli.watching import follow
from baton.contracts import names
from baton.contracts.agents import Card
from baton.contracts.goal import GoalOptions, GoalStart, carried_cards
from baton.contracts.plan import MOST_STEPS, Plan
from baton.settings import Settings, load_settings
from baton.temporal.worker_options import STAGES_APART_S


@plainly
async def start_plan(
    file: PlanFileArgument,
    chosen_id: Annotated[str | None, typer.Option("--id", help="The goal's id, GOAL-…; else a random one.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Show each step until it waits for a person, or ends.")] = False,
    json: JsonOption = False,
) -> None:
    """Carry out a plan, once it passed the check."""
    settings = load_settings()
    cards = cards_for_plans(settings)
    plan = plan_that_may_run(file, cards, most_steps=MOST_STEPS, json=json)
    goal_id = chosen_id or f"{names.GOAL_IDS}{uuid4().hex[:12]}"
    async with asyncio.timeout(WITHIN_S):
        runs = await open_runs(settings)
        await _start(runs, settings, goal_id, plan, cards.values())
    link = runs.link(goal_id)
    if json:
        as_json(Started(enquiry_id=goal_id, workflow_id=names.workflow_id(goal_id), ui=link))
    else:
        line(f"Started {goal_id}.", style="ok")
        line(f"  See how it goes: uv run starter.py watch {goal_id}", style="quiet")
    if wait:
        stopped = await follow(runs, goal_id, quiet=json)
        if stopped.waiting.what == "review" and not json:
            line(f"  Look at it, and answer: uv run starter.py review {goal_id}", style="quiet")


async def _start(runs: Runs, settings: Settings, goal_id: str, plan: Plan, cards: Iterable[Card]) -> None:
    always = goal_cards()
    try:
        start = GoalStart(
            goal_id=goal_id,
            plan=plan,
            received_at=datetime.now(UTC),
            options=GoalOptions(review_due_hours=settings.review_due_hours),
            cards=carried_cards(plan, [*cards, *always], [card.name for card in always]),
            search_attributes=await known_attributes(runs),
            stages_apart_s=STAGES_APART_S,
        )
    except ValidationError:
        raise Problem(f"{goal_id!r} is no goal id. One looks like GOAL-7.") from None
    ran_before = RanBefore(f"{goal_id} ran before. See how with: uv run starter.py record {goal_id}")
    if archived(settings, goal_id) is not None:
        raise ran_before
    try:
        await begin(
            runs,
            names.GOAL_WORKFLOW,
            goal_id,
            start,
            process=names.PROCESS_GOAL,
            summary=f"Goal {goal_id}",
            received_at=start.received_at,
            known=start.search_attributes,
        )
    except WorkflowAlreadyStartedError:
        raise ran_before from None

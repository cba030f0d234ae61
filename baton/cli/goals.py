"""The commands on goals: in words they are planned, or a plan comes from a file; it is checked, and started."""

import asyncio
from datetime import UTC, datetime
from json import dumps
from typing import Annotated
from uuid import uuid4

import typer
from pydantic import ValidationError
from temporalio.exceptions import WorkflowAlreadyStartedError

from baton.cli.console import as_json, line, lines
from baton.cli.ids import enquiry_id
from baton.cli.messages import Incoming, from_text
from baton.cli.options import JsonOption
from baton.cli.planning import cards_for, cards_for_plans, goal_plan
from baton.cli.plans import PlanFileArgument, plan_that_may_run
from baton.cli.presenting.goals import (
    answer_lines,
    choices_shown,
    enquiry_lines,
    impossible_lines,
    model_lines,
    plan_lines,
)
from baton.cli.presenting.plans import fault_lines
from baton.cli.presenting.words import plural
from baton.cli.problems import WITHIN_S, Problem, RanBefore, Unsure, plainly
from baton.cli.runs import Runs, archived, open_runs
from baton.cli.shapes import GoalPlan, Started
from baton.cli.starting import begin, known_attributes, start, start_shadow
from baton.cli.watching import follow
from baton.contracts import names
from baton.contracts.goal import GoalOptions, GoalStart
from baton.contracts.payment_cards import mask_cards
from baton.contracts.plan import Plan
from baton.contracts.planning import PlannedBy
from baton.contracts.record import EnquiryStart
from baton.settings import Settings, load_settings
from baton.temporal.worker_options import STAGES_APART_S

MOST_SUMMARY = 350
"""Bytes of the summary as JSON: Temporal says that 400 are the most by default, whatever this or that server takes."""

GoalArgument = Annotated[str, typer.Argument(metavar="GOAL", help="What is wanted, in words.", show_default=False)]
ChooseOption = Annotated[
    int | None, typer.Option("--choose", min=1, help="Where a goal may mean several things: which, from 1.")
]
GoalIdOption = Annotated[str | None, typer.Option("--id", help="The goal's id, GOAL-…; else a random one.")]
ReviewPlanOption = Annotated[
    bool, typer.Option("--review-plan", help="Ask a person about the plan before anything of it starts.")
]
WaitOption = Annotated[bool, typer.Option("--wait", help="Show each step until it waits for a person, or ends.")]


@plainly
async def show_plan(goal: GoalArgument, choose: ChooseOption = None, json: JsonOption = False) -> None:
    """Show how a goal would be reached: steps, agents, reasons, cost. Runs nothing."""
    settings = load_settings()
    made = await goal_plan(settings, goal, choose, may_ask=not json)
    show_goal_plan(settings, made, json=json)


@plainly
async def start_goal(
    goal: GoalArgument,
    *,
    choose: ChooseOption = None,
    chosen_id: GoalIdOption = None,
    review_plan: ReviewPlanOption = False,
    wait: WaitOption = False,
    json: JsonOption = False,
) -> None:
    """Plan a goal, show the plan, and carry it out; a customer's enquiry in words runs as the coded process."""
    settings = load_settings()
    made = await goal_plan(settings, goal, choose, may_ask=not json)
    if not json or made.outcome in ("unsure", "impossible") or made.faults:
        show_goal_plan(settings, made, json=json)
    async with asyncio.timeout(WITHIN_S):
        runs = await open_runs(settings)
        if made.plan is None:
            enquiry = await _start_enquiry(runs, goal, chosen_id)
            started = enquiry.enquiry.enquiry_id
        else:
            enquiry, started = None, chosen_id or new_goal_id()
            await start_run(runs, settings, started, made.plan, review_plan=review_plan, planned_by=made.planned_by)
    if enquiry is not None:
        await start_shadow(runs, enquiry)
    asked = made.plan is not None and (review_plan or made.planned_by is not None)
    await _tell_started(runs, started, plan_is_seen=asked, wait=wait, json=json)


@plainly
async def start_plan(
    file: PlanFileArgument,
    chosen_id: GoalIdOption = None,
    review_plan: ReviewPlanOption = False,
    wait: WaitOption = False,
    json: JsonOption = False,
) -> None:
    """Carry out a plan, once it passed the check."""
    settings = load_settings()
    plan = plan_that_may_run(file, cards_for_plans(settings), most_steps=settings.most_steps, json=json)
    goal_id = chosen_id or new_goal_id()
    async with asyncio.timeout(WITHIN_S):
        runs = await open_runs(settings)
        await start_run(runs, settings, goal_id, plan, review_plan=review_plan)
    await _tell_started(runs, goal_id, plan_is_seen=review_plan, wait=wait, json=json)


def new_goal_id() -> str:
    """A random one."""
    return f"{names.GOAL_IDS}{uuid4().hex[:12]}"


def summary_of(goal: str) -> str:
    """The goal's words as the Temporal UI lists them: one line, card numbers masked, and no more than fits."""
    words = " ".join(mask_cards(goal).split())
    most = len(words)
    while len(dumps(words[:most])) > MOST_SUMMARY:
        most -= 1
    return words if most == len(words) else f"{words[:most].rstrip()}…"


def show_goal_plan(settings: Settings, made: GoalPlan, *, json: bool = False) -> None:
    """What becomes of the goal. Raises Unsure or Problem where it is nothing that may start."""
    if json:
        as_json(made)
    elif made.outcome == "enquiry":
        lines(enquiry_lines(made))
    elif made.outcome == "planned":
        lines(plan_lines(made, cards_for_plans(settings)))
        lines(fault_lines(made.faults))
    elif made.outcome == "unsure":
        lines(model_lines(made.model_said))
        lines(choices_shown(made.why, made.choices))
    else:
        lines(impossible_lines(made))
    if made.outcome == "unsure":
        raise Unsure("The goal may mean several things: choose one with --choose NUMBER, or say it in other words.")
    if made.outcome == "impossible":
        raise Problem("No plan reaches this goal.")
    if made.faults:
        raise Problem(f"The plan has {plural(len(made.faults), 'fault')}: it may not run.")


async def _start_enquiry(runs: Runs, goal: str, chosen_id: str | None) -> EnquiryStart:
    if chosen_id is not None and names.is_goal(chosen_id):
        raise Problem(f"This goal is an enquiry: its id does not begin with {names.GOAL_IDS}.")
    came = from_text(goal)
    came = came if chosen_id is None else Incoming(came.message, enquiry_id(chosen_id))
    return await start(runs, came)


async def _tell_started(runs: Runs, started: str, *, plan_is_seen: bool, wait: bool, json: bool) -> None:
    """`plan_is_seen`: a person is asked about its plan before anything of it starts."""
    link = runs.link(started)
    if json:
        as_json(Started(enquiry_id=started, workflow_id=names.workflow_id(started), ui=link))
    else:
        line(f"Started {started}.", style="ok")
        line(f"  See how it goes: uv run starter.py watch {started}", style="quiet")
        if plan_is_seen and not wait:
            line(f"  Nothing starts before its plan is approved: uv run starter.py review {started}", style="wait")
    if wait:
        stopped = await follow(runs, started, quiet=json)
        if not json:
            lines(answer_lines(stopped.result))
        if stopped.waiting.what == "review" and not json:
            line(f"  Look at it, and answer: uv run starter.py review {started}", style="quiet")


async def start_run(
    runs: Runs,
    settings: Settings,
    goal_id: str,
    plan: Plan,
    *,
    review_plan: bool = False,
    planned_by: PlannedBy | None = None,
) -> None:
    """Start a plan that passed the check; `review_plan`, or where a model made it: once a person approved it.

    Raises RanBefore.
    """
    try:
        handed = GoalStart(
            goal_id=goal_id,
            plan=plan,
            planned_by=planned_by,
            received_at=datetime.now(UTC),
            options=GoalOptions(
                review_due_hours=settings.review_due_hours,
                most_steps=settings.most_steps,
                on_queue=settings.widths,
                review_plan=review_plan,
                per_dollar=settings.per_dollar,
            ),
            cards=cards_for(plan, cards_for_plans(settings).values(), settings),
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
            handed,
            process=names.PROCESS_GOAL,
            summary=summary_of(plan.goal),
            received_at=handed.received_at,
            known=handed.search_attributes,
        )
    except WorkflowAlreadyStartedError:
        raise ran_before from None

"""A goal for which rules made no plan is handed to a worker that has a model; here is no key, and nobody is asked."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from temporalio.service import RPCError

from activities.by_model import planner_cards
from activities.cards import goal_cards
from baton.cli.console import line
from baton.cli.problems import NoWorker, Problem
from baton.cli.runs import Runs, open_runs
from baton.cli.starting import begin, known_attributes
from baton.cli.watching import follow
from baton.contracts import names
from baton.contracts.planning import LONGEST_GOAL, GoalPlanned, NotPlanned, PlanGoal, Planned, PlannedBy
from baton.contracts.process import ProcessOptions, ProcessStart, carried_cards
from baton.contracts.record import RunRecord
from baton.settings import Settings
from baton.temporal.worker_options import STAGES_APART_S

MOST_SAID, LONGEST_SAID = 20, 500
"""Of what the rules said: lines, and characters of each."""


@dataclass(frozen=True)
class Asked:
    """The plan that a model made, and which; or why there is none. All empty: no model is named."""

    planned: Planned | None = None
    by: PlannedBy | None = None
    why: str = ""


async def ask_models(settings: Settings, goal: str, said: Sequence[str], runs: Runs | None, *, quiet: bool) -> Asked:
    """What the planner's models make of a goal. A server or a worker that is not there is a reason, no Problem."""
    if not settings.models.of("planner") or len(goal) > LONGEST_GOAL:
        return Asked()
    words = [each[:LONGEST_SAID] for each in said[:MOST_SAID]]
    given = PlanGoal(goal=goal, said=words, most_steps=settings.most_steps, today=datetime.now().astimezone().date())
    try:
        there = runs or await open_runs(settings)
        async with _run_of(there, given) as run_id:
            if not quiet:
                line(f"The rules make no plan of this. A model is asked: {run_id}", style="quiet")
            await follow(there, run_id, quiet=quiet)
            return _outcome(run_id, await there.record(run_id))
    except NoWorker:
        return Asked(why="it could not be asked: no worker is answering")
    except (Problem, RPCError, TimeoutError) as problem:
        return Asked(why=f"it could not be asked: {problem}")


@asynccontextmanager
async def _run_of(runs: Runs, given: PlanGoal) -> AsyncIterator[str]:
    """A run that asks them, ended with whoever waits for it: else it would be paid for, and read by nobody."""
    settings, received_at = runs.settings, datetime.now(UTC)
    known, run_id = await known_attributes(runs), f"{names.PROCESS_PLAN}/{uuid4().hex[:12]}"
    cards = [*planner_cards(settings.models, settings.task_queue), *goal_cards()]
    start = ProcessStart(
        run_id=run_id,
        given=given.model_dump(mode="json"),
        received_at=received_at,
        options=ProcessOptions(review_due_hours=settings.review_due_hours),
        cards=carried_cards([names.PLAN_GOAL.name, names.ARCHIVE_RECORD.name], cards),
        search_attributes=known,
        stages_apart_s=STAGES_APART_S,
    )
    await begin(
        runs,
        names.PLANNING_WORKFLOW,
        run_id,
        start,
        process=names.PROCESS_PLAN,
        summary=f"A plan by a model, {run_id}",
        received_at=received_at,
        known=known,
    )
    try:
        yield run_id
    except BaseException:
        with suppress(Problem, RPCError):
            await runs.cancel(run_id, "nobody waits for the plan any more")
        raise


def _outcome(run_id: str, record: RunRecord) -> Asked:
    calls = [call for entry in record.record for call in entry.calls]
    fact = next((fact for fact in record.facts if fact.name == names.PLAN_GOAL.name), None)
    if fact is None:
        failed = [f"{entry.agent}: {entry.text}" for entry in record.record if entry.kind == "failed"]
        return Asked(why=f"{'; '.join(failed) or 'it was ended'} ({run_id})")
    made = GoalPlanned.model_validate(fact.value).made
    if isinstance(made, NotPlanned):
        return Asked(why=f"{fact.agent}: {'; '.join(made.reasons)} ({run_id})")
    return Asked(made, PlannedBy(agent=fact.agent, run_id=run_id, calls=calls))

"""The planner that asks a model: a plan of a goal for which the rules made none."""

from collections.abc import Sequence
from datetime import datetime

from baton.agents.planning_by_model import faults_in, needs_no_model, offered, planned, question
from baton.contracts.plan import PlanCard
from baton.contracts.planning import GoalPlanned, PlanGoal

from .asking import MODEL_ATTEMPT_S, Thinking
from .capability import capability
from .standing import standing

BY_RULES = "Planner (rules)"

WAIT_S = 120.0
"""How long a plan waits for its turn with a model: less than other steps, for somebody waits at a terminal."""


class ModelPlanner:
    """Plans with a model, and takes only a plan that passes the check. `for_plans`: what plans may use here."""

    def __init__(self, thinking: Thinking, for_plans: Sequence[PlanCard]) -> None:
        self._thinking = thinking
        self._cards = for_plans

    @capability(
        agent="Planner",
        effect="model",
        attempt_s=MODEL_ATTEMPT_S,
        wait_s=WAIT_S,
        fallbacks=["plan_goal_by_second_model"],
    )
    async def plan_goal_by_model(self, given: PlanGoal) -> GoalPlanned:
        """Plan a goal in words for which the rules made no plan."""
        return await self._plan(given, 0)

    @capability(agent="Planner", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=WAIT_S)
    async def plan_goal_by_second_model(self, given: PlanGoal) -> GoalPlanned:
        """Plan a goal in words for which the rules made no plan."""
        return await self._plan(given, 1)

    async def _plan(self, given: PlanGoal, rung: int) -> GoalPlanned:
        known = needs_no_model(given)
        if known is not None:
            standing().by = BY_RULES
            return GoalPlanned(made=known)
        cards = offered(given, self._cards)
        asked = question(given, cards, given.today or datetime.now().astimezone().date())
        answer = await self._thinking.ask(rung, asked, lambda said: faults_in(given, said, cards))
        return GoalPlanned(made=planned(given, answer, cards))

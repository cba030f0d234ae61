"""A plan is checked, and who takes its steps is decided, before anything of it runs."""

from temporalio import workflow

from baton.contracts import names
from baton.contracts.goal import CheckPlan
from baton.contracts.plan import PlanFault
from workflows.step_runner import StepRunner

from .goal_run import GoalRun


class Acceptance:
    """Accepts a plan once; a run that goes on anew does not ask again."""

    def __init__(self, run: GoalRun, steps: StepRunner) -> None:
        self._run = run
        self._steps = steps

    async def check(self) -> list[PlanFault]:
        """All that is wrong with the plan; nothing when it may run."""
        state, start = self._run.state, self._run.start
        if state.accepted:
            return []
        self._run.stage("checking the plan")
        wanted = CheckPlan(plan=start.plan, cards=start.cards, most_steps=start.options.most_steps)
        checked = await self._steps.run(
            names.CHECK_PLAN, key="plan/check", given=wanted.model_dump(mode="json"), summary="Check the plan"
        )
        state.accepted = not checked.faults
        state.began_at = workflow.now()
        return checked.faults

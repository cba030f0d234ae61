"""How a plan is carried out: every step as soon as its own predecessors are settled, whatever its siblings do."""

from baton.contracts.plan import PlanStep
from workflows.continuing import Continuing
from workflows.review_desk import ReviewDesk
from workflows.scheduling import Schedule
from workflows.step_runner import StepRunner
from workflows.together import Crowd

from .goal_run import GoalRun
from .plan_steps import PlanSteps


class Progress:
    """Starts the steps that are ready; each that is settled brings along those that waited for it alone."""

    def __init__(self, run: GoalRun, steps: StepRunner, desk: ReviewDesk, continuing: Continuing) -> None:
        self._run = run
        self._steps = steps
        self._desk = desk
        self._continuing = continuing

    async def carry_out(self) -> None:
        """Until every step is settled. Raises RunAborted, and cancellation as it comes."""
        self._run.stage("working")
        crowd = Crowd()
        schedule = Schedule(self._run.start.plan.steps)  # only now: a plan with faults cannot be scheduled
        steps = PlanSteps(self._run, self._steps, self._desk, self._continuing, schedule)

        async def follow(step: PlanStep) -> None:
            await steps.carry_out(step)
            for ready in schedule.settle(step.id):
                crowd.start(follow(ready))

        for step in schedule.at_first():
            crowd.start(follow(step))
        await crowd.all_done()

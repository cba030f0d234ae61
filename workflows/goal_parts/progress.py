"""How a plan is carried out: every step as soon as its own predecessors are settled, whatever its siblings do."""

from contextlib import suppress

from baton.contracts.plan import PlanStep
from workflows.room import Room
from workflows.scheduling import Schedule
from workflows.together import Crowd

from .calls import Overtaken
from .changes import Changes
from .goal_run import GoalRun
from .plan_steps import PlanSteps
from .replanning import Replanning


class Progress:
    """Starts the steps that are ready; each that is settled brings along those that waited for it alone.

    When the plan was changed meanwhile, the steps that are ready by the new one start, and of the old one none.
    """

    def __init__(self, run: GoalRun, steps: PlanSteps, changes: Changes, replanning: Replanning, room: Room) -> None:
        self._run = run
        self._steps = steps
        self._changes = changes
        self._room = room
        self._crowd: Crowd | None = None
        self._schedule: Schedule | None = None
        self._started: dict[str, PlanStep] = {}
        self._settled: list[str] = []
        self._changing = False
        replanning.when_changed = self._start_what_is_ready

    async def carry_out(self) -> None:
        """Until every step is settled. Raises RunAborted, and cancellation as it comes."""
        self._run.stage("working")
        self._room.of(self._run.plan.at_once)
        while self._crowd is None or self._changes.waiting:
            self._crowd = Crowd()
            self.change_came()
            self._start_what_is_ready()
            await self._crowd.all_done()
        self._changes.close("its steps are done, and its answer is put together")

    def change_came(self) -> None:
        """Something else is wanted: that is seen to beside the steps that run."""
        if self._crowd and not self._crowd.over and not self._changing and self._changes.waiting:
            self._changing = True
            self._crowd.start(self._see_to_changes())

    async def _see_to_changes(self) -> None:
        while self._changes.waiting:
            await self._changes.take_next()
        self._changing = False

    async def _follow(self, step: PlanStep) -> None:
        with suppress(Overtaken):
            await self._steps.carry_out(step)
            self._settled.append(step.id)
            self._start_what_is_ready(step.id)

    def _start_what_is_ready(self, settled: str | None = None) -> None:
        if self._crowd is None:
            return  # a person still looks at the plan
        schedule = self._run.schedule  # only now: a plan with faults cannot be scheduled
        if schedule is not self._schedule:
            self._schedule = schedule
            ready = schedule.at_first()
            for each in self._settled:
                ready += schedule.settle(each) if each in schedule.steps else []
        else:
            ready = schedule.settle(settled) if settled in schedule.steps else []
        for step in ready:
            if self._started.get(step.id) != step:
                self._started[step.id] = step
                self._crowd.start(self._follow(step))

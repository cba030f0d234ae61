"""A goal: a plan that was proved, carried out as wide as its dependencies allow, changed under way, and answered."""

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.goal import GoalStart
    from baton.contracts.outcome import GoalResult
    from baton.contracts.steering import GoalChange, Note
    from workflows.continuing import Continuing
    from workflows.goal_parts.acceptance import Acceptance
    from workflows.goal_parts.changes import Changes
    from workflows.goal_parts.closing import Closing
    from workflows.goal_parts.goal_run import GoalRun
    from workflows.goal_parts.plan_steps import PlanSteps
    from workflows.goal_parts.progress import Progress
    from workflows.goal_parts.replanning import Replanning
    from workflows.handlers import Handlers
    from workflows.pausing import Pausing
    from workflows.review_desk import ReviewDesk
    from workflows.room import Room
    from workflows.signals import NOTHING, BadSignal, read_signal
    from workflows.step import RunAborted
    from workflows.step_runner import StepRunner


@workflow.defn(name=names.GOAL_WORKFLOW)
class GoalWorkflow(Handlers):
    """Check the plan, start every step as soon as what it needs is there, put one answer together."""

    @workflow.init
    def __init__(self, start: GoalStart) -> None:
        self._run: GoalRun = GoalRun(start)
        self._pausing = Pausing(self._run)
        continuing = Continuing(self._run, self._pausing)
        self._desk = ReviewDesk(self._run, continuing)
        room = Room(None, start.options.on_queue)
        steps = StepRunner(self._run, self._desk, continuing, room)
        replanning = Replanning(self._run, steps, self._desk)
        self.changes = Changes(self._run, self._desk, replanning)
        self.acceptance = Acceptance(self._run, steps, self._desk, self.changes)
        of_plan = PlanSteps(self._run, steps, self._desk, continuing, replanning)
        self.progress = Progress(self._run, of_plan, self.changes, replanning, room)
        self.closing = Closing(self._run, steps, self._desk, continuing)

    @workflow.run
    async def run(self, start: GoalStart) -> GoalResult:
        """How the goal ended."""
        if self._run.state.is_closing:
            return await self.closing.finish()
        try:
            faults = await self.acceptance.check()
            if faults:
                return await self.closing.refuse(faults)
            await self.progress.carry_out()
            return await self.closing.answer()
        except RunAborted as stop:
            return await self.closing.close("aborted", str(stop))
        except BaseException as stop:
            if not is_cancelled_exception(stop):
                raise
            await self.closing.cancel()
            raise

    @workflow.signal(name=names.ADD_NOTE, description="Something to know of this goal: a Note as JSON")
    async def add_note(self, raw: RawValue = NOTHING) -> None:
        """Keep a note; it changes no plan."""
        try:
            self.changes.note(read_signal(raw, Note))
        except BadSignal as bad:
            self._run.refuse(names.ADD_NOTE, str(bad))

    @workflow.signal(name=names.CHANGE_GOAL, description="What is wanted instead, in words: a GoalChange as JSON")
    async def change_goal(self, raw: RawValue = NOTHING) -> None:
        """Plan anew, for other words, what has not begun."""
        try:
            if self.changes.change(read_signal(raw, GoalChange)):
                self.progress.change_came()
        except BadSignal as bad:
            self._run.refuse(names.CHANGE_GOAL, str(bad))

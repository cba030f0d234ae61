"""A goal: a plan that was proved, carried out as wide as its dependencies allow, and answered."""

from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.goal import GoalStart
    from baton.contracts.outcome import GoalResult
    from workflows.continuing import Continuing
    from workflows.goal_parts.acceptance import Acceptance
    from workflows.goal_parts.closing import Closing
    from workflows.goal_parts.goal_run import GoalRun
    from workflows.goal_parts.progress import Progress
    from workflows.handlers import Handlers
    from workflows.pausing import Pausing
    from workflows.review_desk import ReviewDesk
    from workflows.room import Room
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
        room = Room(start.plan.at_once, start.options.on_queue)
        steps = StepRunner(self._run, self._desk, continuing, room)
        self.acceptance = Acceptance(self._run, steps)
        self.progress = Progress(self._run, steps, self._desk, continuing)
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

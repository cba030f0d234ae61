"""A plan asked of models, where rules made none. It is made here and nothing else: nothing of it is carried out."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.outcome import ProcessResult
    from baton.contracts.planning import PlanGoal, Planned
    from baton.contracts.process import ProcessStart
    from workflows.process import Process
    from workflows.step import StepSkipped, Terms

LONGEST_S = 600.0
"""How long one model may take, its pauses too: somebody waits at a terminal."""


@workflow.defn(name=names.PLANNING_WORKFLOW)
class PlanningWorkflow(Process[PlanGoal]):
    """Ask one model, then the second; the plan is a fact of this run, and its record has what was paid for it."""

    uses = (names.PLAN_GOAL,)

    @workflow.run
    async def run(self, start: ProcessStart) -> ProcessResult:
        """How it ended."""
        return await self.carry_out(self.plan)

    async def plan(self, given: PlanGoal) -> str:
        """What came of it, in words. Nobody is asked where no model can: whoever wants the plan is told why."""
        try:
            terms = Terms(optional=True, timeout_s=LONGEST_S)
            planned = await self.step(names.PLAN_GOAL, given, summary="Ask a model for a plan", terms=terms)
        except StepSkipped:
            return "no model made a plan"
        made = planned.made
        return f"a plan of {len(made.plan.steps)} steps" if isinstance(made, Planned) else "; ".join(made.reasons)

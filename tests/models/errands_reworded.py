"""The process of the errands as it is after a deploy that words its agent's task otherwise."""

from temporalio import workflow

from baton.processes import ProcessResult, ProcessStart

from .errands import ErrandsWorkflow


@workflow.defn(name="process/errands")
class RewordedErrandsWorkflow(ErrandsWorkflow):
    """The same errand."""

    task = "Answer in one short sentence."

    @workflow.run
    async def run(self, start: ProcessStart) -> ProcessResult:
        """How it ended."""
        return await self.carry_out(self.find_out)

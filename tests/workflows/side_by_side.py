"""A process of nothing but large steps that start together."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.record import EnquiryStart
    from workflows.continuing import Continuing
    from workflows.enquiry_parts.enquiry_run import EnquiryRun
    from workflows.pausing import Pausing
    from workflows.review_desk import ReviewDesk
    from workflows.step_runner import StepRunner
    from workflows.together import together


@workflow.defn
class SideBySideWorkflow:
    """One small step, which tells whether large values are kept; then so many large ones at once."""

    @workflow.init
    def __init__(self, start: EnquiryStart, steps: int, size: int) -> None:
        run = EnquiryRun(start)
        continuing = Continuing(run, Pausing(run))
        self._steps = StepRunner(run, ReviewDesk(run, continuing), continuing)

    @workflow.run
    async def run(self, start: EnquiryStart, steps: int, size: int) -> int:
        """How many of them were done."""
        await self._check("first", 1)
        done = await together(*(self._check(f"large/{number}", size) for number in range(steps)))
        return len(done)

    async def _check(self, key: str, size: int) -> None:
        await self._steps.run(names.CHECK_ORDERS, key=key, given={"order_id": key, "words": "x" * size})

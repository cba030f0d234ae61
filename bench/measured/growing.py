"""A run of as many steps as one likes, one after the other or side by side."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from baton.contracts.record import EnquiryStart
    from baton.contracts.wire import Wire
    from bench.measured.growing_steps import ADD
    from workflows.continuing import Continuing
    from workflows.enquiry_parts.enquiry_run import EnquiryRun
    from workflows.pausing import Pausing
    from workflows.review_desk import ReviewDesk
    from workflows.step_runner import StepRunner
    from workflows.together import together


class Growth(Wire):
    """How many steps, and whether they run side by side."""

    start: EnquiryStart
    steps: int
    side_by_side: bool = False


@workflow.defn
class GrowingRun:
    """Each step reads only what it names: the one before it, or nothing."""

    @workflow.init
    def __init__(self, growth: Growth) -> None:
        self._run = EnquiryRun(growth.start)
        continuing = Continuing(self._run, Pausing(self._run))
        continuing.stay()  # its history is measured whole
        self._steps = StepRunner(self._run, ReviewDesk(self._run, continuing), continuing)

    @workflow.run
    async def run(self, growth: Growth) -> int:
        """How many facts the run knows in the end."""
        self._run.stage("growing")
        names = [f"{ADD.name}/{number}" for number in range(growth.steps)]
        if growth.side_by_side:
            await together(*(self._steps.run(ADD, key=name, summary=f"Add {name}") for name in names))
        else:
            for before, name in zip([None, *names], names, strict=False):
                await self._steps.run(ADD, key=name, reads={"before": before} if before else {}, summary=f"Add {name}")
        return len(self._run.state.facts)

"""The end of a process of one's own: the record in the archive, the result."""

from baton.contracts.outcome import ProcessOutcome, ProcessResult
from baton.contracts.sizes import MOST_LINE
from workflows.continuing import Continuing
from workflows.ending import Ending
from workflows.review_desk import ReviewDesk
from workflows.step_runner import StepRunner

from .process_run import ProcessRun


class ProcessClosing:
    """Ends a run. Nothing here may keep it from ending."""

    def __init__(self, run: ProcessRun, steps: StepRunner, desk: ReviewDesk, continuing: Continuing) -> None:
        self._run = run
        self._steps = steps
        self._desk = desk
        self._continuing = continuing
        self._ending = Ending(run, desk, continuing)

    async def close(self, outcome: ProcessOutcome, summary: str) -> ProcessResult:
        """Withdraw what is open, keep the whole record, and end."""
        self._desk.withdraw_all(f"the process ended: {outcome}")
        self._run.state.result = ProcessResult(
            run_id=self._run.business_id,
            outcome=outcome,
            summary=summary[:MOST_LINE],
            in_doubt=list(self._run.state.unknown_keys),
        )
        return await self.finish()

    async def cancel(self) -> ProcessResult:
        """End a run that an operator cancelled."""
        self._ending.ask_nobody()
        return await self.close("cancelled", self._run.note_cancelled())

    async def finish(self) -> ProcessResult:
        """End a run that is closing, with the outcome that it has."""
        return await self._ending.see_through(self._end())

    async def _end(self) -> ProcessResult:
        result = self._run.state.result
        assert result is not None
        self._continuing.stay()
        self._run.stage("closing")
        await self._ending.keep(self._steps, result, under="closing/")
        return result

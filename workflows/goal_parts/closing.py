"""The end of a goal: one answer, the record in the archive, the result."""

from contextlib import suppress

from baton.contracts import names
from baton.contracts.outcome import ComposedAnswer, GoalOutcome, GoalResult
from baton.contracts.plan import PlanFault
from baton.contracts.sizes import MOST_LINE
from workflows.continuing import Continuing
from workflows.ending import Ending
from workflows.review_desk import ReviewDesk
from workflows.step import StepSkipped, Terms
from workflows.step_runner import StepRunner

from .answering import answer_from
from .goal_run import GoalRun


class Closing:
    """Composes the answer and ends the run. Nothing here may keep it from ending."""

    def __init__(self, run: GoalRun, steps: StepRunner, desk: ReviewDesk, continuing: Continuing) -> None:
        self._run = run
        self._steps = steps
        self._desk = desk
        self._continuing = continuing
        self._ending = Ending(run, desk, continuing)

    async def answer(self) -> GoalResult:
        """The end of a plan that was carried out: everything that it found, in one answer."""
        plan = self._run.plan
        self._run.stage("composing the answer")
        answer: ComposedAnswer | None = None
        with suppress(StepSkipped):
            answer = await self._steps.run(
                names.COMPOSE,
                key="plan/answer",
                given=answer_from(self._run, plan.steps).model_dump(mode="json"),
                summary="Put the answer together",
                terms=Terms(optional=True),
            )
        whole = answer is not None and not answer.not_had and not any(map(self._run.is_missing, plan.steps))
        return await self.close("reached" if whole else "in_part", self._in_short(answer), answer)

    def _in_short(self, answer: ComposedAnswer | None) -> str:
        if answer is None:
            return "no answer could be put together: see the record"
        missing = f"; missing: {'; '.join(answer.missing)}" if answer.missing else ""
        count = len(answer.statements)
        return f"{count} statement{'s' * (count != 1)}{missing}"

    async def refuse(self, faults: list[PlanFault]) -> GoalResult:
        """The plan did not pass the check: nothing of it ran."""
        lines = [f"{fault.place or 'plan'}: {fault.message}" for fault in faults]
        return await self.close("refused", "; ".join(lines), faults=faults)

    async def cancel(self) -> GoalResult:
        """End a run that an operator cancelled."""
        self._ending.ask_nobody()
        return await self.close("cancelled", self._run.note_cancelled())

    async def close(
        self,
        outcome: GoalOutcome,
        summary: str,
        answer: ComposedAnswer | None = None,
        faults: list[PlanFault] | None = None,
    ) -> GoalResult:
        """Withdraw what is open, keep the whole record, and end."""
        self._desk.withdraw_all(f"the goal ended: {outcome}")
        self._run.state.result = GoalResult(
            goal_id=self._run.business_id,
            outcome=outcome,
            summary=summary[:MOST_LINE],
            answer=answer,
            faults=faults or [],
            stalls=self._run.state.stalls,
            in_doubt=list(self._run.state.unknown_keys),
        )
        return await self.finish()

    async def finish(self) -> GoalResult:
        """End a run that is closing, with the outcome that it has."""
        return await self._ending.see_through(self._end())

    async def _end(self) -> GoalResult:
        result = self._run.state.result
        assert result is not None
        self._continuing.stay()
        self._run.stage("closing")
        await self._ending.keep(self._steps, result, under="closing/")
        return result

"""The same call again brings nothing new: it is not made, unless something may have changed in between."""

from collections.abc import Sequence

from pydantic import JsonValue
from temporalio import workflow

from baton.contracts.plan import PlanStep
from baton.contracts.plan_builtin import ASK_PERSON, WAIT
from baton.contracts.record import Fact
from baton.contracts.wire import digest_of
from workflows.continuing import Continuing
from workflows.scheduling import Schedule
from workflows.step_runner import StepRunner

from .calls import Call, effect_of
from .goal_run import GoalRun, step_of


class Repeats:
    """Knows every call by its capability, its inputs, and the steps before it after which things may have changed.

    A second look after a wait, an answer or a write is no repeat; a second write always is.
    """

    def __init__(self, run: GoalRun, steps: StepRunner, continuing: Continuing) -> None:
        self._run = run
        self._state = run.state
        self._steps = steps
        self._continuing = continuing
        self._of: Schedule | None = None
        self._ids: set[str] = set()

    def claim(self, step: PlanStep, calls: Sequence[Call]) -> list[str]:
        """These writes are about to be made, if a person wants it. Which of them others make too, a line each."""
        lines: list[str] = []
        for call in calls:
            digest = self._digest(step, call)
            first = self._state.calls.get(digest, call.key)
            if first == call.key or self._came_to_nothing(first):
                self._state.calls[digest] = call.key
            else:
                lines.append(f"{call.key} does the same as {first}")
        return lines

    def release(self, step: PlanStep, calls: Sequence[Call]) -> None:
        """A person wants others instead."""
        for call in calls:
            digest = self._digest(step, call)
            if self._state.calls.get(digest) == call.key:
                del self._state.calls[digest]

    async def take_over(self, step: PlanStep, call: Call, title: str) -> bool:
        """Whether the same was looked up before: then its result is this call's as well, and nobody is asked."""
        digest = self._digest(step, call)
        while True:
            first = self._state.calls.setdefault(digest, call.key)
            if first == call.key:
                return False
            fact = await self._result_of(first)
            if fact is not None:
                break
            if self._state.calls[digest] == first:  # else another took its place: one at a time
                self._state.calls[digest] = call.key
        self._state.stalls += 1
        self._run.know(call.key, fact.value, type_=fact.type, agent=fact.agent, attempt=fact.attempt, step=first)
        self._run.note("done", f"the same as {first}: not asked again", step=call.key, title=title, agent=fact.agent)
        return True

    async def _result_of(self, key: str) -> Fact | None:
        """What that call gave, once it has ended; None when it came to nothing."""
        while self._run.fact(key) is None and not self._ended(key):
            await self._continuing.point()
            await workflow.wait_condition(
                lambda: self._run.fact(key) is not None or self._ended(key) or self._continuing.calls()
            )
        return self._run.fact(key)

    def _came_to_nothing(self, key: str) -> bool:
        """Whether that write was not made, and will not be."""
        done = self._run.fact(key) is not None or self._steps.may_be_done(key, effect_of(key))
        return not done and self._ended(key)

    def _ended(self, key: str) -> bool:
        return key in self._state.skipped or self._run.is_settled(step_of(key))

    def _digest(self, step: PlanStep, call: Call) -> str:
        changing = set() if self._run.writes(step) else self._changing()
        since = [each for each in self._run.schedule.ancestors(step.id) if each in changing] if changing else []
        return digest_of([step.capability, call.inputs, list[JsonValue](since)])[:20]

    def _changing(self) -> set[str]:
        """The steps after which things may have changed."""
        if self._of is not self._run.schedule:
            self._of = self._run.schedule
            every = self._of.steps.values()
            self._ids = {each.id for each in every if each.capability in (WAIT, ASK_PERSON) or self._run.writes(each)}
        return self._ids

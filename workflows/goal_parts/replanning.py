"""The plan is changed under way: only what has not begun, with the cause in the record."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from baton.contracts import names
from baton.contracts.plan import PlanStep
from baton.contracts.planning import Wanted
from baton.contracts.replanning import Replan, Replanned
from workflows.review_desk import ReviewDesk
from workflows.step import StepSkipped, Terms
from workflows.step_runner import StepRunner

from .goal_run import GoalRun, step_of_review, title_of

MOST_REPLANS = 3
"""So often a run changes its plan by itself; then people are asked about what fails."""

_WITHOUT_IT = "the plan does without it now"


class Replanning:
    """Asks for another plan, and takes it. Meanwhile no step begins."""

    def __init__(self, run: GoalRun, steps: StepRunner, desk: ReviewDesk) -> None:
        self._run = run
        self._state = run.state
        self._steps = steps
        self._desk = desk
        self._one_at_a_time = asyncio.Lock()
        self.when_changed: Callable[[], None] = lambda: None
        """Called as soon as the plan is another one."""

    async def around(self, step: PlanStep, call: str, tried: Sequence[str], cause: str) -> str:
        """Another way to what this step should give, when all who tried failed for good; else why there is none."""
        async with self._one_at_a_time:
            if step.id in self._state.past:
                return ""
            if call != step.id and self._run.has_items(step):
                return "it is one item of a list, of which others are done"
            if self._state.replans >= MOST_REPLANS:
                return f"the plan was changed {MOST_REPLANS} times before"
            failed = list(dict.fromkeys([*self._state.failed, *tried]))
            made = await self._ask(
                f"plan/replan/{step.id}", self._as_it_is(failed).model_copy(update={"step": step.id})
            )
            if made.plan is None:
                return "; ".join(made.reasons)
            self._state.failed = failed
            self._state.replans += 1
            number = f"{self._state.replans} of at most {MOST_REPLANS}"
            self._take(made, f"{title_of(step)} could not be done: {cause}", step=f"plan/replan/{step.id}", by=number)
            return ""

    async def to_other_words(self, key: str, goal: str, reading: Sequence[Wanted], why: str) -> Replanned:
        """The plan for other words. Where they make none, or may mean several things, the plan is as it was."""
        async with self._one_at_a_time:
            wanted = {"goal": goal, "reading": list(reading)}
            made = await self._ask(key, self._as_it_is(self._state.failed).model_copy(update=wanted))
            if made.plan is not None:
                self._take(made, why, step=key)
            return made

    def _as_it_is(self, failed: Sequence[str]) -> Replan:
        state, plan = self._state, self._run.plan
        given_up = {
            step_of_review(review)
            for review in state.reviews
            if review.status == "superseded" and review.kind in ("answer", "failure")
        }  # nobody is asked any more: they are left out as soon as it is their turn
        ended = [step.id for step in plan.steps if self._run.is_settled(step.id) or step.id in given_up]
        begun = {*state.begun, *ended}
        return Replan(
            plan=plan,
            cards=self._run.carried_cards,
            begun=[step.id for step in plan.steps if step.id in begun],
            had=[each for each in ended if each not in state.left_out and self._run.is_settled(each)],
            left_out=[each for each in ended if each in state.left_out or not self._run.is_settled(each)],
            past=state.past,
            used=state.dropped,
            failed=list(failed),
            more=state.more,
            most_steps=self._run.start.options.most_steps,
        )

    async def _ask(self, key: str, given: Replan) -> Replanned:
        with self._nothing_begins():
            try:
                return await self._steps.run(
                    names.REPLAN,
                    key=key,
                    given=given.model_dump(mode="json"),
                    summary="Plan anew what has not begun",
                    terms=Terms(optional=True),
                )
            except StepSkipped:
                return Replanned(outcome="impossible", reasons=["nobody could plan it: see the record"])

    @contextmanager
    def _nothing_begins(self) -> Iterator[None]:
        """A step that began meanwhile could be one that the new plan does without."""
        self._run.replanning = True
        try:
            yield
        finally:
            self._run.replanning = False

    def _take(self, made: Replanned, cause: str, *, step: str, by: str = "") -> None:
        assert made.plan is not None
        before = {each.id: each for each in self._run.plan.steps}
        self._run.take_plan(made.plan, made.cards, made.past)
        self._run.note(
            "replanned", f"{cause}; {_what_changed(made)}", step=step, title=f"Plan changed{f' ({by})' if by else ''}"
        )
        for each in made.dropped:
            self._run.note("skipped", "left out by the change of the plan", step=each, title=title_of(before[each]))
        self._ask_no_more()
        self._run.show()
        self.when_changed()

    def _ask_no_more(self) -> None:
        """Nobody need say what becomes of what the plan does without now; a write that waits has begun, and stays."""
        past = {step.id: step for step in self._run.plan.steps if step.id in self._state.past}
        for review in self._run.open_reviews:
            step = past.get(step_of_review(review))
            if review.kind in ("answer", "failure") and step is not None and not self._run.writes(step):
                self._desk.take_back(review, _WITHOUT_IT)
                self._run.note("skipped", _WITHOUT_IT, step=step.id, title=title_of(step))


def _what_changed(made: Replanned) -> str:
    if not (made.added or made.dropped):
        return "its steps stay as they are: only what is wanted of them changed"
    came = f"came in: {', '.join(made.added)}" if made.added else "nothing came in"
    went = f"left out: {', '.join(made.dropped)}" if made.dropped else "nothing was left out"
    return f"{came}; {went}"

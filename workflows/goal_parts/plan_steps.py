"""How one step of a plan is carried out: wanted at all, approved, within the budget, then once or for each item."""

from functools import partial

from pydantic import JsonValue, RootModel

from baton.contracts.agents import Capability
from baton.contracts.goal import Omitted
from baton.contracts.plan import EACH, PlanCard, PlanStep, Reference
from baton.contracts.plan_builtin import ASK_PERSON, COMPOSE, WAIT
from baton.contracts.wire import JsonObject
from workflows.continuing import Continuing
from workflows.handed import handed_in_short
from workflows.review_desk import ReviewDesk
from workflows.schema_check import misfit
from workflows.step import StepSkipped, Terms
from workflows.step_runner import StepRunner
from workflows.together import together

from .answering import answer_from
from .approval import Approval
from .budgets import Budgets
from .calls import Call, NotDone, Overtaken, calls_of, effect_of, why_not_done, why_not_wanted
from .goal_run import GoalRun, title_of
from .repeats import Repeats
from .replanning import Replanning
from .waits import Waits


class PlanResult(RootModel[JsonValue]):
    """What a step of a plan gives: its card's schema says what that must be."""


class PlanSteps:
    """Carries out steps, each of which ends with a result, or left out with the reason."""

    def __init__(
        self, run: GoalRun, steps: StepRunner, desk: ReviewDesk, continuing: Continuing, replanning: Replanning
    ) -> None:
        self._run = run
        self._steps = steps
        self._continuing = continuing
        self._replanning = replanning
        self._budgets = Budgets(run, desk, continuing)
        self._repeats = Repeats(run, steps, continuing)
        self._approval = Approval(run, steps, desk, self._repeats)
        self._waits = Waits(run, desk, continuing)

    async def carry_out(self, step: PlanStep) -> None:
        """Until the step is settled. Raises RunAborted, and cancellation; what else happens is its own affair.

        Overtaken: the plan was changed before it began, and it is to be left alone.
        """
        if self._run.is_settled(step.id):
            return
        await self._continuing.point()
        if not self._run.has(step):
            raise Overtaken(step.id)
        try:
            await self._carry_out(step)
        except NotDone as why:
            self._run.leave_out(step, why.omitted)
        except StepSkipped:
            self._run.leave_out(step, Omitted(why=self._last_word(step)))

    async def _carry_out(self, step: PlanStep) -> None:
        """Its predecessors are settled."""
        unwanted = why_not_wanted(step, self._run)
        if unwanted:
            raise NotDone(unwanted, unwanted=True)
        card = self._run.card(step)
        calls = calls_of(step, card, self._run)
        await self._budgets.begin(step)
        if card is not None and calls:
            calls = await self._approval.of(step, card, calls)
        if step.for_each is None:
            await self._call(step, card, calls[0], title_of(step))
            return
        await together(*(self._item(step, card, call, len(calls)) for call in calls))
        self._run.state.items[step.id] = len(calls)

    async def _item(self, step: PlanStep, card: PlanCard | None, call: Call, of: int) -> None:
        """One item of a list; that it cannot be done stops none of the others."""
        title = f"{title_of(step)} ({call.key.rpartition('/')[2]} of {of})"
        try:
            await self._call(step, card, call, title)
        except NotDone as why:
            if call.key not in self._run.state.skipped:
                self._run.state.skipped.append(call.key)
                self._run.note("skipped", str(why), step=call.key, title=title)
        except StepSkipped:
            return

    async def _call(self, step: PlanStep, card: PlanCard | None, call: Call, title: str) -> None:
        if self._run.fact(call.key) is not None:
            return
        if step.capability == WAIT:
            await self._waits.wait(call, title)
        elif step.capability == ASK_PERSON:
            await self._waits.ask(call, title, step.timeout_s)
        else:
            await self._run_step(step, card, call, title)

    async def _run_step(self, step: PlanStep, card: PlanCard | None, call: Call, title: str) -> None:
        looks_up = card is not None and not card.writes and step.capability != COMPOSE
        handed = handed_in_short(call.inputs)
        if looks_up and await self._repeats.take_over(step, call, title):
            return
        await self._steps.run(
            Capability(step.capability, PlanResult),
            key=call.key,
            given=self._handed(step, call),
            effect=effect_of(call.key) if card and card.writes else None,
            summary=title,
            terms=Terms(
                check=partial(self._why_not, step, card),
                timeout_s=step.timeout_s,
                reserve=partial(self._budgets.reserve, call.key),
                may_skip=True,
                optional=step.optional,
                ranked=self._run.ranked(step),
                why_no_other_way=None if card and card.writes else partial(self._replanning.around, step, call.key),
                handed=handed,
                told_by=_telling(step, handed),
            ),
        )

    def _handed(self, step: PlanStep, call: Call) -> JsonObject:
        """An answer is put together from all that came before it; every other step gets its inputs alone."""
        if step.capability != COMPOSE:
            return call.inputs
        schedule = self._run.schedule
        before = [schedule.steps[each] for each in schedule.ancestors(step.id)]
        return answer_from(self._run, before).model_dump(mode="json")

    def _why_not(self, step: PlanStep, card: PlanCard | None, value: JsonValue) -> str:
        """Empty but valid is a result."""
        wrong = misfit(value, card.gives_schema) if card else ""
        return wrong or why_not_done(step.done_when, value)

    def _last_word(self, step: PlanStep) -> str:
        lines = [line.text for line in self._run.state.record if line.step == step.id and line.kind == "skipped"]
        return lines[-1] if lines else "nobody was asked"


def _telling(step: PlanStep, handed: JsonObject) -> JsonObject:
    """What tells one item of a list from the others; of a step that is done once, all that it was handed."""
    if step.for_each is None:
        return handed
    return {
        name: value
        for name, value in handed.items()
        if isinstance(given := step.inputs.get(name), Reference) and given.step == EACH
    }

"""What a goal may use up: reserved before it is used, counted once under retries, and more of it given by a person."""

from datetime import timedelta
from decimal import Decimal

from pydantic import JsonValue
from temporalio import workflow

from baton.contracts.agents import Card
from baton.contracts.plan import LONGEST_S, Budget, PlanCard, PlanStep
from baton.contracts.review import Decision, Review, ReviewChoice
from baton.contracts.wire import JsonObject
from workflows.continuing import Continuing
from workflows.review_desk import ReviewDesk
from workflows.step import RunAborted

from .calls import NotDone, Overtaken
from .goal_run import GoalRun
from .model_costs import ModelCosts

REVIEW = "budget"

Amount = int | float | Decimal

_MOST = 10**9
"""More of anything than a person grants at once."""

_MORE: JsonObject = {
    "type": "object",
    "properties": {
        "steps": {"type": "integer", "minimum": 1, "maximum": _MOST},
        "calls": {"type": "integer", "minimum": 1, "maximum": _MOST},
        "cost": {"type": "number", "exclusiveMinimum": 0, "maximum": _MOST},
        "seconds": {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST_S},
    },
    "additionalProperties": False,
    "minProperties": 1,
}


class Budgets:
    """Lets a step begin, and an agent be called, while the plan's budget lasts; then a person is asked."""

    def __init__(self, run: GoalRun, desk: ReviewDesk, continuing: Continuing) -> None:
        self._run = run
        self._desk = desk
        self._continuing = continuing
        self._state = run.state
        self._models = ModelCosts(run)
        self._reserved = sum(run.state.reserved.values(), Decimal(0))

    async def begin(self, step: PlanStep) -> None:
        """A step begins, once, and never while the plan is being changed.

        Raises Overtaken when the plan has no such step any more, NotDone when no further step begins, RunAborted when a
        person ends it.
        """
        if step.id in self._state.begun:
            return
        try:
            await self._room_for(steps=1)
            while self._run.replanning:
                await workflow.wait_condition(lambda: not self._run.replanning)
                await self._continuing.point()  # it may have been paused meanwhile
                await self._room_for(steps=1)
        except NotDone:
            if self._run.has(step):
                raise
        if not self._run.has(step):
            raise Overtaken(step.id)
        self._state.begun.append(step.id)

    async def reserve(self, key: str, card: Card) -> None:
        """An agent is about to be called for this: its attempts, and a run that goes on anew, cost nothing more.

        When a person has it tried again, that is another call.
        """
        tries = self._state.rounds.get(key, 0)
        call = f"{key} {card.name}{f' {tries + 1}' if tries else ''}"
        if call not in self._state.reserved:
            cost = card.cost if isinstance(card, PlanCard) else Decimal(0)
            await self._room_for(calls=1, cost=cost)
            self._state.reserved[call] = cost
            self._reserved += cost

    @property
    def _spent(self) -> Decimal:
        """What was reserved for calls, and what models have cost since: nobody knows that before."""
        return self._reserved + self._models.so_far()

    async def _room_for(self, *, steps: int = 0, calls: int = 0, cost: Decimal = Decimal(0)) -> None:
        while True:
            if self._state.finishing:
                raise NotDone(self._state.finishing)
            over = self._over(steps, calls, cost)
            if not over:
                return
            await self._ask(over)

    def _over(self, steps: int, calls: int, cost: Decimal) -> list[str]:
        """What would be more than the budget, a line each."""
        budget, more, state = self._run.plan.budget, self._state.more, self._state
        began = state.began_at or workflow.now()
        seconds = (workflow.now() - began) / timedelta(seconds=1)
        lines: list[tuple[Amount | None, Amount | None, Amount, str]] = [
            (budget.steps, more.steps, len(state.begun) + steps, "steps"),
            (budget.calls, more.calls, len(state.reserved) + calls, "calls"),
            (budget.cost, more.cost, self._spent + cost, "cost"),
            (budget.seconds, more.seconds, seconds, "seconds"),
        ]
        return [
            f"{what}: {used:.10g} of {_sum(limit, extra):.10g}"
            for limit, extra, used, what in lines
            if limit is not None and used > _sum(limit, extra)
        ]

    async def _ask(self, over: list[str]) -> None:
        """One review for all that wait; the first of them to see its answer follows it."""
        number = self._state.budget_reviews + 1
        review = self._desk.open(
            REVIEW,
            "budget",
            title="The budget of this goal is used up",
            summary=f"The next step would need more than the plan allows. {'; '.join(over)}.",
            subject=self._used(),
            subject_schema={"type": "object"},
            choices=[
                ReviewChoice(id="more", label="Allow so much more", needs="value", schema=_MORE),
                ReviewChoice(id="finish", label="Begin no further step, and finish with what there is"),
                ReviewChoice(id="stop", label="End this goal here"),
            ],
            revision=number,
            risk="medium",
            risk_reasons=over,
        )
        decision = await self._desk.decision(review)
        if decision is None:
            raise NotDone("the budget was used up, and nobody was asked for more")
        if self._state.budget_reviews < number:
            self._state.budget_reviews = number
            self._follow(review, decision)
        if decision.choice == "stop":
            raise RunAborted(f"{decision.actor.id} ended it: the budget was used up")

    def _used(self) -> JsonValue:
        state = self._state
        used: JsonObject = {"steps": len(state.begun), "calls": len(state.reserved), "cost": str(self._spent)}
        return used | ({"price_unknown": self._models.unknown} if self._models.unknown else {})

    def _follow(self, review: Review, decision: Decision) -> None:
        if decision.choice == "finish":
            self._state.finishing = "not begun: the budget was used up"
        if decision.choice == "more" and isinstance(decision.value, dict):
            self._state.more = _added(self._state.more, Budget.model_validate(decision.value))


def _added(before: Budget, granted: Budget) -> Budget:
    """Both; of seconds no more than a budget may have."""
    both = {
        name: (getattr(before, name) or 0) + more
        for name in Budget.model_fields
        if (more := getattr(granted, name)) is not None
    }
    if "seconds" in both:
        both["seconds"] = min(both["seconds"], LONGEST_S)
    return before.model_copy(update=both)


def _sum(limit: Amount, more: Amount | None) -> Decimal:
    return Decimal(str(limit)) + Decimal(str(more or 0))

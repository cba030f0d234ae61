"""A goal on its way: what GoalWorkflow starts with and carries along."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from .agents import Card, Shared, with_stand_ins
from .outcome import GoalResult
from .plan import MOST_STEPS, Budget, Plan, PlanCard, PlanFault
from .plan_builtin import BUILT_IN
from .planning import PlannedBy, Ranking
from .record import RunState
from .wire import JsonObject, Wire

GoalId = Annotated[str, StringConstraints(pattern=r"^GOAL-[A-Za-z0-9][A-Za-z0-9._-]{0,58}$")]


class GoalOptions(Wire):
    """How the shop wants its goals handled; fixed for a run when it starts."""

    review_due_hours: float = Field(default=24, gt=0, le=8760)
    most_steps: int = Field(default=MOST_STEPS, ge=1)
    review_plan: bool = Field(default=False, description="a person sees the plan, and approves it before it starts")
    on_queue: dict[str, int] = Field(default={}, description="most steps at the same time on a task queue")
    per_dollar: Decimal | None = Field(
        default=None, description="what a dollar costs in the budget's currency; None: nobody said"
    )


class Omitted(Wire):
    """Why a step was not done. `unwanted`: what its `when` asks for does not hold, so that nobody misses it."""

    why: str
    unwanted: bool = False


class GoalState(RunState):
    """What a goal's run knows: its facts are the results of its steps, by the ids of the steps.

    Of a step with `for_each` each item has a fact of its own, `look_up/3`.
    """

    began_at: datetime | None = None
    accepted: bool = Field(default=False, description="the plan passed the check, and a person who was to see it")
    plan_reviews: int = Field(default=0, description="how often a person answered for the plan")
    plan: Plan | None = Field(default=None, description="the plan as it is now; None: as it was at the start")
    cards: list[Shared[PlanCard]] = Field(default=[], description="cards that came with later plans")
    replans: int = Field(default=0, description="how often the plan was changed because a step had failed")
    past: list[str] = Field(default=[], description="steps that began, and that the present plan does without")
    dropped: list[str] = Field(default=[], description="steps that had not begun when the plan was changed")
    failed: list[str] = Field(default=[], description="capabilities that failed for good, and are not planned again")
    notes: int = Field(default=0, description="how many notes people added")
    changes: int = Field(default=0, description="how often people wanted something else")
    changes_done: int = Field(default=0, description="of how many of these it is settled what became of them")
    begun: list[str] = Field(default=[], description="steps that began")
    items: dict[str, int] = Field(default={}, description="of steps with `for_each` that ended: how many items")
    left_out: dict[str, Omitted] = Field(default={}, description="steps that are not done")
    calls: dict[str, str] = Field(default={}, description="each call by its digest: the first that made it")
    stalls: int = Field(default=0, description="calls that were the same as one before")
    reserved: dict[str, Decimal] = Field(default={}, description="what each call may cost, reserved before it")
    more: Budget = Field(default=Budget(), description="what a person granted beside the plan's budget")
    budget_reviews: int = Field(default=0, description="how often a person answered for a budget that was used up")
    finishing: str = Field(default="", description="why no further step begins")
    result: GoalResult | None = None

    @property
    def is_closing(self) -> bool:
        """Whether its outcome is settled: it only keeps its record now."""
        return self.result is not None


class GoalStart(Wire):
    """The input of GoalWorkflow. `cards` and `options` are those of the day it started."""

    goal_id: GoalId
    plan: Plan
    planned_by: PlannedBy | None = Field(
        default=None, description="the model that made the plan: a person sees it before anything of it starts"
    )
    received_at: datetime
    options: GoalOptions = GoalOptions()
    cards: list[Shared[PlanCard]]
    search_attributes: list[str] = Field(default=[], description="which of ours the server knows")
    state: GoalState = GoalState()
    continue_after_steps: int | None = Field(
        default=None, description="continue as new this often, beside the server's advice"
    )
    continue_after_events: int | None = Field(
        default=None, ge=20, description="continue as new when the history has so many events, beside that advice"
    )
    stages_apart_s: float = Field(
        default=0, ge=0, description="a stage that follows sooner on what lists show is not written there: seconds"
    )


class CheckPlan(Wire):
    """A plan, and the cards that it may use. `most_steps`: how long it may be.

    `others_too`: it was written anew, and may use what else this installation has.
    """

    plan: Plan
    cards: list[PlanCard]
    most_steps: int = MOST_STEPS
    others_too: bool = False

    @property
    def usable(self) -> dict[str, PlanCard]:
        """The cards that plans may use, by name: those of what a run needs for itself name no types."""
        return {card.name: card for card in self.cards if card.parts}


class PlanChecked(Wire):
    """All that is wrong with a plan; of one that may run, who takes each step, first to last, and why.

    `cards`: those that it needs beside the given ones.
    """

    faults: list[PlanFault] = []
    rankings: list[Ranking] = []
    cards: list[PlanCard] = []


def carried_cards(plan: Plan, cards: Iterable[Card], always: Iterable[str]) -> list[PlanCard]:
    """The cards that a run of this plan takes along: those it names, all that may stand in for them, and `always`."""
    given = {card.name: card for card in cards}
    every: dict[str, Card] = {**given, **{card.name: _asked_first(card, given) for card in BUILT_IN}}
    wanted: list[str] = [*always, *(card.name for card in BUILT_IN), *(step.capability for step in plan.steps)]
    return [PlanCard.model_validate(card.model_dump()) for card in with_stand_ins(wanted, every)]


def _asked_first(built_in: PlanCard, given: Mapping[str, Card]) -> PlanCard:
    """The built-in card, with the models that are asked before it where an installation has any."""
    same = given.get(built_in.name)
    return built_in.model_copy(update={"before": same.before}) if same and same.before else built_in


def inputs_schema(card: PlanCard) -> JsonObject:
    """The JSON schema of what a step of this card is handed, by the types of its inputs."""
    return {
        "type": "object",
        "properties": {name: _schema_of(need.type, card.named) for name, need in card.inputs.items()},
        "required": [name for name, need in card.inputs.items() if need.required],
        "additionalProperties": False,
    }


_PLAIN: dict[str, JsonObject] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "number": {"type": ["number", "string"]},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}


def _schema_of(type_: str, named: dict[str, str]) -> JsonObject:
    if type_.endswith(" | null"):
        return {"anyOf": [_schema_of(type_.removesuffix(" | null"), named), {"type": "null"}]}
    if type_.startswith("list["):
        return {"type": "array", "items": _schema_of(type_[len("list[") : -1], named)}
    return _PLAIN.get(named.get(type_, type_), {})

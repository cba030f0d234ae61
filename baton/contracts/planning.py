"""How a goal becomes a plan: what its words ask for, the plan with its reasons, or why there is none."""

from datetime import date
from typing import Literal

from pydantic import Field, JsonValue

from .models import ModelCall
from .plan import MOST_STEPS, Plan
from .wire import Wire


class Given(Wire):
    """A parameter that a goal's words hold: `order W1` gives `W1`, which may stand where an order number is needed."""

    types: list[str] = Field(min_length=1, description="what it may stand for: `OrderNumber`, or `limit: int`")
    value: JsonValue
    words: str = Field(description="what it was read from")
    loose: bool = Field(default=False, description="words taken as they are; a plan may do without them")


class Wanted(Wire):
    """A fact that a goal asks for."""

    type: str
    many: bool = Field(default=False, description="several of them: `the orders of …`")
    capability: str | None = Field(default=None, description="it must come from this one: a write, or named outright")
    via: str | None = Field(default=None, description="whose it is: `the address of the customer` goes by `Customer`")
    given: list[Given] = Field(default=[], description="what it is to be found by")
    words: str = ""

    @property
    def title(self) -> str:
        """`Order, by W1`."""
        shown = f"list[{self.type}]" if self.many else self.type
        named = f"{self.capability} ({shown})" if self.capability else shown
        whose = f" of the {self.via}" if self.via else ""
        by = " and ".join(dict.fromkeys(f"“{each.words}”" for each in self.given if not each.loose))
        return f"{named}{whose}{', by ' + by if by else ''}"


class Understood(Wire):
    """What a goal's words ask for, and the words that nothing here answers to."""

    goal: str
    wanted: list[Wanted]
    given: list[Given] = []
    unsure: list[str] = []


class Reading(Wire):
    """One way to take a goal: what a person may choose."""

    label: str
    wanted: list[Wanted]


class Candidates(Wire):
    """Several readings are about equally good, or none is: a person chooses."""

    goal: str
    question: str
    choices: list[Reading]
    given: list[Given] = []
    unsure: list[str] = []


class OtherWay(Wire):
    """A capability that would have done instead, and why it came after."""

    capability: str
    why: str


class StepReason(Wire):
    """Why a step is in the plan, and why this capability does it."""

    step: str
    capability: str
    gives: list[str] = Field(description="facts that the plan takes from it")
    why: str
    others: list[OtherWay] = []


Bound = Literal["steps", "nodes"]
"""Where the search for a plan stopped: the most steps of a plan, or the most partial plans looked at."""


class Planned(Wire):
    """A plan, what it is expected to take, and why each of its steps is there."""

    plan: Plan
    reasons: list[StepReason]
    cost: str = Field(description="decimal, in the installation's currency; steps for each item count as a few items")
    seconds: float = Field(description="typical duration along the longest chain of steps")
    expanded: int = Field(description="partial plans looked at")
    bound: Bound | None = Field(default=None, description="'nodes': a cheaper plan may exist")
    found_at: list[str] = Field(
        default=[], description="for each want in turn, where in the plan it is: `get_order.total`"
    )
    unused: list[Given] = Field(default=[], description="what the goal named and no step takes")
    unasked: list[str] = Field(default=[], description="writes in the plan that the words do not ask for")
    unsure: list[str] = Field(default=[], description="words that nothing here answers to")


class NotPlanned(Wire):
    """No plan: what cannot be had, and why."""

    goal: str
    reasons: list[str]
    expanded: int = 0
    bound: Bound | None = Field(default=None, description="a plan may exist beyond this bound")


LONGEST_GOAL = 2000
"""Characters of a goal."""


class PlanGoal(Wire):
    """A goal in words that a plan is wanted for, and what the rules said of it."""

    goal: str = Field(min_length=1, max_length=LONGEST_GOAL)
    said: list[str] = Field(default=[], description="why the rules made no plan, or what they are unsure of")
    most_steps: int = Field(default=MOST_STEPS, ge=1)
    today: date | None = Field(
        default=None, description="the day that its dates are reckoned from: the asker's; None: the worker's"
    )


class GoalPlanned(Wire):
    """The plan that was made for a goal, or why there is none."""

    made: Planned | NotPlanned


class PlannedBy(Wire):
    """Who made a plan, where rules made none: the agent, the run in which it was asked, and what that took."""

    agent: str = Field(description="`Planner (gpt-5-mini)`")
    run_id: str = Field(description="`plan/1f0c…`: its record has everything that was said and paid")
    calls: list[ModelCall] = []

    @property
    def words(self) -> str:
        """`Planner (gpt-5-mini) made this plan: 2 requests, prompt plan_goal 1; see plan/1f0c…`."""
        prompts = dict.fromkeys(f"{call.prompt.name} {call.prompt.version}" for call in self.calls)
        asked = f"{len(self.calls)} request{'s' * (len(self.calls) != 1)}"
        return f"{self.agent} made this plan: {asked}, prompt {', '.join(prompts)}; see {self.run_id}"


class Ranked(Wire):
    """A capability for a step, with the reason of its place."""

    capability: str
    why: str


class Ranking(Wire):
    """Who takes a step, first to last, and who fits it but may not or cannot."""

    step: str
    order: list[Ranked]
    left_out: list[Ranked] = []


class Assigned(Wire):
    """Who takes the steps of a plan, or of what came into it: part of the fact that it was checked, or changed."""

    rankings: list[Ranking] = []


ASSIGNING = ("PlanChecked", "Replanned")
"""The types of those facts."""

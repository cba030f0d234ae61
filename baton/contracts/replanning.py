"""How a plan under way is planned anew: what began stays as it is, and only what has not begun may change."""

from typing import Literal

from pydantic import Field

from .plan import MOST_STEPS, Budget, Plan, PlanCard
from .planning import Ranking, Reading, Wanted
from .wire import Wire


class Replan(Wire):
    """A plan under way, how far it is, and what it is to be planned anew for: a step that failed, or other words."""

    plan: Plan
    cards: list[PlanCard]
    begun: list[str] = Field(default=[], description="steps that began: they stay as they are")
    had: list[str] = Field(default=[], description="those of them that gave a result")
    left_out: list[str] = Field(default=[], description="steps that ended without one")
    past: list[str] = Field(default=[], description="begun steps that the plan did without before")
    used: list[str] = Field(default=[], description="ids that steps of earlier plans had")
    failed: list[str] = Field(default=[], description="capabilities that failed for good: not planned again")
    step: str = Field(default="", description="the step that failed, for which another way is wanted")
    goal: str = Field(default="", description="or what is wanted instead, in words")
    reading: list[Wanted] = Field(default=[], description="how a person takes these words")
    more: Budget = Field(default=Budget(), description="what a person granted beside the plan's budget")
    most_steps: int = MOST_STEPS

    @property
    def usable(self) -> dict[str, PlanCard]:
        """The cards that plans may use, by name."""
        return {card.name: card for card in self.cards if card.parts}


class Replanned(Wire):
    """The plan as a whole from now on; readings to choose from; or why there is none."""

    outcome: Literal["planned", "unsure", "impossible"]
    plan: Plan | None = None
    cards: list[PlanCard] = Field(default=[], description="those that the run does not carry yet")
    added: list[str] = Field(default=[], description="steps that came in")
    rankings: list[Ranking] = Field(default=[], description="who takes these, first to last, and why")
    dropped: list[str] = Field(default=[], description="steps that had not begun and are left out")
    past: list[str] = Field(default=[], description="begun steps that the plan does without now")
    question: str = ""
    choices: list[Reading] = []
    reasons: list[str] = []

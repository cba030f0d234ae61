"""How a goal ended, and the answer that was put together from what its steps found; how a process of one's own did."""

from typing import Literal

from pydantic import Field, JsonValue

from .plan import PlanFault
from .wire import MaskedText, Wire


class Known(Wire):
    """What one step gave."""

    step: str
    intent: str = ""
    type: str
    value: JsonValue = None
    agent: str = ""
    last: bool = Field(default=False, description="no other step took anything from it")
    holds: dict[str, list[JsonValue]] = Field(
        default={},
        description="types that the goal asks for, which stand within it: the first few, where they are small",
    )


class Compose(Wire):
    """What is known of a goal when its answer is due, and what is not."""

    goal: str
    wanted: list[str] = Field(default=[], description="types of the facts that the goal asks for")
    facts: list[Known] = []
    missing: list[str] = Field(default=[], description="what could not be had, and why, a line each")
    notes: list[str] = Field(default=[], description="what people noted meanwhile, a line each")


class Statement(Wire):
    """One statement of an answer, with the step that it comes from."""

    text: str
    step: str
    type: str


class ComposedAnswer(Wire):
    """The answer to a goal: every statement with its source step, and what is missing."""

    text: MaskedText
    statements: list[Statement] = []
    missing: list[str] = Field(default=[], description="what could not be had, and why, a line each")
    notes: list[MaskedText] = Field(default=[], description="what people noted meanwhile, a line each")
    not_had: list[str] = Field(default=[], description="types that the goal asks for, of which nothing was found")
    warnings: list[str] = Field(default=[], description="what in the results tries to steer whoever reads them")


GoalOutcome = Literal["reached", "in_part", "refused", "aborted", "cancelled"]


class GoalResult(Wire):
    """How a goal ended. `in_part`: something that it wanted is missing; `refused`: its plan did not pass the check."""

    goal_id: str
    outcome: GoalOutcome
    summary: MaskedText
    answer: ComposedAnswer | None = None
    faults: list[PlanFault] = Field(default=[], description="what is wrong with the plan, when it was refused")
    stalls: int = Field(default=0, description="how often a step asked what was asked before: it brought nothing new")
    in_doubt: list[str] = Field(default=[], description="keys of effects of which nobody could tell what they did")


ProcessOutcome = Literal["done", "rejected", "refused", "aborted", "cancelled"]


class ProcessResult(Wire):
    """How a process of one's own ended. `refused`: what it was handed does not fit; `rejected`: a person wants none."""

    run_id: str
    outcome: ProcessOutcome
    summary: MaskedText
    in_doubt: list[str] = Field(default=[], description="keys of effects of which nobody could tell what they did")

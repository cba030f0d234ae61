"""A run of a process of one's own: what it starts with and carries along."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from .agents import Card, Shared, with_stand_ins
from .goal import inputs_schema
from .names import TAKE_TURN
from .outcome import ProcessResult
from .plan import PlanCard
from .record import RunState
from .wire import JsonObject, Wire

TYPE_PREFIX = "process/"
"""What the workflow type of each process of one's own begins with, so that lists find it: `process/returns`."""

NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
"""What a process of one's own may be called."""

TAKEN = ("enquiry", "goal", "log", "plan", "shadow")
"""Processes that come along."""

ProcessRunId = Annotated[str, StringConstraints(pattern=rf"^{NAME.pattern}/[A-Za-z0-9][A-Za-z0-9._-]{{0,63}}$")]
"""`returns/RET-7`: the process, and what one run of it is about. It is the workflow's id as well."""


class ProcessOptions(Wire):
    """How the shop wants its processes handled; fixed for a run when it starts."""

    review_due_hours: float = Field(default=24, gt=0, le=8760)


class ProcessState(RunState):
    """What a process's run knows: its facts are the results of its steps, by their keys."""

    result: ProcessResult | None = None

    @property
    def is_closing(self) -> bool:
        """Whether its outcome is settled: it only keeps its record now."""
        return self.result is not None


class ProcessStart(Wire):
    """The input of every process of one's own. `cards` and `options` are those of the day it started."""

    run_id: ProcessRunId
    given: JsonObject = Field(description="what it is about: the process's own model as JSON")
    received_at: datetime
    options: ProcessOptions = ProcessOptions()
    cards: list[Shared[Card]]
    tools: dict[str, JsonObject] = Field(
        default={}, description="of a process with an agent: what each capability takes that it may be handed as a tool"
    )
    search_attributes: list[str] = Field(default=[], description="which of ours the server knows")
    state: ProcessState = ProcessState()
    continue_after_steps: int | None = Field(
        default=None, description="continue as new this often, beside the server's advice"
    )
    continue_after_events: int | None = Field(
        default=None, ge=20, description="continue as new when the history has so many events, beside that advice"
    )
    stages_apart_s: float = Field(
        default=0, ge=0, description="a stage that follows sooner on what lists show is not written there: seconds"
    )


def carried_cards(wanted: Iterable[str], cards: Iterable[Card]) -> list[Card]:
    """The cards that a run takes along: those of these capabilities, and of all that may stand in for them."""
    taken = with_stand_ins(wanted, {card.name: card for card in cards})
    return [Card.model_validate(card.model_dump()) for card in taken]


def tools_among(uses: Iterable[str], cards: Iterable[Card]) -> dict[str, JsonObject]:
    """What each of these capabilities takes, by name; nothing where the process has no agent that could ask for it."""
    used = set(uses)
    if TAKE_TURN.name not in used:
        return {}
    return {card.name: inputs_schema(card) for card in cards if isinstance(card, PlanCard) and card.name in used}

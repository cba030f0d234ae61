"""What every plan may use: waiting, asking a person, putting an answer together.

The process itself waits and asks; the other one is an activity of the same name.
"""

from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from .agents import Retry, schema_of
from .outcome import ComposedAnswer
from .plan import Need, PlanCard
from .types import parts_of
from .wire import Wire

WAIT = "wait"
ASK_PERSON = "ask_person"
COMPOSE = "compose"

LONGEST_WAIT_S = 20 * 365 * 86_400


class Wait(Wire):
    """How long, or until when. What lies in the past is over at once."""

    seconds: float | None = Field(default=None, ge=0, le=LONGEST_WAIT_S)
    until: AwareDatetime | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.seconds is None) == (self.until is None):
            raise ValueError("it takes either seconds or until")
        return self


class Waited(Wire):
    """The time until which was waited."""

    until: datetime


class AskPerson(Wire):
    """A question, and the answers to choose from; without choices any words will do."""

    question: str = Field(min_length=1)
    choices: list[str] = []


class Answer(Wire):
    """What a person answered."""

    text: str


_WAIT = PlanCard(
    name=WAIT,
    agent="clock",
    description="Wait for some time, or until a time.",
    takes=Wait.__name__,
    gives=Waited.__name__,
    gives_schema=schema_of(Waited),
    effect="read",
    retry=Retry(attempts=1),
    attempt_s=1,
    inputs={"seconds": Need(type="number", required=False), "until": Need(type="datetime", required=False)},
    parts=parts_of(Waited),
)
_ASK_PERSON = PlanCard(
    name=ASK_PERSON,
    agent="a person",
    description="Ask a person, and wait for the answer.",
    takes=AskPerson.__name__,
    gives=Answer.__name__,
    gives_schema=schema_of(Answer),
    effect="read",
    retry=Retry(attempts=1),
    attempt_s=1,
    inputs={"question": Need(type="str"), "choices": Need(type="list[str]", required=False)},
    parts=parts_of(Answer),
    typical_s=3600,
)
_COMPOSE = PlanCard(
    name=COMPOSE,
    agent="Composer (rules)",
    description="Put results together into one answer, every statement with its source.",
    takes="Compose",
    gives=ComposedAnswer.__name__,
    gives_schema=schema_of(ComposedAnswer),
    effect="read",
    retry=Retry(attempts=3),
    attempt_s=30,
    heartbeat_s=2,
    inputs={"facts": Need(type="json", required=False, description="what it rests on, beside the steps in `needs`")},
    parts=parts_of(ComposedAnswer),
)

BUILT_IN: tuple[PlanCard, ...] = (_WAIT, _ASK_PERSON, _COMPOSE)
"""Their cards, for planning and checking."""

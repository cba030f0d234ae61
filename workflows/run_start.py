"""What the shared parts need to know of a run's start, whatever process it starts."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self

from baton.contracts.agents import Card
from baton.contracts.record import RunState


class ReviewOptions(Protocol):
    """How people are asked, as the run's options say it."""

    @property
    def review_due_hours(self) -> float:
        """How long a person has for an answer before it counts as overdue."""
        ...


class RunStart(Protocol):
    """What every process is started with, beside what it is about: a pydantic model."""

    @property
    def cards(self) -> Sequence[Card]:
        """The capabilities of the day it started."""
        ...

    @property
    def options(self) -> ReviewOptions:
        """How it is to be handled."""
        ...

    @property
    def search_attributes(self) -> Sequence[str]:
        """Which of ours the server knows."""
        ...

    @property
    def state(self) -> RunState:
        """What an earlier history of this run knew."""
        ...

    @property
    def continue_after_steps(self) -> int | None:
        """Continue as new this often, beside the server's advice."""
        ...

    @property
    def continue_after_events(self) -> int | None:
        """The same by the events of the history."""
        ...

    @property
    def stages_apart_s(self) -> float:
        """A stage that follows sooner is not written where lists show it."""
        ...

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """The same with other values."""
        ...

    def model_dump_json(self) -> str:
        """As it travels."""
        ...

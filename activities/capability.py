"""What makes a method a step: its card, the check of what it is handed, and the one translation of its errors."""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Protocol, TypeVar, get_type_hints

from pydantic import BaseModel, ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from baton.contracts.agents import Card, Effect, Retry, schema_of
from baton.contracts.enquiry import NotWhatWasApproved
from baton.contracts.record import StepAnswer
from baton.contracts.systems import (
    Conflict,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    Rejected,
    SystemFault,
    Throttled,
    Unavailable,
    Unexpected,
)
from baton.contracts.wire import JsonObject
from baton.temporal.large_values import kept_here

from .bounded import refuse_too_large

LONGEST_PAUSE_S = 300.0

HEARTBEAT_S = 2.0
"""How long a step may give no sign of life before another worker takes it up."""

# Reads are cheap to repeat: about five minutes of attempts before the ladder goes on. Attempts wait for a worker
# without being used up: a weekend without one fails nothing.
READ = Retry(attempts=12, first_delay_s=0.2, factor=2.0, longest_delay_s=60)
WRITE = Retry(attempts=8, first_delay_s=0.5, factor=2.0, longest_delay_s=120)
RULES = Retry(attempts=3, first_delay_s=0.1)
FOR_A_MONTH = Retry(attempts=1_440, first_delay_s=30, longest_delay_s=1_800)

_FOR_GOOD: tuple[type[SystemFault], ...] = (Rejected, NotFound, Conflict, Misconfigured)

Given_contra = TypeVar("Given_contra", bound=BaseModel, contravariant=True)
Result_co = TypeVar("Result_co", bound=BaseModel, covariant=True)
Agent_contra = TypeVar("Agent_contra", contravariant=True)
Step = Callable[[Agent_contra, JsonObject], Awaitable[StepAnswer]]

CARD = "__baton_card__"


class Method(Protocol[Agent_contra, Given_contra, Result_co]):
    """One pydantic model in, one out."""

    def __call__(self, agent: Agent_contra, given: Given_contra, /) -> Awaitable[Result_co]:
        """Do the step."""
        ...


def capability(
    *,
    agent: str,
    effect: Effect = "read",
    retry: Retry,
    attempt_s: float,
    heartbeat_s: float = HEARTBEAT_S,
    fallbacks: Iterable[str] = (),
    undo: str | None = None,
    optional: bool = False,
) -> Callable[[Method[Agent_contra, Given_contra, Result_co]], Step[Agent_contra]]:
    """Make a method an activity of its own name, with the card that the ladder reads."""

    def made(method: Method[Agent_contra, Given_contra, Result_co]) -> Step[Agent_contra]:
        assert inspect.isfunction(method)
        hints = get_type_hints(method)
        gives: type[BaseModel] = hints.pop("return")
        (takes,) = hints.values()
        card = Card(
            name=method.__name__,
            agent=agent,
            description=(inspect.getdoc(method) or "").splitlines()[0],
            takes=takes.__name__,
            gives=gives.__name__,
            gives_schema=schema_of(gives),
            effect=effect,
            retry=retry,
            attempt_s=attempt_s,
            heartbeat_s=heartbeat_s,
            fallbacks=list(fallbacks),
            undo=undo,
            optional=optional,
        )

        async def step(self: Agent_contra, handed: JsonObject) -> StepAnswer:
            try:
                given = takes.model_validate(handed)
            except ValidationError as error:
                raise _failure("BadHandOff", _places(error), again=False) from None
            try:
                result = await method(self, given)
            except SystemFault as fault:
                # Not chained: what lies beneath may hold an address with a customer's e-mail, and would be logged.
                raise _translated(fault, card) from None
            except NotWhatWasApproved as fault:
                raise _failure("NotWhatWasApproved", str(fault), again=False) from None
            value = result.model_dump(mode="json")
            answer = StepAnswer(value=value, agent=agent, attempt=activity.info().attempt, stored=kept_here())
            refuse_too_large(answer, card)
            return answer

        step.__doc__ = method.__doc__
        step.__qualname__ = method.__qualname__
        defined = activity.defn(name=card.name)(step)
        setattr(defined, CARD, card)
        return defined

    return made


def card_of(step: object) -> Card:
    """The card that stands beside a step."""
    card: Card = getattr(step, CARD)
    return card


def cards_of(agents: Iterable[type]) -> list[Card]:
    """The cards of all capabilities of these classes."""
    return [
        getattr(method, CARD)
        for agent in agents
        for _, method in inspect.getmembers(agent, inspect.isfunction)
        if hasattr(method, CARD)
    ]


def steps_of(agents: Iterable[object]) -> list[Callable[..., Awaitable[StepAnswer]]]:
    """The bound activities of these agents, for a worker."""
    return [
        method for agent in agents for _, method in inspect.getmembers(agent, inspect.ismethod) if hasattr(method, CARD)
    ]


def _translated(fault: SystemFault, card: Card) -> ApplicationError:
    """The one translation of a connector's fault: its kind, and whether another attempt may help."""
    kind = type(fault).__name__
    if isinstance(fault, Throttled):
        pause = min(fault.retry_after, LONGEST_PAUSE_S) if fault.retry_after else None
        return _failure(kind, str(fault), again=True, pause_s=pause)
    if isinstance(fault, _FOR_GOOD):
        return _failure(kind, str(fault), again=False)
    # An irreversible effect is tried again only when the fault proves that nothing was dispatched.
    may_be_done = isinstance(fault, OutcomeUnknown | Unexpected)
    again = isinstance(fault, Unavailable) or not (may_be_done and card.effect == "irreversible")
    return _failure(kind, str(fault), again=again)


def _failure(kind: str, text: str, *, again: bool, pause_s: float | None = None) -> ApplicationError:
    return ApplicationError(
        text[:500],
        activity.info().attempt,
        type=kind,
        non_retryable=not again,
        next_retry_delay=timedelta(seconds=pause_s) if pause_s else None,
    )


def _places(error: ValidationError) -> str:
    """Where what was handed over does not fit, without the values: they may be personal."""
    return "; ".join(f"{'/'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()[:5])

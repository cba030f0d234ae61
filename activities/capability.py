"""What makes a method a step: its card, the check of what it is handed, its time, and the translation of its errors."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol, TypeVar, get_type_hints

from pydantic import BaseModel, ValidationError
from temporalio import activity

from baton.contracts.agents import Card, Effect, Retry, schema_of
from baton.contracts.record import StepAnswer
from baton.contracts.wire import JsonObject
from baton.temporal.large_values import kept_here

from . import standing
from .bounded import refuse_too_large
from .once import in_doubt, word_of_a_failure
from .retries import RETRY_OF
from .seeing_through import to_its_end
from .translation import BadHandOff, out_of_time, places, translated

HEARTBEAT_S = 2.0
"""How long a step may give no sign of life before another worker takes it up."""

LONGEST_MARGIN_S = 3.0

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
    retry: Retry | None = None,
    attempt_s: float,
    heartbeat_s: float = HEARTBEAT_S,
    fallbacks: Iterable[str] = (),
    undo: str | None = None,
    no_undo: str = "",
    settles_unknown: bool = False,
    optional: bool = False,
) -> Callable[[Method[Agent_contra, Given_contra, Result_co]], Step[Agent_contra]]:
    """Make a method an activity of its own name, with the card that the ladder reads.

    Without a `retry` of its own it is repeated as its kind of effect is.
    """

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
            retry=retry or RETRY_OF[effect],
            attempt_s=attempt_s,
            heartbeat_s=heartbeat_s,
            fallbacks=list(fallbacks),
            undo=undo,
            no_undo=no_undo,
            settles_unknown=settles_unknown,
            optional=optional,
        )

        async def step(self: Agent_contra, handed: JsonObject) -> StepAnswer:
            effect_stands = standing.begin()
            if effect not in ("read", "model"):
                effect_stands.may_be_done = in_doubt(handed)
            bound = asyncio.timeout(_time_of_an_attempt())
            try:
                async with bound:
                    doing = method(self, _taken(takes, handed))
                    result = await (doing if effect in ("read", "model") else to_its_end(doing))
                    value = result.model_dump(mode="json")
            except Exception as error:
                word = word_of_a_failure()
                if word:
                    # The SDK sends what it heard last along with a failure: else an older word, or none, would stand.
                    activity.heartbeat(word)
                ended = out_of_time(effect, effect_stands) if bound.expired() else error
                # Not chained: what lies beneath may hold an address with a customer's e-mail, and would be logged.
                raise translated(ended, effect, effect_stands) from None
            answer = StepAnswer(
                value=value,
                agent=agent,
                attempt=activity.info().attempt,
                stored=kept_here(),
                found_done=effect_stands.found_done,
            )
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


def _taken(takes: type[BaseModel], handed: JsonObject) -> Any:
    try:
        return takes.model_validate(handed)
    except ValidationError as error:
        raise BadHandOff(places(error)) from None


def _time_of_an_attempt() -> float | None:
    """Shorter than Temporal's own limit: an attempt that is still at it would be overtaken by the next one."""
    limit = activity.info().start_to_close_timeout
    if limit is None:
        return None
    return limit.total_seconds() - min(LONGEST_MARGIN_S, limit.total_seconds() / 10)

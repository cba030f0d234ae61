"""What makes a method a step: its card, the check of what it is handed, its time, and the translation of its errors."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal
from typing import Any, Protocol, TypeVar, get_type_hints

from pydantic import BaseModel, ValidationError
from temporalio import activity

from baton.contracts.agents import Card, Effect, Retry, schema_of
from baton.contracts.asking import calls_in
from baton.contracts.plan import Need, PlanCard
from baton.contracts.record import StepAnswer
from baton.contracts.sizes import size_of
from baton.contracts.tools.write import KEY_FIELDS, Write
from baton.contracts.types import fields_of, named_in, parts_of
from baton.contracts.wire import JsonObject
from baton.temporal.heartbeats import word_known
from baton.temporal.large_values import kept_here

from . import standing
from .bounded import refuse_too_large
from .once import in_doubt, word_of_a_failure
from .retries import RETRY_OF
from .seeing_through import to_its_end
from .translation import BadHandOff, out_of_time, places, translated

HEARTBEAT_S = 2.0
"""How long a step may give no sign of life before another worker takes it up."""

MODEL_HEARTBEAT_S = 10.0
"""The same where a model is asked: nothing is changed there that two could do, and a request that is cut off because
the server was away for a moment is paid for all the same. Four seconds are bridged: the last beat may be 2.5 s old, and
the client tries to reach the server more and more seldom.
"""

LONGEST_MARGIN_S = 3.0

Given_contra = TypeVar("Given_contra", bound=BaseModel, contravariant=True)
Result_co = TypeVar("Result_co", bound=BaseModel, covariant=True)
Agent_contra = TypeVar("Agent_contra", contravariant=True)
Step = Callable[[Agent_contra, JsonObject], Awaitable[StepAnswer]]

CARD = "__baton_card__"
TAKES = "__baton_takes__"


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
    wait_s: float | None = None,
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
        takes, gives = models_of(method)
        card = Card(
            name=_name_of(method),
            agent=agent,
            description=description_of(method),
            takes=takes.__name__,
            gives=gives.__name__,
            gives_schema=schema_of(gives),
            effect=effect,
            retry=retry or RETRY_OF[effect],
            attempt_s=attempt_s,
            heartbeat_s=_heartbeat_of(effect),
            wait_s=wait_s,
            fallbacks=list(fallbacks),
            undo=undo,
            no_undo=no_undo,
            settles_unknown=settles_unknown,
            optional=optional,
        )
        return step_of(method, takes, card)

    return made


def tool(
    *,
    agent: str,
    effect: Effect = "read",
    cost: Decimal | float = 0,
    typical_s: float = 1.0,
    source: str = "built in",
    retry: Retry | None = None,
    attempt_s: float = 60,
    fallbacks: Iterable[str] = (),
    undo: str | None = None,
    no_undo: str = "",
    policy: str | None = None,
    optional: bool = True,
) -> Callable[[Method[Agent_contra, Given_contra, Result_co]], Step[Agent_contra]]:
    """The same for plans: the card says besides which facts it needs and gives, and what a call costs.

    The input of a write extends `Write`: the run fills in the key, and the card does not list it among the inputs.
    """

    def made(method: Method[Agent_contra, Given_contra, Result_co]) -> Step[Agent_contra]:
        takes, gives = models_of(method)
        card = PlanCard(
            name=_name_of(method),
            agent=agent,
            description=description_of(method),
            takes=takes.__name__,
            gives=gives.__name__,
            gives_schema=schema_of(gives),
            effect=effect,
            retry=retry or RETRY_OF[effect],
            attempt_s=attempt_s,
            heartbeat_s=_heartbeat_of(effect),
            fallbacks=list(fallbacks),
            undo=undo,
            no_undo=no_undo,
            policy=policy,
            optional=optional,
            inputs=needs_of(takes),
            parts=parts_of(gives),
            named=named_in(takes, gives),
            cost=Decimal(str(cost)),
            typical_s=typical_s,
            source=source,
        )
        return step_of(method, takes, card)

    return made


def _heartbeat_of(effect: Effect) -> float:
    return MODEL_HEARTBEAT_S if effect == "model" else HEARTBEAT_S


def step_of(
    method: Method[Agent_contra, Given_contra, Result_co], takes: type[Given_contra], card: Card
) -> Step[Agent_contra]:
    """The activity of a method, with its card beside it."""
    assert inspect.isfunction(method)
    effect = card.effect

    async def step(self: Agent_contra, handed: JsonObject) -> StepAnswer:
        effect_stands = standing.begin()
        if effect == "model":
            effect_stands.calls = calls_in(word_known())  # paid, also where this attempt ends before it asks
        elif effect != "read":
            effect_stands.may_be_done = in_doubt(handed)
        bound = asyncio.timeout(_time_of_an_attempt())
        try:
            async with bound:
                doing = method(self, _taken(takes, handed))
                result = await (doing if effect in ("read", "model") else to_its_end(doing))
            answer = StepAnswer(
                value=result.model_dump(mode="json"),
                agent=effect_stands.by or card.agent,
                attempt=activity.info().attempt,
                stored=kept_here(),
                found_done=effect_stands.found_done,
                calls=effect_stands.calls,
            )
            size = size_of(answer.model_dump(mode="json"))
        except Exception as error:
            word = word_of_a_failure()
            if word:
                # The SDK sends what it heard last along with a failure: else an older word, or none, would stand.
                activity.heartbeat(word)
            ended = out_of_time(effect, effect_stands) if bound.expired() else error
            # Not chained: what lies beneath may hold an address with a customer's e-mail, and would be logged.
            raise translated(ended, effect, effect_stands) from None
        refuse_too_large(size, card, stored=answer.stored)
        return answer

    step.__doc__ = method.__doc__
    step.__qualname__ = method.__qualname__
    defined = activity.defn(name=card.name)(step)
    setattr(defined, CARD, card)
    setattr(defined, TAKES, takes)
    return defined


def models_of(method: Callable[..., Any]) -> tuple[Any, type[BaseModel]]:
    """What a method takes and gives, read off its annotations."""
    hints = get_type_hints(method)
    gives: type[BaseModel] = hints.pop("return")
    (takes,) = hints.values()
    return takes, gives


def needs_of(takes: type[BaseModel]) -> dict[str, Need]:
    """The inputs of a capability: the fields of its model, without those that the run fills in."""
    types = fields_of(takes)
    hidden = KEY_FIELDS if issubclass(takes, Write) else frozenset()
    return {
        name: Need(type=types[name], required=field.is_required(), description=field.description or "")
        for name, field in takes.model_fields.items()
        if name not in hidden
    }


def description_of(method: object) -> str:
    """The first line of a docstring; empty without one."""
    return next(iter((inspect.getdoc(method) or "").splitlines()), "")


def _name_of(method: object) -> str:
    assert inspect.isfunction(method)
    return method.__name__


def card_of(step: object) -> Card:
    """The card that stands beside a step."""
    card: Card = getattr(step, CARD)
    return card


def taken_by(step: object) -> type[BaseModel]:
    """The model of what a step takes."""
    takes: type[BaseModel] = getattr(step, TAKES)
    return takes


def cards_of(agents: Iterable[type]) -> list[Card]:
    """The cards of all capabilities of these classes."""
    return [card_of(step) for agent in agents for step in steps_in(agent)]


def steps_in(agent: type) -> list[object]:
    """The steps of this class, each with its card beside it."""
    return [method for _, method in inspect.getmembers(agent, inspect.isfunction) if hasattr(method, CARD)]


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

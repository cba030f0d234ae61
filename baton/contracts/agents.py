"""A capability's card: what an agent or tool takes, gives and may do, and what happens when it fails."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, Literal, TypeVar
from weakref import WeakValueDictionary

from pydantic import AfterValidator, BaseModel, Field

from .wire import JsonObject, Wire

Out = TypeVar("Out", bound=BaseModel)

Effect = Literal["read", "model", "idempotent_write", "irreversible"]
"""What a capability changes outside: nothing, nothing for money, what can be repeated under its key, what cannot."""


@dataclass(frozen=True)
class Capability(Generic[Out]):
    """What a step asks for: the name on a card, and the model that its result has."""

    name: str
    gives: type[Out]


def schema_of(model: type[BaseModel]) -> JsonObject:
    """The model's JSON schema without its prose: cards travel in every run's input."""
    return without_prose(model.model_json_schema())


def without_prose(schema: JsonObject) -> JsonObject:
    """A JSON schema without its titles and descriptions."""
    kept: JsonObject = {}
    for name, part in schema.items():
        if name in ("title", "description") and isinstance(part, str):
            continue
        kept[name] = without_prose(part) if isinstance(part, dict) else part
        if isinstance(part, list):
            kept[name] = [without_prose(each) if isinstance(each, dict) else each for each in part]
    return kept


class Retry(Wire):
    """How often and how fast an attempt is repeated. Seconds; attempts are always bounded."""

    attempts: int = Field(ge=1)
    first_delay_s: float = Field(default=1.0, gt=0)
    factor: float = Field(default=2.0, ge=1)
    longest_delay_s: float = Field(default=60.0, gt=0)


class Card(Wire):
    """The one place of what the ladder needs to know of a capability. It stands beside its activity and travels
    in a run's input, so that a deploy changes no running process.
    """

    name: str = Field(description="the capability and the activity's type")
    agent: str = Field(description="who does it, e.g. 'Reader (rules)', 'order system'")
    description: str
    takes: str = Field(description="name of the input model")
    gives: str = Field(description="name of the output model")
    gives_schema: JsonObject = Field(description="JSON schema of the output: what a person may supply instead")
    effect: Effect
    retry: Retry
    attempt_s: float = Field(gt=0, description="longest single attempt, seconds (start-to-close)")
    heartbeat_s: float | None = None
    queue: str | None = Field(default=None, description="task queue; None: the run's own")
    wait_s: float | None = Field(
        default=None, gt=0, description="longest wait until a worker takes it, then the next one tries; None: no bound"
    )
    before: list[str] = Field(default=[], description="names of cards that take the step first, in order: models")
    fallbacks: list[str] = Field(default=[], description="names of cards that give the same, in order")
    undo: str | None = Field(default=None, description="the capability that takes it back; None: it has none")
    no_undo: str = Field(default="", description="of an effect without an undo: why it cannot be taken back")
    policy: str | None = Field(
        default=None, description="of a write: the capability that says, before it is approved, what the policy forbids"
    )
    settles_unknown: bool = Field(
        default=False, description="as a fallback it first looks up the key of whoever tried before it"
    )
    optional: bool = Field(default=False, description="a person may skip it")

    @property
    def line(self) -> list[str]:
        """Who takes the step, in order: models where there are any, the capability's own card, its fallbacks."""
        return [*self.before, self.name, *self.fallbacks]


Held = TypeVar("Held", bound=Card)

_IN_USE: WeakValueDictionary[tuple[type[Card], str], Card] = WeakValueDictionary()


def _one_for_all(card: Held) -> Held:
    kind = type(card)
    known = _IN_USE.get((kind, card.name))
    if isinstance(known, kind) and known == card:
        return known
    _IN_USE[kind, card.name] = card
    return card


Shared = Annotated[Held, AfterValidator(_one_for_all)]
"""A card as a run holds it: equal ones are one object, else a worker would hold half a megabyte of cards a run.

So nothing that hangs on a card may be changed, neither its lists nor its schema.
"""


@dataclass(frozen=True)
class Choice:
    """Which agent takes a step, and why."""

    card: Card
    why: str


class NoAgent(Exception):
    """No agent with that capability is left for the step."""


def choose(
    capability: str,
    cards: dict[str, Card],
    tried: Iterable[str] = (),
    *,
    outcome_unknown: bool = False,
    line: Sequence[str] = (),
) -> Choice:
    """The agent for a step: the first of the capability's line that has not failed.

    `line`: where the process decided who takes it, their names in order.
    After an unknown outcome only one that settles it may follow: another would do the thing a second time.
    """
    own = cards.get(capability)
    if own is None:
        raise NoAgent(f"no agent can {capability}")
    failed = list(tried)
    for place, name in enumerate(line or own.line):
        if name in failed or name not in cards:
            continue
        card = cards[name]
        if outcome_unknown and place > 0 and not card.settles_unknown:
            continue
        if place == 0:
            return Choice(card, f"{card.agent} is the declared agent for {capability}")
        return Choice(card, f"{card.agent} is fallback {place} for {capability}, after {', '.join(failed)} failed")
    raise NoAgent(f"{', then '.join(failed) or capability} failed, and no other agent stands in")


def able(capability: str, cards: Mapping[str, Card]) -> list[str]:
    """Names of all cards that can do this: of a read, those of the same input and output; of a write, the declared.

    Two actions on an order have the same input and output, and are not each other's stand-ins.
    """
    own = cards[capability]
    if own.effect in ("idempotent_write", "irreversible"):
        return [name for name in (own.name, *own.fallbacks) if name in cards]
    return [
        name
        for name, card in cards.items()
        if card.gives == own.gives and card.takes == own.takes and card.effect in ("read", "model", own.effect)
    ]


def with_stand_ins(wanted: Iterable[str], cards: Mapping[str, Card]) -> list[Card]:
    """The cards of these capabilities, of all that may stand in for them, and of what says the policy's word on them.

    What there is no card of is left out.
    """
    waiting, taken = list(wanted), dict[str, Card]()
    while waiting:
        name = waiting.pop(0)
        if name not in taken and name in cards:
            taken[name] = cards[name]
            waiting += [*cards[name].fallbacks, *able(name, cards), *filter(None, [cards[name].policy])]
    return list(taken.values())

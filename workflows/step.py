"""One step on its way up the ladder, and the ways in which a person may end it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import BaseModel, JsonValue, ValidationError

from baton.contracts.agents import Capability, Card
from baton.contracts.sizes import size_of
from baton.contracts.wire import JsonObject

Reads = Mapping[str, str | Sequence[str]]


class RunAborted(Exception):
    """A person ended the run at a step that could not be done."""


class StepSkipped(Exception):
    """A person skipped an optional step."""


class TakeBack(Exception):
    """A person wants all that was done taken back, because this step could not be done."""


@dataclass(frozen=True)
class Effect:
    """What an effect's idempotency key is made from, beside the round.

    `if_done` is the step's result when a person knows that it was done although nobody confirmed it; `undoable` says
    in words what could be taken back when it cannot be done, `kept` what could not.
    """

    action_id: str
    revision: int
    if_done: JsonObject | None = None
    undoable: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def _counts(value: JsonValue) -> str:
    return ""


@dataclass(frozen=True)
class Terms:
    """What a process wants of a step, beside what its card says.

    `check`: why a result does not count, empty when it does; `check_supplied`: what is asked besides of one that a
    person gives. `timeout_s`: longest wait for an agent's result.
    `reserve`: awaited before an agent is called. `may_skip`: a person may skip it, whatever its card says.
    `optional`: with no agent left it is skipped, and nobody is asked; with `asks_about_settings` a person is all the
    same where settings are wrong.
    `ranked`: who may take it, first to last, each with the reason of its place; empty: as its card says.
    `why_no_other_way`: awaited, with who tried it, before a person is asked; where it gives no reason the process has
    found another way, and the step is skipped.
    `handed`: what of its inputs a person is told when it cannot be done; `told_by`: what of that tells it from its
    siblings.
    """

    check: Callable[[JsonValue], str] = _counts
    check_supplied: Callable[[JsonValue], str] = _counts
    timeout_s: float | None = None
    reserve: Callable[[Card], Awaitable[None]] | None = None
    may_skip: bool = False
    optional: bool = False
    asks_about_settings: bool = False
    ranked: Mapping[str, str] = field(default_factory=dict)
    why_no_other_way: Callable[[Sequence[str], str], Awaitable[str]] | None = None
    handed: JsonObject = field(default_factory=dict)
    told_by: JsonObject = field(default_factory=dict)


USUAL = Terms()


@dataclass
class Step:
    """What a step is handed, who has tried it, and why each of them failed."""

    capability: Capability[BaseModel]
    key: str
    takes: JsonObject
    summary: str
    effect: Effect | None
    card: Card | None
    tried: list[str] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)
    rerouted_to: str | None = None
    terms: Terms = USUAL
    for_a_person: bool = False
    why_held_back: str = ""

    def why_not(self, value: JsonValue) -> str:
        """Why a result does not count; empty when it does."""
        try:
            self.capability.gives.model_validate(value)
        except ValidationError as error:
            return f"{error.error_count()} faults"
        return self.terms.check(value)

    @cached_property
    def size(self) -> int:
        """Bytes of what it is handed."""
        return size_of(self.takes)

    @property
    def line(self) -> list[str]:
        """Who may take the step, first to last."""
        own = self.card.line if self.card else []
        return list(self.terms.ranked) or own

    @property
    def review_id(self) -> str:
        """The id of the review that asks a person when the ladder ends."""
        return review_id_of(self.key)

    def hold_back_the_others(self) -> None:
        """Nobody else is tried while settings are wrong: a person is next, and is told so."""
        left = [name for name in self.line if name not in self.tried]
        waits = f"; until then {', '.join(left)} {'is' if len(left) == 1 else 'are'} held back" if left else ""
        self.why_held_back = f"{', then '.join(self.tried)} failed: the settings must be mended first{waits}"
        self.give_up_on_all()
        self.for_a_person = True

    def give_up_on_all(self) -> None:
        """Nobody is left to try: a person is next."""
        self.tried += [name for name in (*self.line, self.rerouted_to) if name and name not in self.tried]


def review_id_of(key: str) -> str:
    """The id of the review that asks about the step of that key."""
    return f"failure/{key}"

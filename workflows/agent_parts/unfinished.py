"""An agent that has no answer, or may not go on without one: how much it may use, and what a person says to that."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, JsonValue
from temporalio import workflow

from baton.contracts.review import Decision, ReviewChoice
from baton.contracts.wire import JsonObject
from workflows.review_desk import ReviewDesk
from workflows.run_state import Run
from workflows.schema_check import closed_schema, first_faults
from workflows.step import RunAborted, StepSkipped

from .answer_faults import misfit_of

MOST_TURNS = 10
"""Turns of a task that says nothing else."""

_MORE: JsonObject = {
    "type": "object",
    "properties": {
        "turns": {"type": "integer", "minimum": 1, "maximum": 100, "description": "with tools; one to answer follows"},
        "calls": {"type": "integer", "minimum": 1, "maximum": 10_000},
        "cost": {"type": "number", "exclusiveMinimum": 0, "maximum": 10_000},
    },
    "additionalProperties": False,
    "minProperties": 1,
}


@dataclass(frozen=True)
class Allowed:
    """What a task may use before its agent has to answer: turns, requests to models, dollars; None: no bound."""

    turns: int = MOST_TURNS
    calls: int | None = None
    cost: Decimal | None = None

    def beyond(self, used: "Used", more: "Allowed") -> "Allowed":
        """So much more than was allowed, or was used where that is more; what had no bound has none.

        Of the turns all have tools: the one to answer in comes after them.
        """
        return Allowed(
            max(self.turns, used.turns + 1) + more.turns,
            None if self.calls is None else max(self.calls, used.calls) + (more.calls or 0),
            None if self.cost is None else max(self.cost, used.cost) + (more.cost or 0),
        )

    def __add__(self, more: "Allowed") -> "Allowed":
        """So much more than was allowed, as it was granted before: what was used beyond that came off it."""
        return Allowed(
            self.turns + more.turns,
            None if self.calls is None else self.calls + (more.calls or 0),
            None if self.cost is None else self.cost + (more.cost or 0),
        )


@dataclass(frozen=True)
class Used:
    """What a task has used: turns, requests to models, and what these cost; `unknown`: requests of unknown price."""

    turns: int
    calls: int
    cost: Decimal
    unknown: int

    def up(self, allowed: Allowed) -> list[str]:
        """What of the allowed requests and dollars is used up."""
        return [
            *(["calls"] if allowed.calls is not None and self.calls >= allowed.calls else []),
            *(["cost"] if allowed.cost is not None and self.cost >= allowed.cost else []),
        ]


@dataclass(frozen=True)
class Why:
    """Why there is no answer: what the agent says, why it may use no more, and what was found in what it read."""

    said: str
    used_up: str = ""
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Decided:
    """What a person says: the answer, or what the agent may use from now on, and that in words for the model."""

    answer: JsonValue = None
    allowed: Allowed = Allowed()
    words: str = ""


class Unfinished:
    """Knows what a task has used, and asks a person about one without an answer."""

    def __init__(self, run: Run, desk: ReviewDesk) -> None:
        self._run = run
        self._desk = desk

    def why_answer_now(self, key: str, number: int, allowed: Allowed) -> str:
        """Why this turn is the last, in words; empty while there is room for another."""
        used = self._used(key, number - 1)
        if number >= allowed.turns:
            return f"{allowed.turns} turns are used up"
        match used.up(allowed):
            case ["calls", *_]:
                return f"{used.calls} requests to models were made, of {allowed.calls}"
            case ["cost"]:
                more = f", and {used.unknown} of unknown price" if used.unknown else ""
                return f"the requests to models cost ${used.cost:.4f}, of ${allowed.cost}{more}"
        return ""

    async def ask(self, key: str, number: int, gives: type[BaseModel], allowed: Allowed, why: Why) -> Decided:
        """What a person says. Raises StepSkipped where they go on without it or nobody is asked, RunAborted."""
        used, revision, wrong = self._used(key, number), 1, ""
        # Not in a run that asked here, or was answered, before it had to be of use.
        of_use = workflow.patched("more-is-of-use")
        more: JsonObject = {**_MORE, "required": [*used.up(allowed)]} if of_use else _MORE
        while True:
            decision = await self._decision(key, used, gives, why, more, revision=revision, wrong=wrong)
            if decision.choice != "supply":
                granted = _more(decision)
                allowed = allowed.beyond(used, granted) if of_use else allowed + granted
                return Decided(allowed=allowed, words=f"A person lets you go on.{_comment(decision)}")
            fault = misfit_of(gives, decision.value)
            if fault is None:
                return Decided(answer=decision.value)
            revision, wrong = revision + 1, f"it cannot be so: {first_faults(fault)}"

    async def _decision(
        self, key: str, used: Used, gives: type[BaseModel], why: Why, more: JsonObject, *, revision: int, wrong: str
    ) -> Decision:
        review = self._desk.open(
            f"unfinished/{key}/{used.turns}",
            "budget",
            title=f"The agent has no answer: {key}",
            summary=f"After {used.turns} turns it says: {why.said}",
            subject={
                "turns": used.turns,
                "calls": used.calls,
                "cost": str(used.cost),
                "calls_of_unknown_price": used.unknown,
            },
            subject_schema={"type": "object"},
            choices=[
                ReviewChoice(id="more", label="Let it go on, with so much more", needs="value", schema=more),
                ReviewChoice(id="supply", label="Give the answer yourself", needs="value", schema=closed_schema(gives)),
                ReviewChoice(id="skip", label="Go on without an answer"),
                ReviewChoice(id="abort", label=f"End this {self._run.noun} here"),
            ],
            revision=revision,
            notes=[*filter(None, [wrong or why.used_up]), *why.notes],
            risk="medium",
        )
        decision = await self._desk.decision(review)
        if decision is None or decision.choice == "skip":
            raise StepSkipped(key)
        if decision.choice == "abort":
            raise RunAborted(f"{decision.actor.id} ended it: no answer to {key}")
        return decision

    def _used(self, key: str, turns: int) -> Used:
        """What so many turns have used."""
        steps = {f"{key}/{number}" for number in range(1, turns + 1)}
        prices = [call.price for line in self._run.state.record if line.step in steps for call in line.calls]
        known = [price for price in prices if price is not None]
        return Used(turns, len(prices), sum(known, Decimal(0)), len(prices) - len(known))


def _more(decision: Decision) -> Allowed:
    """At least one more turn: without one it could only say the same again."""
    value = decision.value if isinstance(decision.value, dict) else {}
    turns, calls, cost = value.get("turns"), value.get("calls"), value.get("cost")
    return Allowed(
        turns if isinstance(turns, int) else MOST_TURNS,
        calls if isinstance(calls, int) else None,
        Decimal(str(cost)) if isinstance(cost, int | float) else None,
    )


def _comment(decision: Decision) -> str:
    return f" They say: {decision.comment}" if decision.comment else ""

"""An agent that has no answer, or may not go on without one: how much it may use, and what a person says to that."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, JsonValue

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
        "turns": {"type": "integer", "minimum": 1, "maximum": 100},
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

    def __add__(self, more: "Allowed") -> "Allowed":
        """So much more; what had no bound has none."""
        return Allowed(
            self.turns + more.turns,
            None if self.calls is None else self.calls + (more.calls or 0),
            None if self.cost is None else self.cost + (more.cost or 0),
        )


@dataclass(frozen=True)
class Why:
    """Why there is no answer: what the agent says, why it may use no more, and what was found in what it read."""

    said: str
    used_up: str = ""
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Decided:
    """What a person says: the answer, or how much more the agent may use, and that in words for the model."""

    answer: JsonValue = None
    more: Allowed = Allowed(0)
    words: str = ""


class Unfinished:
    """Knows what a task has used, and asks a person about one without an answer."""

    def __init__(self, run: Run, desk: ReviewDesk) -> None:
        self._run = run
        self._desk = desk

    def why_answer_now(self, key: str, number: int, allowed: Allowed) -> str:
        """Why this turn is the last, in words; empty while there is room for another."""
        calls, cost, unknown = self._used(key, number)
        if number >= allowed.turns:
            return f"{allowed.turns} turns are used up"
        if allowed.calls is not None and calls >= allowed.calls:
            return f"{calls} requests to models were made, of {allowed.calls}"
        if allowed.cost is not None and cost >= allowed.cost:
            more = f", and {unknown} of unknown price" if unknown else ""
            return f"the requests to models cost ${cost:.4f}, of ${allowed.cost}{more}"
        return ""

    async def ask(self, key: str, number: int, gives: type[BaseModel], why: Why) -> Decided:
        """What a person says. Raises StepSkipped where they go on without it or nobody is asked, RunAborted."""
        revision, wrong = 1, ""
        while True:
            decision = await self._decision(key, number, gives, why, revision=revision, wrong=wrong)
            if decision.choice != "supply":
                return Decided(more=_more(decision), words=f"A person lets you go on.{_comment(decision)}")
            fault = misfit_of(gives, decision.value)
            if fault is None:
                return Decided(answer=decision.value)
            revision, wrong = revision + 1, f"it cannot be so: {first_faults(fault)}"

    async def _decision(
        self, key: str, number: int, gives: type[BaseModel], why: Why, *, revision: int, wrong: str
    ) -> Decision:
        calls, cost, unknown = self._used(key, number + 1)
        review = self._desk.open(
            f"unfinished/{key}/{number}",
            "budget",
            title=f"The agent has no answer: {key}",
            summary=f"After {number} turns it says: {why.said}",
            subject={"turns": number, "calls": calls, "cost": str(cost), "calls_of_unknown_price": unknown},
            subject_schema={"type": "object"},
            choices=[
                ReviewChoice(id="more", label="Let it go on, with so much more", needs="value", schema=_MORE),
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

    def _used(self, key: str, before: int) -> tuple[int, Decimal, int]:
        """Requests to models in the turns before this one, what they cost as far as known, and how many are not."""
        turns = {f"{key}/{number}" for number in range(1, before)}
        prices = [call.price for line in self._run.state.record if line.step in turns for call in line.calls]
        known = [price for price in prices if price is not None]
        return len(prices), sum(known, Decimal(0)), len(prices) - len(known)


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

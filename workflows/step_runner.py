"""How every step runs: retry (Temporal's, on the activity), then the card's fallbacks, then a person.

This is the only place that catches an ActivityError, and the only one that decides what happens next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from baton.contracts import names
from baton.contracts.agents import Capability, Card, Choice, NoAgent, able, choose
from baton.contracts.record import Fact, StepAnswer
from baton.contracts.review import Decision, ReviewChoice
from baton.contracts.wire import JsonObject

from .continuing import Continuing
from .failures import describe_failure, may_fall_back
from .review_desk import ReviewDesk
from .run_state import Run
from .schema_check import misfit

Out = TypeVar("Out", bound=BaseModel)
Reads = Mapping[str, str | Sequence[str]]


class RunAborted(Exception):
    """A person ended the run at a step that could not be done."""


class StepSkipped(Exception):
    """A person skipped an optional step."""


@dataclass(frozen=True)
class Effect:
    """What an effect's idempotency key is made from, beside the round."""

    action_id: str
    revision: int


@dataclass
class _Step:
    """One step on its way up the ladder."""

    capability: Capability[BaseModel]
    key: str
    takes: JsonObject
    summary: str
    effect: Effect | None
    tried: list[str] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)
    rerouted_to: str | None = None


class StepRunner:
    """Runs each step of a run once, writes the record, and asks a person when the ladder ends."""

    def __init__(self, run: Run, desk: ReviewDesk, continuing: Continuing) -> None:
        self._run = run
        self._desk = desk
        self._continuing = continuing
        self._cards = {card.name: card for card in run.start.cards}

    async def run(
        self,
        capability: Capability[Out],
        *,
        key: str | None = None,
        reads: Reads | None = None,
        given: Mapping[str, JsonValue] | None = None,
        effect: Effect | None = None,
        summary: str = "",
    ) -> Out:
        """The result of a step: the recorded one at once where there is one, else the ladder's.

        `reads` names the facts that the step gets (a list of names: a list of values), `given` what the process adds;
        an `effect` adds its idempotency key. Raises StepSkipped, RunAborted, and cancellation as it comes.
        """
        name = key or capability.name
        if name in self._run.state.skipped:
            raise StepSkipped(name)
        known = self._run.fact(name)
        if known is None:
            await self._continuing.point()
            takes: JsonObject = {**self._slice(reads or {}), **(given or {})}
            step = _Step(capability, name, takes, summary or name, effect)  # type: ignore[arg-type]  # Out is a model
            known = await self._climb(step)
        return capability.gives.model_validate(known.value)

    def _slice(self, reads: Reads) -> JsonObject:
        return {
            field_name: self._run.value(source)
            if isinstance(source, str)
            else [self._run.value(each) for each in source]
            for field_name, source in reads.items()
        }

    async def _climb(self, step: _Step) -> Fact:
        while True:
            # A run that was entered again from the top goes on waiting where it waited, without another attempt.
            asked = self._desk.find(_failure_id(step), self._failure_revision(step))
            try:
                choice = None if asked else self._choose(step)
                why = ""
            except NoAgent as nobody:
                choice, why = None, str(nobody)
            if choice is None:
                await self._ask_a_person(step, why)
                if (supplied := self._run.fact(step.key)) is not None:
                    return supplied
                continue
            try:
                return await self._attempt(step, choice)
            except ActivityError as error:
                if is_cancelled_exception(error):
                    raise
                cause = describe_failure(error)
                step.tried.append(choice.card.name)
                step.causes.append(f"{choice.card.agent}: {cause}")
                self._run.note(
                    "failed", cause, step=step.key, agent=choice.card.agent, attempt=choice.card.retry.attempts
                )
                if not may_fall_back(error):
                    step.tried += [name for name in choice.card.fallbacks if name not in step.tried]

    def _choose(self, step: _Step) -> Choice:
        if step.rerouted_to and step.rerouted_to not in step.tried:
            return Choice(self._cards[step.rerouted_to], "a person chose this agent")
        choice = choose(step.capability.name, self._cards, step.tried)
        if step.tried:
            self._run.note("fell_back", choice.why, step=step.key, title=step.summary, agent=choice.card.agent)
        return choice

    async def _attempt(self, step: _Step, choice: Choice) -> Fact:
        card = choice.card
        key = ""
        takes = step.takes
        if step.effect:
            key, earlier = self._keys(step)
            takes = {**takes, "key": key, "earlier_keys": list(earlier)}
        self._run.running[step.key] = (step.summary, card.agent)
        self._run.show()
        try:
            with self._continuing.in_flight():
                answer: StepAnswer = await workflow.execute_activity(
                    card.name,
                    takes,
                    result_type=StepAnswer,
                    task_queue=card.queue,
                    start_to_close_timeout=timedelta(seconds=card.attempt_s),
                    heartbeat_timeout=timedelta(seconds=card.heartbeat_s) if card.heartbeat_s else None,
                    retry_policy=_retry_policy(card),
                    summary=step.summary,
                )
        finally:
            del self._run.running[step.key]
        self._run.know(
            step.key, answer.value, type_=card.gives, agent=answer.agent, attempt=answer.attempt, step=step.key
        )
        self._run.note(
            "done",
            choice.why if step.tried else step.summary,
            step=step.key,
            title=step.summary,
            agent=answer.agent,
            attempt=answer.attempt,
            key=key,
        )
        self._run.show()
        fact = self._run.fact(step.key)
        assert fact is not None
        return fact

    def _keys(self, step: _Step) -> tuple[str, list[str]]:
        assert step.effect is not None
        round_ = self._run.state.rounds.get(step.key, 0)
        every = [
            names.idempotency_key(self._run.enquiry_id, step.effect.action_id, step.effect.revision, number)
            for number in range(round_ + 1)
        ]
        if every[-1] not in self._run.state.used_keys:
            self._run.state.used_keys.append(every[-1])
        return every[-1], every[:-1]

    # The last rung: a person.

    async def _ask_a_person(self, step: _Step, why: str) -> None:
        review = self._desk.open(
            _failure_id(step),
            "failure",
            title=f"{step.summary} could not be done",
            summary=why,
            subject={"step": step.key, "capability": step.capability.name, "causes": list(step.causes)},
            subject_schema={"type": "object"},
            choices=self._failure_choices(step),
            revision=self._failure_revision(step),
            notes=[f"{line.step}: {line.text}" for line in self._run.state.record if line.kind == "done" and line.key],
            risk="high",
            risk_reasons=["a step failed for good"],
        )
        decision = await self._desk.decision(review)
        self._follow(step, decision)

    def _failure_choices(self, step: _Step) -> list[ReviewChoice]:
        card = self._cards.get(step.capability.name)
        choices = [ReviewChoice(id="retry", label="Try the step again")]
        if card:
            choices.append(
                ReviewChoice(
                    id="supply",
                    label=f"Give the result yourself ({card.gives})",
                    needs="value",
                    schema=card.gives_schema,
                )
            )
            others = [name for name in able(card.name, self._cards) if name != card.name]
            if others:
                choices.append(
                    ReviewChoice(
                        id="reroute",
                        label="Let another agent do it",
                        needs="value",
                        schema={"type": "string", "enum": list(others)},
                    )
                )
            if card.optional:
                choices.append(ReviewChoice(id="skip", label="Go on without this step"))
        return [*choices, ReviewChoice(id="abort", label="End this enquiry here")]

    def _follow(self, step: _Step, decision: Decision) -> None:
        """Act on the answer to a failure review; a redo raises the round, so that its key is new."""
        match decision.choice:
            case "supply":
                self._supply(step, decision)
            case "skip":
                self._run.state.skipped.append(step.key)
                self._run.note("skipped", f"skipped by {decision.actor.id}", step=step.key, title=step.summary)
                raise StepSkipped(step.key)
            case "abort":
                raise RunAborted(
                    f"{decision.actor.id} ended it at {step.key}: {step.causes[-1] if step.causes else ''}"
                )
            case _:
                self._next_round(step)
                step.tried.clear()
                step.rerouted_to = decision.value if isinstance(decision.value, str) else None

    def _next_round(self, step: _Step) -> None:
        self._run.state.rounds[step.key] = self._run.state.rounds.get(step.key, 0) + 1

    def _failure_revision(self, step: _Step) -> int:
        return self._run.state.rounds.get(step.key, 0) + 1

    def _supply(self, step: _Step, decision: Decision) -> None:
        card = self._cards[step.capability.name]
        try:
            wrong = misfit(decision.value, card.gives_schema)
            step.capability.gives.model_validate(decision.value)
        except ValidationError as error:
            wrong = str(error)[:300]
        if wrong:
            self._next_round(step)
            step.tried.append(card.name)
            step.causes.append(f"the supplied value does not fit: {wrong}")
            return
        self._run.know(step.key, decision.value, type_=card.gives, agent=decision.actor.id, step=step.key)
        self._run.note(
            "supplied",
            f"supplied by {decision.actor.id}",
            step=step.key,
            title=step.summary,
            agent=decision.actor.id,
        )


def _failure_id(step: _Step) -> str:
    return f"failure/{step.key}"


def _retry_policy(card: Card) -> RetryPolicy:
    return RetryPolicy(
        initial_interval=timedelta(seconds=card.retry.first_delay_s),
        backoff_coefficient=card.retry.factor,
        maximum_interval=timedelta(seconds=card.retry.longest_delay_s),
        maximum_attempts=card.retry.attempts,
    )

"""How every step runs: retry (Temporal's, on the activity), then the card's fallbacks, then a person.

This is the only place that decides what happens after an ActivityError. Stopping, its part for cancelled runs, catches
them too, and hands on what it learnt.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, JsonValue
from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from baton.contracts.agents import Capability, Card, Choice, NoAgent, choose
from baton.contracts.models import ModelCall
from baton.contracts.record import Fact, StepAnswer
from baton.contracts.wire import JsonObject

from .attempts import attempts_on
from .continuing import Continuing
from .effect_keys import EffectKeys
from .failures import (
    attempts_of,
    calls_kept,
    calls_of,
    certainly_not_done,
    describe_failure,
    may_be_done,
    may_fall_back,
)
from .last_rung import LastRung
from .review_desk import ReviewDesk
from .room import Room
from .run_state import Run
from .step import USUAL, Effect, Reads, RunAborted, Step, StepSkipped, TakeBack, Terms, review_id_of
from .stopping import Stopping

__all__ = ["Effect", "RunAborted", "StepRunner", "StepSkipped", "TakeBack", "Terms"]

_ENDS = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED

_FOUND_DONE = "; an earlier attempt had done it: looked up, not done again"
_GIVEN_UP = "given up with the run; it had these answers by then"

Out = TypeVar("Out", bound=BaseModel)


class StepRunner:
    """Runs each step of a run once, writes the record, and asks a person when the ladder ends."""

    def __init__(self, run: Run, desk: ReviewDesk, continuing: Continuing, room: Room | None = None) -> None:
        self._run = run
        self._continuing = continuing
        self._cards = run.cards
        self._keys = EffectKeys(run)
        self._person = LastRung(run, desk, self._cards, self._keys)
        self._stopping = Stopping(self._keys)
        self._room = room or Room()

    def card(self, name: str) -> Card | None:
        """The card of that name, of the day the run started."""
        return self._cards.get(name)

    def may_be_done(self, key: str, effect: Effect) -> bool:
        """Whether a step that a person had left out may have been carried out all the same."""
        return self._keys.may_be_done(key, effect)

    def has_begun(self, key: str) -> bool:
        """Whether a step has its result, was given up, or waits for a person."""
        state = self._run.state
        return (
            self._run.fact(key) is not None
            or key in (*state.skipped, *state.to_undo)
            or any(review.review_id == review_id_of(key) for review in state.reviews)
        )

    async def run(
        self,
        capability: Capability[Out],
        *,
        key: str | None = None,
        reads: Reads | None = None,
        given: Mapping[str, JsonValue] | None = None,
        effect: Effect | None = None,
        summary: str = "",
        terms: Terms = USUAL,
    ) -> Out:
        """The result of a step: the recorded one at once where there is one, else the ladder's.

        `reads` names the facts that the step gets (a list of names: a list of values), `given` what the process adds;
        an `effect` adds its idempotency key. Raises StepSkipped, TakeBack, RunAborted, and cancellation as it comes.
        """
        name = key or capability.name
        if name in self._run.state.skipped:
            raise StepSkipped(name)
        if name in self._run.state.to_undo:
            raise TakeBack(name)
        known = self._run.fact(name)
        if known is None:
            await self._continuing.point()
            takes: JsonObject = {**self._slice(reads or {}), **(given or {})}
            card = self._cards.get(capability.name)
            step = Step(capability, name, takes, summary or name, effect, card, terms=terms)  # type: ignore[arg-type]  # Out is a model
            known = await self._climb(step)
        return capability.gives.model_validate(known.value)

    def _slice(self, reads: Reads) -> JsonObject:
        return {
            field_name: self._run.value(source)
            if isinstance(source, str)
            else [self._run.value(each) for each in source]
            for field_name, source in reads.items()
        }

    async def _climb(self, step: Step) -> Fact:
        while True:
            await self._continuing.next_rung()
            try:
                choice = None if self._person.asked(step) else self._choose(step)
                why = ""
            except NoAgent as nobody:
                choice, why = None, step.why_held_back or str(nobody)
            if choice is None:
                await self._person.ask(step, why)
            else:
                await self._in_turn(step, choice)
            known = self._run.fact(step.key)
            if known is not None:
                return known

    def _choose(self, step: Step) -> Choice:
        too_large = self._run.why_not_handed(step.size)
        if too_large:
            step.causes.append(too_large)
            raise NoAgent(too_large)
        if step.rerouted_to and step.rerouted_to not in step.tried:
            return Choice(self._cards[step.rerouted_to], "a person chose this agent")
        unknown = self._keys.outcome_unknown(step)
        choice = choose(step.capability.name, self._cards, step.tried, outcome_unknown=unknown, line=step.line)
        if step.tried:
            ranked = step.terms.ranked.get(choice.card.name, "")
            choice = Choice(choice.card, "; ".join(filter(None, (choice.why, ranked))))
            self._run.note("fell_back", choice.why, step=step.key, title=step.summary, agent=choice.card.agent)
        return choice

    async def _in_turn(self, step: Step, choice: Choice) -> None:
        if step.terms.reserve:
            await step.terms.reserve(choice.card)
        async with self._room.turn(choice.card.queue) as waited:
            if waited and not step.tried:
                await self._continuing.point()  # it may be paused now, or about to move on
            await self._try(step, choice)

    async def _try(self, step: Step, choice: Choice) -> None:
        """One agent's try. Its result becomes a fact; its failure a line of the record, and the next rung is due."""
        card = choice.card
        try:
            answer = await self._attempt(step, card)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            self._failed(step, card, error)
            if not may_fall_back(error):
                step.hold_back_the_others()
        else:
            self._take(step, choice, answer)

    def _take(self, step: Step, choice: Choice, answer: StepAnswer) -> None:
        """The answer becomes a fact where it counts, and where there is room for it."""
        card = choice.card
        wrong = step.why_not(answer.value)
        if wrong:
            # The activity answered, so an effect is done: what is in doubt is only what it said.
            if step.effect is not None:
                self._keys.doubt(step)
            self._note_failure(step, card, f"the answer is no {card.gives}: {wrong}", 0, answer.calls)
        else:
            # What an effect says is always kept: it is small, and done.
            no_room = "" if step.effect else self._run.why_not_known(answer.value)
            if no_room:
                self._note_failure(step, card, no_room, answer.attempt, answer.calls)
            else:
                self._succeeded(step, choice, answer)

    async def _attempt(self, step: Step, card: Card) -> StepAnswer:
        takes = {**step.takes, **self._keys.handed_to(step)}
        self._run.running[step.key] = (step.summary, card.agent)
        self._run.show()
        try:
            with self._continuing.in_flight():
                return await self._do(step, card, takes)
        finally:
            self._run.running.pop(step.key, None)

    async def _do(self, step: Step, card: Card, takes: JsonObject) -> StepAnswer:
        async with self._room.taken(step.size, stored=self._run.state.stored):
            await self._continuing.pausing.over()  # it may have waited for room
            # Not in a run that went on here without it: what it has under way has another id.
            counts = card.effect == "model" and workflow.patched("calls-of-the-cancelled")
            activity_id = str(workflow.uuid4()) if counts else None
            doing = workflow.start_activity(
                card.name,
                takes,
                activity_id=activity_id,
                result_type=StepAnswer,
                summary=step.summary,
                cancellation_type=_ENDS if step.effect else workflow.ActivityCancellationType.TRY_CANCEL,
                **attempts_on(card, at_most_s=step.terms.timeout_s),
            )
            if step.effect:
                return await self._see_through(step, card, doing)
            if activity_id:
                return await self._count_the_calls(step, card, activity_id, doing)
            answer: StepAnswer = await doing
            return answer

    async def _count_the_calls(
        self, step: Step, card: Card, activity_id: str, doing: "workflow.ActivityHandle[StepAnswer]"
    ) -> StepAnswer:
        """A question to a model is given up with its run, and what was answered until then was paid for."""
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            calls = await self._stopping.give_up(activity_id, doing)
            if calls:
                self._run.note("cancelled", _GIVEN_UP, step=step.key, title=step.summary, agent=card.agent, calls=calls)
            raise

    async def _see_through(self, step: Step, card: Card, doing: "workflow.ActivityHandle[StepAnswer]") -> StepAnswer:
        """An effect in flight is never abandoned: a run that is cancelled first learns what became of it.

        Where it was done the step has its result, and the cancellation counts from the next one on.
        """
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            if workflow.cancellation_reason() is not None:  # else another step ends the run
                self._run.note_cancelled()
            try:
                return await self._stopping.end(step, card, doing)
            except ActivityError as error:
                self._failed(step, card, error, "; the run is being cancelled")
            raise

    def _succeeded(self, step: Step, choice: Choice, answer: StepAnswer) -> None:
        self._keys.settle(step)
        if choice.card.queue is None:  # workers of another queue may run elsewhere
            self._run.state.stored = answer.stored
        self._run.know(
            step.key, answer.value, type_=choice.card.gives, agent=answer.agent, attempt=answer.attempt, step=step.key
        )
        self._run.note(
            "done",
            (choice.why if step.tried else step.summary) + (_FOUND_DONE if answer.found_done else ""),
            step=step.key,
            title=step.summary,
            agent=answer.agent,
            attempt=answer.attempt,
            key=self._keys.current(step),
            calls=answer.calls,
        )
        self._run.show(between_steps=True)

    def _failed(self, step: Step, card: Card, error: ActivityError, when: str = "") -> None:
        """One agent failed for good. Of an effect it matters most whether it may have been carried out."""
        # Not in a run that went on to a fallback here before there were doubts.
        if step.effect is not None and may_be_done(error, card) and workflow.patched("outcome-unknown"):
            self._keys.doubt(step)
        elif certainly_not_done(error):
            self._keys.settle(step)
        calls = calls_of(error)
        # Not in a run that went on here without them: they count in a goal's budget.
        if not calls and (kept := calls_kept(error)) and workflow.patched("calls-of-a-timeout"):
            calls = kept
        self._note_failure(step, card, describe_failure(error) + when, attempts_of(error), calls)

    def _note_failure(self, step: Step, card: Card, cause: str, attempts: int, calls: Sequence[ModelCall] = ()) -> None:
        step.tried.append(card.name)
        step.causes.append(f"{card.agent}: {cause}")
        self._run.note(
            "ambiguous" if self._keys.outcome_unknown(step) else "failed",
            cause,
            step=step.key,
            title=step.summary,
            agent=card.agent,
            attempt=attempts,
            key=self._keys.current(step),
            calls=calls,
        )
        self._run.show()

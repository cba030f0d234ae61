"""How what is in flight comes to its end when its run is cancelled.

Of an effect it is never left unknown whether it was done; of a question to a model, what its answers have cost.
"""

from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from baton.contracts import names
from baton.contracts.agents import Card, Retry
from baton.contracts.models import ModelCall
from baton.contracts.record import CallsSoFar, LastAttempt, StepAnswer

from .attempts import attempts_on
from .effect_keys import EffectKeys
from .failures import calls_kept, calls_of, certainly_not_done
from .step import Step

Told = TypeVar("Told", LastAttempt, CallsSoFar)

LOOKS = Retry(attempts=3, first_delay_s=0.5)


class Stopping:
    """Lets the attempt under way come to its end, and no other begin."""

    def __init__(self, keys: EffectKeys) -> None:
        self._keys = keys

    async def end(self, step: Step, card: Card, doing: "workflow.ActivityHandle[StepAnswer]") -> StepAnswer:
        """The result, where the effect was carried out; else ActivityError says why not, or that nobody can tell.

        Between two attempts only the server knows how the last one ended. Where that does not prove that nothing was
        done, the agent itself is asked, and does nothing.
        """
        last = await self._look(
            names.LAST_ATTEMPT, card.name, LastAttempt, f"How the last attempt at {card.name} ended"
        )
        doing.cancel()
        try:
            return await doing
        except ActivityError as error:
            none_since = last.next_at is not None and workflow.now() < last.next_at
            if certainly_not_done(error) or (is_cancelled_exception(error) and last.not_done and none_since):
                self._keys.settle(step)
                raise
        self._keys.doubt(step)
        answer: StepAnswer = await workflow.execute_activity(
            card.name,
            {**step.takes, **self._keys.handed_to(step), "only_look": True},
            result_type=StepAnswer,
            summary=f"{step.summary}: was it done?",
            **attempts_on(card.model_copy(update={"retry": LOOKS})),
        )
        return answer

    async def give_up(self, activity_id: str, doing: "workflow.ActivityHandle[StepAnswer]") -> list[ModelCall]:
        """Wait for no answer of a model any more. Gives back the requests that were answered by then.

        What an attempt was told it has left with the server, and nobody else knows it: it is looked up before the
        activity is cancelled and forgotten there.
        """
        try:
            so_far = await self._look(
                names.CALLS_SO_FAR, activity_id, CallsSoFar, "What the models have answered so far"
            )
        finally:
            doing.cancel()
        try:
            return (await doing).calls
        except ActivityError as error:
            return calls_of(error) or calls_kept(error) or so_far.calls

    async def _look(self, look: str, at: str, gives: type[Told], summary: str) -> Told:
        """What the server knows of the step; nothing where it does not say so soon."""
        try:
            told: Told = await workflow.execute_activity(
                look,
                at,
                result_type=gives,
                summary=summary,
                start_to_close_timeout=timedelta(seconds=5),
                schedule_to_close_timeout=timedelta(seconds=10),  # a busy worker may not hold up the end of a run
                retry_policy=RetryPolicy(maximum_attempts=2),
            )
        except ActivityError:
            return gives()
        return told

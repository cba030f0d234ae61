"""How an effect in flight comes to its end when its run is cancelled: it is never left unknown whether it was done."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from baton.contracts import names
from baton.contracts.agents import Card, Retry
from baton.contracts.record import LastAttempt, StepAnswer

from .attempts import attempts_on
from .effect_keys import EffectKeys
from .failures import certainly_not_done
from .step import Step

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
        last = await self._last_attempt(card)
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

    async def _last_attempt(self, card: Card) -> LastAttempt:
        try:
            told: LastAttempt = await workflow.execute_activity(
                names.LAST_ATTEMPT,
                card.name,
                result_type=LastAttempt,
                summary=f"How the last attempt at {card.name} ended",
                start_to_close_timeout=timedelta(seconds=5),
                retry_policy=RetryPolicy(maximum_attempts=2),
            )
        except ActivityError:
            return LastAttempt()
        return told

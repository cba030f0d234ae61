"""How a worker comes to harm around every activity: an interceptor that kills or freezes its own process."""

import os
import signal
from typing import Any

from temporalio import activity, client, worker

from activities.cards import all_cards

from .boundaries import Harm, Place, Tokens

_MOST_ATTEMPTS_HARMED = {card.name: min(5, card.retry.attempts // 2) for card in all_cards()}
"""Harm befalls the earlier attempts alone: each costs one of those that a step has, and then a person is asked."""


class Danger(client.Interceptor, worker.Interceptor):
    """Worker interceptor, given by way of the client: outermost, so that nothing of the product runs around it."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def intercept_activity(self, next: worker.ActivityInboundInterceptor) -> worker.ActivityInboundInterceptor:
        """Around each activity."""
        return _Around(next, self._tokens)


class _Around(worker.ActivityInboundInterceptor):
    def __init__(self, next: worker.ActivityInboundInterceptor, tokens: Tokens) -> None:
        super().__init__(next)
        self._tokens = tokens

    async def execute_activity(self, input: worker.ExecuteActivityInput) -> Any:
        come_to_harm(self._tokens, "before")
        answer = await super().execute_activity(input)
        come_to_harm(self._tokens, "after")
        return answer


def come_to_harm(tokens: Tokens, place: Place) -> None:
    """Kill or freeze this very process, if that is due here."""
    harm = harm_due(tokens, place)
    if harm is not None:
        do_harm(harm)


def harm_due(tokens: Tokens, place: Place) -> Harm | None:
    """Claim what is due at this place of the activity that runs."""
    doing = activity.info()
    if doing.attempt > _MOST_ATTEMPTS_HARMED.get(doing.activity_type, 1):
        return None
    return tokens.claim(doing.activity_type, place, os.getpid())


def do_harm(harm: Harm) -> None:
    """A killed process goes no further; a frozen one does, once it is let."""
    os.kill(os.getpid(), signal.SIGKILL if harm == "kill" else signal.SIGSTOP)

"""A step as a worker does it, without one: attempt by attempt, while a model's answer goes back to it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.asking import MODEL_ATTEMPT_S
from baton.connectors.model_misfits import SentBack
from baton.contracts.wire import JsonObject

_TIME = timedelta(seconds=MODEL_ATTEMPT_S)


async def attempted(step: Callable[..., Awaitable[object]], given: JsonObject) -> object:
    """What the step gives. Raises the ApplicationError of an attempt that ends otherwise."""
    attempt = ActivityEnvironment()
    kept: list[Any] = []
    attempt.on_heartbeat = lambda *words: kept.__setitem__(slice(None), words)
    while True:
        attempt.info = replace(attempt.info, heartbeat_details=list(kept), start_to_close_timeout=_TIME)
        try:
            return await attempt.run(step, given)
        except ApplicationError as error:
            if error.type != SentBack.__name__:
                raise

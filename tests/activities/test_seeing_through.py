"""An effect that has begun is finished although its run is cancelled; whatever else ends an attempt still does."""

import asyncio

import pytest
from pydantic import BaseModel
from temporalio.activity import ActivityCancellationDetails
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.capability import capability
from baton.contracts.record import StepAnswer
from baton.contracts.systems import Rejected

from .attempts import attempt


class Given(BaseModel):
    """Nothing."""


class Slow:
    """A system that answers once it is let."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.begun, self.let, self.cut_off = asyncio.Event(), asyncio.Event(), False
        self._fault = fault

    async def _answer(self) -> Given:
        self.begun.set()
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.cut_off = True
            raise
        if self._fault:
            raise self._fault
        return Given()

    @capability(agent="slow", effect="irreversible", attempt_s=5)
    async def write(self, given: Given) -> Given:
        """Change something."""
        return await self._answer()

    @capability(agent="slow", attempt_s=5)
    async def read(self, given: Given) -> Given:
        """Change nothing."""
        return await self._answer()


async def _cancelled(
    slow: Slow, name: str, environment: ActivityEnvironment, **why: bool
) -> "asyncio.Task[StepAnswer]":
    doing = asyncio.create_task(environment.run(getattr(slow, name), {}))
    await slow.begun.wait()
    environment.cancel(ActivityCancellationDetails(**why))
    await asyncio.sleep(0)
    return doing


async def test_an_effect_is_finished_and_confirmed() -> None:
    slow = Slow()
    doing = await _cancelled(slow, "write", attempt(), cancel_requested=True)
    slow.let.set()
    assert (await doing).value == {}
    assert not slow.cut_off


async def test_an_effect_that_fails_then_says_how_it_stands() -> None:
    slow = Slow(Rejected("no"))
    doing = await _cancelled(slow, "write", attempt(), cancel_requested=True)
    slow.let.set()
    with pytest.raises(ApplicationError) as caught:
        await doing
    assert (caught.value.type, caught.value.details) == ("Rejected", (1, False))


async def test_its_time_still_bounds_it() -> None:
    doing = await _cancelled(Slow(), "write", attempt(seconds=1), cancel_requested=True)
    with pytest.raises(ApplicationError) as caught:
        await doing
    assert caught.value.type == "OutcomeUnknown"


@pytest.mark.parametrize("why", ["worker_shutdown", "timed_out", "not_found", "paused", "reset"])
async def test_whatever_else_ends_an_attempt_cuts_it_off(why: str) -> None:
    slow = Slow()
    doing = await _cancelled(slow, "write", attempt(), **{why: True})
    with pytest.raises(asyncio.CancelledError):
        await doing
    assert slow.cut_off


async def test_a_read_is_cut_off() -> None:
    slow = Slow()
    doing = await _cancelled(slow, "read", attempt(), cancel_requested=True)
    with pytest.raises(asyncio.CancelledError):
        await doing
    assert slow.cut_off

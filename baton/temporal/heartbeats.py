"""What a step's attempt tells the server while it works: that it lives, and its last word before an effect.

The server counts on an attempt for one heartbeat timeout after each beat that it has confirmed. An attempt keeps count
of the same time on its own clock, and ends itself when that has run out: by then another may have begun elsewhere.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.client import AsyncActivityCancelledError, Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import (
    ActivityInboundInterceptor,
    ActivityOutboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from baton.contracts.last_look import still_counted_on

BEATS_A_TIMEOUT = 4
"""So many beats fit into one heartbeat timeout. Most steps are done before the first, and need none."""

SDK_WAITS_S = 5.0
"""The SDK ends an attempt of which it saw no beat for the heartbeat timeout and this long."""

SDK_IS_DONE_S = 0.1
LONGEST_CALL_S = 10.0
CANCELLATION_ARRIVES_S = 5.0

UNSURE = "unsure"
"""The last word of an attempt that may have left a newer one: read it as the worst that it could have said."""


class Overtaken(Exception):
    """The server does not, or not surely, count on this attempt any more: it must do nothing that others can see."""


async def leave_word(word: str) -> None:
    """Have the server keep this word before anything else is done, also through a kill -9: the fence before an effect.

    Raises Overtaken, with nothing done, when the attempt has timed out, was superseded, is being cancelled, or the
    server does not confirm. Whatever the attempt awaits after that is cut off once the server may have given it up.

    One gap is left: a process that is frozen inside the few instructions between its last look (`last_look`) and what
    it sends, for longer than the heartbeat timeout, finishes them when it wakes. And what has left this machine can
    arrive at any later time.
    """
    attempt = _current.get(None)
    if attempt is None:
        _outside_a_worker(word)
    else:
        await attempt.leave(word)


def last_word() -> str:
    """The word that an earlier attempt left; "" when none, UNSURE when it may have left a newer one."""
    left = activity.info().heartbeat_details
    if not left:
        return ""
    return UNSURE if left[-1] == UNSURE else str(left[0])


def word_known() -> str:
    """A word that an earlier attempt surely left, "" when none; it may have left a newer one, which is lost."""
    left = activity.info().heartbeat_details
    return str(left[0]) if left and left[0] != UNSURE else ""


def _outside_a_worker(word: str) -> None:
    try:
        activity.client()
    except RuntimeError:  # a unit test's ActivityEnvironment: nobody is there to confirm
        activity.heartbeat(word)
    else:
        raise RuntimeError("A worker without the interceptor Heartbeats has no fence: make it with worker_options().")


class Heartbeats(Interceptor):
    """Worker interceptor: every step beats while it works, without a line of its own."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """The beat of one attempt."""
        return _Beating(next)


class _Beating(ActivityInboundInterceptor):
    def init(self, outbound: ActivityOutboundInterceptor) -> None:
        self._to_the_sdk = outbound.heartbeat
        super().init(_Repeated(outbound))

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        if input.executor is not None:  # a function in a thread cannot be cut off
            return await self.next.execute_activity(input)
        attempt = _Attempt(activity.info(), activity.client(), self._to_the_sdk)
        known, look = _current.set(attempt), still_counted_on.set(attempt.look)
        try:
            async with attempt.beating():
                return await self.next.execute_activity(input)
        finally:
            still_counted_on.reset(look)
            _current.reset(known)


class _Repeated(ActivityOutboundInterceptor):
    """A step's own `activity.heartbeat(…)` is repeated by the beats, in place of being wiped out by them."""

    def heartbeat(self, *details: Any) -> None:
        attempt = _current.get(None)
        if attempt is not None:
            attempt.said = details
        super().heartbeat(*details)


class _Attempt:
    """One attempt at a step: what it said last, and until when the server counts on it."""

    def __init__(self, info: activity.Info, client: Client, to_the_sdk: Callable[..., None]) -> None:
        self._loop = asyncio.get_running_loop()  # a look may come from a thread, which has none
        # Else the first beat would wipe out what an earlier attempt left, and a third would not know of it.
        self.said: tuple[Any, ...] = tuple(info.heartbeat_details)
        self._server = client.get_async_activity_handle(task_token=info.task_token)
        self._one_call_at_a_time = asyncio.Lock()  # else an older word could arrive after a newer one
        self._to_the_sdk = to_the_sdk
        self._unwanted = False
        self._allowed_s = _seconds(info.heartbeat_timeout)
        self._next_to_the_sdk = self._when_the_sdk_needs_it()
        self._last_moment = self._now() + _seconds(info.start_to_close_timeout)
        self._counted_on = asyncio.timeout_at(self._until(self._now()))

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Beat after a while, and then again and again; cut off with Overtaken when nobody counts on the attempt."""
        beats: list[asyncio.Task[None]] = []
        first = self._loop.call_later(self._pause_s, lambda: beats.append(asyncio.create_task(self._beat())))
        try:
            async with self._counted_on:
                yield
        except TimeoutError:
            if self._counted_on.expired():
                raise Overtaken("the server has given this attempt up, or will before it could say so") from None
            raise
        finally:
            first.cancel()
            for beat in beats:
                beat.cancel()

    def look(self) -> None:
        """Raises Overtaken when the server may have given the attempt up; what cuts it off has not had its turn yet."""
        until = self._counted_on.when()
        if until is not None and until <= self._now():
            raise Overtaken("this process stood still: another attempt may have begun")

    async def leave(self, word: str) -> None:
        """Have the server keep this word. Raises Overtaken when it is not confirmed, or the attempt not wanted."""
        async with self._one_call_at_a_time:
            earlier, self.said = self.said, (word,)
            if await self._confirm():
                return
            # Nothing was done: a step that is only paused must not be told later that something was.
            self.said = earlier
            await self._confirm()
        self._tell_the_sdk(wanted=False)
        with suppress(TimeoutError):
            async with asyncio.timeout(CANCELLATION_ARRIVES_S):
                await activity.wait_for_cancelled()  # and it ends the attempt here, unless an effect is seen through
        raise Overtaken("the step is being cancelled, paused or reset")

    async def _beat(self) -> None:
        while not self._counted_on.expired():
            pause_s = self._pause_s
            async with self._one_call_at_a_time:
                with suppress(Overtaken):  # unconfirmed: the attempt ends by itself unless a later beat gets through
                    if self._tell_the_sdk(await self._confirm()):
                        pause_s = min(SDK_IS_DONE_S, pause_s)  # what it said is not to stand for long
            await asyncio.sleep(pause_s)

    async def _confirm(self) -> bool:
        """One call to the server with what was said last; False when it wants the attempt no more. Raises Overtaken."""
        asked, wanted = self._now(), True
        longest = timedelta(seconds=min(LONGEST_CALL_S, self._allowed_s))
        try:
            await self._server.heartbeat(*self.said, rpc_timeout=longest)
        except AsyncActivityCancelledError:
            wanted = False
        except RPCError as refused:
            if refused.status is not RPCStatusCode.NOT_FOUND:
                raise Overtaken(f"the server did not confirm this attempt ({refused.status.name})") from None
            self._count_on(self._now())
            raise Overtaken("the server has given this attempt up") from None
        until = self._until(asked)
        self._count_on(until)
        if until is not None and until <= self._now():
            raise Overtaken("this process stood still while the server confirmed the attempt")
        return wanted

    def _count_on(self, until: float | None) -> None:
        if self._counted_on.expired():
            raise Overtaken("the attempt has ended")
        self._counted_on.reschedule(until)

    def _tell_the_sdk(self, wanted: bool) -> bool:
        """The SDK beats too, now and then: it delivers cancellations, and ends attempts of which it sees no beat.

        Its calls may arrive in any order with ours, so that what it carries may be older than what we left.
        """
        if not wanted and not self._unwanted:
            self._unwanted = True
            self._to_the_sdk(*self.said)
            return True
        if self._now() < self._next_to_the_sdk:
            return False
        self._next_to_the_sdk = self._when_the_sdk_needs_it()
        self._to_the_sdk(*self.said, UNSURE)
        return True

    def _when_the_sdk_needs_it(self) -> float:
        return self._now() + self._allowed_s + SDK_WAITS_S / 2

    def _until(self, asked: float) -> float | None:
        until = min(asked + self._allowed_s, self._last_moment)
        return until if until < math.inf else None

    def _now(self) -> float:
        return self._loop.time()

    @property
    def _pause_s(self) -> float:
        return self._allowed_s / BEATS_A_TIMEOUT


def _seconds(timeout: timedelta | None) -> float:
    return timeout.total_seconds() if timeout else math.inf


_current: ContextVar[_Attempt] = ContextVar("attempt")

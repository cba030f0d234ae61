"""Kills and freezes workers, and kills the server: at every boundary that was laid out, and at random."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from random import Random

from .boundaries import Claim, Harm
from .installation import Installation

_POLL_S = 0.1
_FROZEN_S = 2.5
"""At least so long, past the heartbeat timeout of 2 s: by the time it wakes, another attempt has begun."""
_BETWEEN_KILLS_S = (1.0, 5.0)
_SERVER_EVERY = 5
"""One random blow in so many meets the server, and every second of those a worker as well."""


class Killer:
    """Until cancelled. `kills` counts every SIGKILL and SIGSTOP, those at boundaries and those at random."""

    def __init__(self, place: Installation, seed: int, longest_freeze_s: float) -> None:
        self._place = place
        self._longest_freeze_s = longest_freeze_s
        self._dice = Random(f"{seed}/killer")
        self._wakes: dict[int, float] = {}
        self._last_still = time.monotonic()
        self._known: set[Claim] = set()
        self._server_down = False
        self.kills = 0

    def still_s(self) -> float:
        """For how many seconds no worker has been frozen, and the server has been up."""
        return 0.0 if self._wakes or self._server_down else time.monotonic() - self._last_still

    async def work(self, calm: asyncio.Event) -> None:
        """Strike until it is calm; go on waking the frozen and replacing the dead until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tend())
            tasks.create_task(self._strike(calm))

    async def _tend(self) -> None:
        while True:
            for claim in set(self._place.tokens.claims()) - self._known:
                self._known.add(claim)
                self.kills += 1
                if claim.harm == "freeze":
                    self._will_wake(claim.pid)
            self._wake_those_due()
            self._place.replace_dead_workers()
            await asyncio.sleep(_POLL_S)

    def _will_wake(self, pid: int) -> None:
        self._wakes[pid] = time.monotonic() + self._dice.uniform(_FROZEN_S, self._longest_freeze_s)

    def _wake_those_due(self) -> None:
        for pid, at in list(self._wakes.items()):
            if at <= time.monotonic():
                del self._wakes[pid]
                self._last_still = time.monotonic()
                _send(pid, signal.SIGCONT)

    async def _strike(self, calm: asyncio.Event) -> None:
        while not calm.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(calm.wait(), self._dice.uniform(*_BETWEEN_KILLS_S))
                return
            blow = self._dice.randrange(2 * _SERVER_EVERY)
            if blow != 1:
                self._strike_a_worker("kill" if blow % 2 else "freeze")
            if blow < 2:
                await self._strike_the_server()

    async def _strike_the_server(self) -> None:
        self.kills += 1
        self._server_down = True
        await self._place.kill_server()
        self._server_down = False

    def _strike_a_worker(self, harm: Harm) -> None:
        awake = [pid for pid in self._place.workers if pid not in self._wakes]
        if not awake:
            return
        pid = self._dice.choice(awake)
        self.kills += 1
        if harm == "freeze":
            self._will_wake(pid)
        _send(pid, signal.SIGKILL if harm == "kill" else signal.SIGSTOP)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)

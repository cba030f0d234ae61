"""Ctrl-C for commands that own processes: the first ends the work in order, the second does not wait."""

import asyncio
import signal
from collections.abc import Coroutine

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def until_interrupted(work: Coroutine[None, None, None], hurry: asyncio.Event) -> bool:
    """Do the work; True when a signal stopped it. Any further signal sets `hurry`, for whoever ends the processes."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    stopped = False

    def told() -> None:
        nonlocal stopped
        if stopped or task.done():
            hurry.set()
            return
        stopped = True
        task.cancel()

    for number in _SIGNALS:
        loop.add_signal_handler(number, told)
    try:
        await task
    except asyncio.CancelledError:
        if not stopped:
            raise
    return stopped

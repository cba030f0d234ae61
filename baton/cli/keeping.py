"""Starting a process again whenever it ends, so that nobody has to notice that it did."""

import asyncio
from collections.abc import Awaitable, Callable

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0
_LIVED_LONG_S = 60.0
_LIVED_A_WHILE_S = 10.0

Tell = Callable[[str], None]


async def keep_running(ended: Callable[[], Awaitable[str]], start: Callable[[], Awaitable[None]], tell: Tell) -> None:
    """Start it again for ever, after a pause that grows while it does not live long.

    `ended` returns when it has ended, with words for the person at the terminal; `start` starts it again.
    """
    said = ""
    pause, loop = _FIRST_PAUSE_S, asyncio.get_running_loop()
    while True:
        began = loop.time()
        words = await ended()
        pause = _FIRST_PAUSE_S if loop.time() - began > _LIVED_LONG_S else pause
        if words != said or loop.time() - began > _LIVED_A_WHILE_S:  # what it says at each start is told once
            tell(f"{words} Starting it again in {pause:.0f} s.")
            said = words
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_S)
        await start()

"""Several workers of one process, from its start to its end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from temporalio.worker import Worker


@asynccontextmanager
async def at_work(workers: Sequence[Worker]) -> AsyncIterator[None]:
    """All of them work; at the end, also one by an error, they finish what they do side by side.

    One after the other, each would have the whole time that is given to end, and take up more until its turn comes.
    """
    async with AsyncExitStack() as working:
        for each in workers:
            await working.enter_async_context(each)
        try:
            yield
        finally:
            await asyncio.gather(*(each.shutdown() for each in workers))

"""A server, systems and workers for one measurement, each a process of its own, gone when it ends."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from baton.temporal.embedded import EmbeddedServer, ServerAddress
from bench.instruments.processes import Part, part
from bench.measured.enquiry import Shop
from bench.measured.telling import Told


@dataclass(frozen=True)
class Installation:
    """What runs, and where."""

    server: ServerAddress
    shop: Part
    state_dir: Path
    told: Told
    told_at: int

    def worker(self, side: str, queue: str, systems: str | None = None) -> AbstractAsyncContextManager[Part]:
        """One worker process of that side (bench/measured/worker.py)."""
        where = (str(self.state_dir), queue, systems or self.shop.said, str(self.told_at))
        return part("bench.measured.worker", side, *where)

    def demo_systems(self) -> AbstractAsyncContextManager[Part]:
        """The demo order system, CRM and mail server."""
        return part("bench.measured.systems", str(self.state_dir / "demo"))

    def pids(self, *more: Part) -> list[int]:
        """Every process that works on an enquiry: server, shop, this client, and those given."""
        return [self.server.pid, self.shop.pid, os.getpid(), *(each.pid for each in more)]

    async def all_was_done(self, enquiries: int) -> None:
        """Raise where a write is missing, or one came that nobody asked for: then something else was measured.

        A write that came twice under one key was tried again, by Temporal, on a machine that is too busy.
        """
        done = await Shop(self.shop.said).done()
        if len(done) != 3 * enquiries:
            raise RuntimeError(f"{enquiries} enquiries should have made {3 * enquiries} writes, not {len(done)}")


@asynccontextmanager
async def installation() -> AsyncIterator[Installation]:
    """A fresh server and the tiny shop; the client is told by datagrams."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as state:
        state_dir = Path(state)
        async with EmbeddedServer(state_dir) as server, part("bench.measured.shop") as shop:
            transport, told = await asyncio.get_running_loop().create_datagram_endpoint(
                Told, local_addr=("127.0.0.1", 0)
            )
            try:
                port: int = transport.get_extra_info("sockname")[1]
                yield Installation(server, shop, state_dir, told, port)
            finally:
                transport.close()

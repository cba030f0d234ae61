"""An installation of the trial's own: the real server, the stand-in systems as a process, and several workers."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from baton.cli.demo_systems import DemoAddresses, read_addresses
from baton.cli.runs import Runs, open_runs
from baton.settings import Settings
from baton.temporal.embedded import EmbeddedServer
from baton.temporal.server_files import ServerFiles
from baton.temporal.server_ports import any_free_port

from .boundaries import Tokens
from .guardian import ROOT, Guardian
from .working import Employment, work

_CONNECTORS = "bench.chaos_parts.endangered"
_READY_WITHIN_S = 30.0
CONNECTORS_WAIT_S = 4.0
"""In place of their 10 s, so that a system that never answers costs a trial no more than a freeze does."""


@dataclass(frozen=True)
class Kind:
    """What is tried: whose workers, how many, and whether the systems remember keys and mails."""

    workers: int = 4
    naive: bool = False
    keys: bool = True


class Installation:
    """Everything that the trial runs, in one directory and one process group. `async with` starts and ends it."""

    def __init__(self, directory: Path, orders_file: Path, kind: Kind) -> None:
        self._directory = directory
        self._orders_file = orders_file
        self._kind = kind
        self._server = EmbeddedServer(directory)
        self._forks = multiprocessing.get_context("forkserver")
        self._forks.set_forkserver_preload(["bench.chaos_parts.working"])
        self._workers: list[ForkServerProcess] = []
        self.tokens = Tokens(directory / "tokens")

    async def __aenter__(self) -> "Installation":
        """Start everything; returns when systems and server answer."""
        self._directory.mkdir(parents=True, exist_ok=True)
        # Whoever starts a server while ours is down would take the usual ports.
        ServerFiles(self._directory).remember_ports(any_free_port(), any_free_port())
        self._guardian = Guardian(self._directory)
        try:
            self._start_systems()
            self._address = await self._server.start()
            self.systems = await self._systems_ready()
            self.settings = self._settings()
            self.runs: Runs = await open_runs(self.settings, embedded=self._address)
            self._workers = [self._new_worker() for _ in range(self._kind.workers)]
        except BaseException:
            self._guardian.end()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """End everything at once: what was to be counted has been counted."""
        self._guardian.end()

    @property
    def workers(self) -> list[int]:
        """The process ids of the workers that live, the frozen among them."""
        return [worker.pid for worker in self._workers if worker.pid is not None and worker.is_alive()]

    def replace_dead_workers(self) -> int:
        """Start one for each that died; how many that were."""
        dead = [place for place, worker in enumerate(self._workers) if not worker.is_alive()]
        for place in dead:
            self._workers[place].close()
            self._workers[place] = self._new_worker()
        return len(dead)

    async def kill_server(self) -> None:
        """SIGKILL, and a new one at once on the same ports and database."""
        with suppress(ProcessLookupError):
            os.kill(self._address.pid, signal.SIGKILL)
        await self._server.ended()
        former, self._address = self._address, await self._server.start()
        if self._address.port != former.port:
            raise RuntimeError(f"port {former.port} was taken by somebody else while the server was down: try again")

    def _start_systems(self) -> None:
        keys = [] if self._kind.keys else ["--no-keys"]
        with (self._directory / "demo.log").open("ab") as log:
            state = ["--state", str(self._directory / "demo")]
            subprocess.Popen(
                [sys.executable, "-m", "demo", *state, "--orders", str(self._orders_file), *keys],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, process_group=self._guardian.group,
            )  # fmt: skip

    async def _systems_ready(self) -> DemoAddresses:
        async with asyncio.timeout(_READY_WITHIN_S):
            while (found := read_addresses(self._directory)) is None:  # noqa: ASYNC110  another process sets no event
                await asyncio.sleep(0.05)
        return found

    def _settings(self) -> Settings:
        at = self.systems
        common = {"tokens": str(self._directory / "tokens"), "timeout": str(CONNECTORS_WAIT_S)}
        sent = {"sent_url": at.mail_url} if self._kind.keys else {}
        mailbox = {"host": at.smtp_host, "port": str(at.smtp_port), "faults_url": at.mail_url, **sent}
        return (
            Settings(
                _env_file=None,
                state_dir=self._directory,
                temporal_server="embedded",
                task_queue="chaos",
                order_system=f"{_CONNECTORS}:Orders",
                crm=f"{_CONNECTORS}:Crm",
                mailbox=f"{_CONNECTORS}:Mailbox",
            )
            .with_options("ORDER_SYSTEM", {"url": at.orders_url, "faults_url": at.orders_url, **common})
            .with_options("CRM", {"url": at.crm_url, "faults_url": at.crm_url, **common})
            .with_options("MAILBOX", {**mailbox, **common})
        )

    def _new_worker(self) -> ForkServerProcess:
        told = Employment(
            settings=self.settings,
            server=self._address,
            tokens=self._directory / "tokens",
            group=self._guardian.group,
            log=self._directory / "workers.log",
            naive=self._kind.naive,
        )
        worker = self._forks.Process(target=work, args=(told,), name="worker")
        worker.start()
        return worker

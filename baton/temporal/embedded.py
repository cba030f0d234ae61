"""The embedded Temporal server: one real server a state directory, in a process group of its own."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import IO

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from baton.settings import MODEL_KEYS, child_environment

from . import search_attributes
from .quiet import runtime
from .server_files import ServerAddress, ServerFailed, ServerFiles, is_open, running, serving
from .server_ports import choose_ports, taking_ports
from .server_program import server_programs

__all__ = ["EmbeddedServer", "ServerAddress", "ServerFailed", "running"]

HEALTHY_WITHIN = timedelta(seconds=30)
"""Usually 0.7 s; a loaded machine or a long write-ahead log takes longer."""
ENDS_WITHIN = timedelta(seconds=10)
"""Usually 1.2 s; after that it is killed, which its database survives."""
ANSWERS_WITHIN = timedelta(seconds=5)
"""A server that was there before and does not answer in this time hangs, and is replaced."""
PREPARED_WITHIN = timedelta(seconds=15)
_ATTEMPTS = 3  # a port can be taken between our choosing it and the server's opening it


@dataclass
class EmbeddedServer:
    """Joins the state directory's running server or starts one; whoever leaves last ends it.

    Each process that joined holds a shared lock, which the kernel lets go of even after kill -9: so a server whose
    starter died is taken over by the next one, and never stays behind after a clean end.
    """

    state_dir: Path
    retention_days: int = 30

    def __post_init__(self) -> None:
        """Name the files of the state directory."""
        self._files = ServerFiles(self.state_dir)
        self._membership: IO[str] | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self.started_here = False

    async def start(self, deadline: timedelta = HEALTHY_WITHIN) -> ServerAddress:
        """The address of a healthy server. Raises ServerFailed."""
        async with self._files.changing():
            address = serving(self._files.database)
            if address is not None and not await self._healthy(address, ANSWERS_WITHIN):
                await self._end(address.pid)
                address = None
            if address is None:
                address = await self._launch(deadline)
            try:
                await self._prepare(address)
            except BaseException:
                if not self._files.in_use():
                    await self._end(address.pid)
                raise
            self._membership = self._membership or self._files.join()
        return address

    async def leave(self) -> bool:
        """Let go of the server; True when nobody else was using it and it was ended."""
        async with self._files.changing():
            if self._membership is not None:
                self._membership.close()
                self._membership = None
            if self._files.in_use():
                return False
            await self._end_running()
        return True

    async def ended(self) -> None:
        """Return once the joined server is gone, whoever ended it; `start` then brings it back on the same ports."""
        address = serving(self._files.database)
        while address is not None and self._is_there(address.pid):  # noqa: ASYNC110  another process sets no event
            await asyncio.sleep(0.2)

    async def stop(self) -> None:
        """End the server, whoever uses it."""
        async with self._files.changing():
            if self._membership is not None:
                self._membership.close()
                self._membership = None
            await self._end_running()

    async def __aenter__(self) -> ServerAddress:
        """Join or start."""
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Leave."""
        await self.leave()

    async def _launch(self, deadline: timedelta) -> ServerAddress:
        """Start a server: remembered ports first, others when one is taken; the user's own program first."""
        programs = server_programs()
        if not programs:
            raise ServerFailed("No `temporal` program was found. Install it with: uv sync")
        await self._let_go_of_ports()
        said = ""
        async with taking_ports():
            for program in programs:
                for attempt in range(_ATTEMPTS):
                    ports = choose_ports(self._files.remembered_ports() if attempt == 0 else None)
                    launched = await self._launch_once(program, ports, deadline)
                    if isinstance(launched, ServerAddress):
                        self.started_here = True
                        return launched
                    said = launched
                    if "already in use" not in said:
                        break
        raise ServerFailed(f"The embedded Temporal server did not start. Its last words: {said or 'none'}")

    async def _let_go_of_ports(self) -> None:
        """After a kill the kernel takes a moment to close the ports: without waiting, links to the UI would change."""
        ports = self._files.remembered_ports()
        if ports is None or not self._files.pid.exists():
            return
        await _until(lambda: not any(map(is_open, ports)), timedelta(seconds=2))

    async def _launch_once(self, program: Path, ports: tuple[int, int], deadline: timedelta) -> ServerAddress | str:
        """The address of a healthy server, or its last words."""
        with self._files.open_log() as log:
            log_start = log.tell()
            try:
                self._child = self._spawn(program, ports, log)
            except OSError as problem:  # a file of that name that is no program
                return f"{program}: {problem.strerror}"
        address = ServerAddress(ports[0], ports[1], self._child.pid, self._files.directory)
        self._files.remember(address)
        try:
            if await self._healthy(address, deadline):
                return address
        except BaseException:
            await self._end(address.pid)
            raise
        await self._end(address.pid)
        return self._files.last_words(log_start)

    def _spawn(self, program: Path, ports: tuple[int, int], log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  the program is our own choice
            [str(program), *self._arguments(*ports)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.state_dir,
            env=child_environment({}, without=("TEMPORAL_", *MODEL_KEYS)),
            umask=0o077,  # its database holds customers' messages, and the state directory may be one that others read
            start_new_session=True,  # Ctrl-C in the terminal must not reach the server before the worker is done
        )

    def _arguments(self, port: int, ui_port: int) -> list[str]:
        attributes = [f"--search-attribute={name}={kind}" for name, kind in search_attributes.TYPES.items()]
        return [
            *("server", "start-dev", "--ip", "127.0.0.1", "--port", str(port), "--ui-port", str(ui_port)),
            *("--db-filename", str(self._files.database)),
            *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=1"),
            # Without these three every hop waits about 50 ms, and timers under a second take a whole one.
            *("--dynamic-config-value", "history.transferProcessorMaxPollRPS=2000"),
            *("--dynamic-config-value", "history.timerProcessorMaxPollRPS=2000"),
            *("--dynamic-config-value", 'history.timerProcessorMaxTimeShift="1ms"'),
            *attributes,
            *("--ui-disable-news-fetch", "--log-level", "error"),
        ]

    async def _prepare(self, address: ServerAddress) -> None:
        """Retention and search attributes, also on a database file from before they were wanted."""
        try:
            async with asyncio.timeout(PREPARED_WITHIN.total_seconds()):
                client = await Client.connect(address.host_port, namespace=address.namespace, runtime=runtime())
                await self._keep_closed_runs(client)
                missing = await search_attributes.ensure(client)
        except (RPCError, RuntimeError, TimeoutError) as problem:
            raise ServerFailed(f"The embedded Temporal server does not take its settings: {problem!r}") from problem
        if missing:
            raise ServerFailed(
                f"The embedded server's database has another type for: {', '.join(missing)}. "
                f"Move {self._files.database} away and start again."
            )

    async def _keep_closed_runs(self, client: Client) -> None:
        wanted = Duration(seconds=self.retention_days * 86_400)
        described = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
        if described.config.workflow_execution_retention_ttl != wanted:
            await client.workflow_service.update_namespace(
                UpdateNamespaceRequest(
                    namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=wanted)
                )
            )

    async def _end_running(self) -> None:
        address = running(self.state_dir)
        if address is not None:
            await self._end(address.pid)
        self._files.forget_process()

    async def _end(self, pid: int) -> None:
        """SIGTERM, and SIGKILL when the deadline passes."""
        for sign, patience in ((signal.SIGTERM, ENDS_WITHIN), (signal.SIGKILL, ENDS_WITHIN)):
            if not self._is_there(pid):
                break
            try:
                os.killpg(pid, sign)
            except ProcessLookupError:
                break
            await _until(lambda: not self._is_there(pid), patience)
        self._files.forget_process()

    def _is_there(self, pid: int) -> bool:
        if self._child is not None and self._child.pid == pid:
            return self._child.poll() is None  # also takes the dead child's entry off the process table
        return serving(self._files.database, pid) is not None

    async def _healthy(self, address: ServerAddress, deadline: timedelta) -> bool:
        """Whether the server answers for its namespace before the deadline; False at once when its process ended."""
        until = asyncio.get_running_loop().time() + deadline.total_seconds()
        while asyncio.get_running_loop().time() < until and self._is_there(address.pid):
            try:
                async with asyncio.timeout(2):
                    client = await Client.connect(address.host_port, namespace=address.namespace, runtime=runtime())
                    await client.workflow_service.describe_namespace(
                        DescribeNamespaceRequest(namespace=address.namespace)
                    )
            except (RPCError, RuntimeError, TimeoutError):
                await asyncio.sleep(0.05)
            else:
                return self._is_there(address.pid)  # else another program had the port and answered
        return False


async def _until(happened: Callable[[], bool], patience: timedelta) -> None:
    """Wait for something that the kernel does to another process, which no event of ours tells."""
    until = asyncio.get_running_loop().time() + patience.total_seconds()
    while not happened() and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110  see above
        await asyncio.sleep(0.02)

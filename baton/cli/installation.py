"""What `up` and `demo` run on this machine: Temporal server, demo systems, one worker; all of it, or joined to it."""

import asyncio
import fcntl
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from activities.cards import plan_cards
from activities.own_agents import WrongAgent
from baton.cli.demo_systems import (
    DemoAddresses,
    check_own_systems,
    connector_environment,
    demo_shop,
    free_ports,
    keep_shop,
    read_addresses,
    uses_demo_systems,
)
from baton.cli.keeping import Tell, keep_running
from baton.cli.pollers import pollers
from baton.cli.problems import Problem
from baton.cli.processes import OwnProcess, end_left_over, signal_group
from baton.cli.runs import Runs
from baton.connectors.models import check_models
from baton.contracts.systems import SystemFault
from baton.settings import MODEL_KEYS, Settings, child_environment
from baton.temporal.embedded import EmbeddedServer, ServerAddress, ServerFailed

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: where worker.py and demo/ lie."""

_DEMO, _WORKER = "demo", "worker"
_STARTS_WITHIN_S = 30.0
_LEAST_FREE = 20_000_000


class Installation:
    """One state directory's processes. The first to come owns them; whoever comes later uses what runs."""

    def __init__(self, settings: Settings, *, orders: Path | None = None, model: str | None = None, tell: Tell) -> None:
        self.settings = settings if model is None else settings.with_model(model)
        self._orders = orders
        self._model = model
        self._tell = tell
        self._server = EmbeddedServer(settings.state_dir, settings.retention_days)
        self._ownership: IO[str] | None = None
        self._processes: list[OwnProcess] = []
        self._watching: list[asyncio.Task[None]] = []
        self._began = False
        self.hurry = asyncio.Event()
        self.server_address: ServerAddress | None = None
        self.demo: DemoAddresses | None = None

    @property
    def owner(self) -> bool:
        """Whether the demo systems and the worker are ours to end."""
        return self._ownership is not None

    async def start(self) -> ServerAddress:
        """Start or join everything. Raises Problem in one line."""
        state_dir = self.settings.state_dir
        try:
            await check_own_systems(self.settings)
        except SystemFault as problem:
            raise Problem(f"{problem}.") from None
        try:
            check_models(self.settings)
            plan_cards(self.settings.agent_modules, self.settings.agents_file)
        except (
            WrongAgent,
            SystemFault,
        ) as wrong:  # else the worker would end again and again, and say so in its log alone
            raise Problem(str(wrong)) from None
        try:
            state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._ownership = _own(state_dir)
        except OSError as problem:
            raise Problem(f"STATE_DIR={state_dir} cannot be used: {problem.strerror}.") from None
        if self.owner:
            for name in (_WORKER, _DEMO):
                if await end_left_over(state_dir, name):
                    self._tell(f"A {name} process was left from before; it was ended.")
        elif self._orders is not None:
            raise Problem(f"--orders comes too late: everything runs in {state_dir} already. End that first.")
        elif self._model is not None:
            raise Problem(f"--model comes too late: a worker runs in {state_dir} already. End that first.")
        self._began = True
        starting = self._start_demo_systems() if self.owner and uses_demo_systems(self.settings) else None
        try:
            self.server_address = await self._server.start()
        except (ServerFailed, TimeoutError) as problem:
            raise Problem(f"{problem}{_full_disk(state_dir)}") from None
        if self.owner:
            self._keep(self._server_ended, self._start_server_again)
            if starting is not None:
                await self._demo_systems_ready(starting)
            self._start_worker()
        else:
            self.demo = read_addresses(state_dir) if uses_demo_systems(self.settings) else None
        return self.server_address

    async def worker_ready(self, runs: Runs, within_s: float = _STARTS_WITHIN_S) -> bool:
        """Wait until the worker takes work; False when it does not come up in time."""
        until = asyncio.get_running_loop().time() + within_s
        while asyncio.get_running_loop().time() < until:
            seen = await pollers(runs.client, self.settings.task_queue)
            worker = self._worker
            if any(worker is None or each.identity.startswith(f"{worker.pid}@") for each in seen):
                return True
            await asyncio.sleep(0.1)
        return False

    async def end(self) -> None:
        """End what is ours, in order: the worker finishes its steps before the systems that they need go."""
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)
        for process in reversed(self._processes):
            patience = self.settings.worker_shutdown_seconds + 3.0 if process.name == _WORKER else 5.0
            await process.end(patience, self.hurry)
        if self._began:  # else there is nothing to let go of, and perhaps no place for its lock
            await self._server.leave()
        if self._ownership is not None:
            self._ownership.close()
            self._ownership = None

    def kill_worker(self) -> int:
        """SIGKILL to our worker; its process id. It is started again like one that died. Raises Problem."""
        worker = self._worker
        pid = worker.pid if worker is not None else None
        if pid is None:
            raise Problem("no worker runs.")
        signal_group(pid, signal.SIGKILL)
        return pid

    def kill_server(self) -> int:
        """SIGKILL to the Temporal server; its process id. It is started again like one that died. Raises Problem."""
        if self.server_address is None:
            raise Problem("no Temporal server runs.")
        signal_group(self.server_address.pid, signal.SIGKILL)
        return self.server_address.pid

    def _start_demo_systems(self) -> OwnProcess:
        state = self.settings.state_dir / "demo"
        former = read_addresses(self.settings.state_dir)
        (state / "demo.json").unlink(missing_ok=True)
        process = self._process(
            _DEMO, self._demo_command(free_ports(former)), child_environment({}, without=MODEL_KEYS), ROOT
        )
        process.start()
        return process

    def _demo_command(self, ports: list[str]) -> list[str]:
        orders = ["--orders", str(self._orders)] if self._orders is not None else []
        return [sys.executable, "-m", "demo", "--state", str(self.settings.state_dir / "demo"), *ports, *orders]

    async def _demo_systems_ready(self, process: OwnProcess) -> None:
        """Wait for their addresses; from then on they keep their ports, also when they must be started again."""
        self.demo = await self._addresses_of(process)
        process.command = self._demo_command(self.demo.port_arguments())
        self._keep_process(process)

    async def _addresses_of(self, process: OwnProcess) -> DemoAddresses:
        until = asyncio.get_running_loop().time() + _STARTS_WITHIN_S
        while asyncio.get_running_loop().time() < until:
            found = read_addresses(self.settings.state_dir)
            if found is not None and found.pid == process.pid:
                return found
            if process.pid is None:
                raise Problem(f"The demo systems did not start: {process.last_words() or f'see {process.log}'}")
            await asyncio.sleep(0.05)
        raise Problem(f"The demo systems did not start within {_STARTS_WITHIN_S:.0f} s. See {process.log}.")

    def _start_worker(self) -> None:
        changes = {"TEMPORAL_SERVER": "embedded", "STATE_DIR": str(self.settings.state_dir)}
        if self.demo is not None:
            changes |= connector_environment(self.settings, self.demo)
            shop = demo_shop(self.settings) if self._orders is None else {}
            keep_shop(self.settings, shop)
            changes |= shop
        if self._model is not None:
            changes["BATON_MODEL"] = self.settings.baton_model
        environment = child_environment(changes, without="TEMPORAL_")
        process = self._process(_WORKER, [sys.executable, str(ROOT / "worker.py")], environment, Path.cwd())
        process.start()
        self._keep_process(process)

    def _process(self, name: str, command: list[str], environment: dict[str, str], cwd: Path) -> OwnProcess:
        process = OwnProcess(name, self.settings.state_dir, command, environment, cwd)
        self._processes.append(process)
        return process

    @property
    def _worker(self) -> OwnProcess | None:
        return next((process for process in self._processes if process.name == _WORKER), None)

    def _keep_process(self, process: OwnProcess) -> None:
        async def ended() -> str:
            code, words = await process.ended(), process.last_words()
            return f"The {process.name} ended (exit {code}).{f' Its last words: {words}' if words else ''}"

        async def start() -> None:
            process.start()

        self._keep(ended, start)

    def _keep(self, ended: Callable[[], Awaitable[str]], start: Callable[[], Awaitable[None]]) -> None:
        self._watching.append(asyncio.create_task(keep_running(ended, start, self._tell)))

    async def _server_ended(self) -> str:
        await self._server.ended()
        return f"The Temporal server ended (its log: {self.settings.state_dir / 'temporal.log'}). Nothing is lost."

    async def _start_server_again(self) -> None:
        """On the same ports, so that links hold and the worker finds it; a server that fails is tried again later."""
        former = self.server_address
        try:
            self.server_address = await self._server.start()
        except (ServerFailed, TimeoutError) as problem:
            self._tell(f"{problem}")
            return
        address = self.server_address
        if former is None or (former.port, former.ui_port) == (address.port, address.ui_port):
            return
        self._tell(f"Its ports were taken meanwhile. It is at {address.host_port} now, its UI at {address.ui}.")
        worker = self._worker
        if worker is not None and worker.pid is not None:
            # It looks for the server only when it starts, and what it does now it cannot report: no use waiting for it.
            signal_group(worker.pid, signal.SIGKILL)


def _full_disk(state_dir: Path) -> str:
    """Words for a start that failed for want of space, which a server's own last words rarely tell; else nothing."""
    free = shutil.disk_usage(state_dir).free
    return f" The disk of STATE_DIR={state_dir} is full: make room, or set another." if free < _LEAST_FREE else ""


def _own(state_dir: Path) -> IO[str] | None:
    """The lock of the one owner; the kernel lets go of it even after kill -9. None: somebody has it."""
    file = (state_dir / "owner.lock").open("a")
    with suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return file
    file.close()
    return None

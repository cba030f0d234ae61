"""The commands of docker-compose.yml, run as the processes that they are: one enquiry goes through them."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from baton.temporal.embedded import EmbeddedServer
from baton.temporal.server_ports import any_free_port

from .parts import ROOT, Tree, ends, environment, part, services, words

DEMO = ("orders", "crm", "mail")
READY_WITHIN = 60.0
ENQUIRY = ROOT / "demo" / "enquiries" / "return.eml"


class Place:
    """One machine in the place of Compose's network: each service's ports on 127.0.0.1, its state in a directory."""

    def __init__(self, state: Path, temporal_port: int) -> None:
        self._state = state
        self._ports: dict[str, int] = {"7233": temporal_port}

    def port(self, inside: str) -> int:
        """Our port for a container's."""
        return self._ports.setdefault(inside, any_free_port())

    def command(self, name: str, service: Tree) -> list[str]:
        """A service's command line, its ports and places exchanged."""
        given = words(service["command"])
        assert given[0] == "python"
        line = [sys.executable, *given[1:]]
        for place, word in enumerate(line):
            if word.endswith("port"):
                line[place + 1] = str(self.port(line[place + 1]))
            if word == "--host":
                line[place + 1] = "127.0.0.1"
            if word == "--state":
                line[place + 1] = str(self._state / name)
        return line

    def surroundings(self, service: Tree) -> dict[str, str]:
        """Our environment with a service's, its addresses exchanged."""
        found = dict(os.environ) | environment(service)
        for name, value in environment(service).items():
            host, _, port = value.removeprefix("http://").rpartition(":")
            if host in {*DEMO, "temporal"}:
                found[name] = value.replace(f"{host}:{port}", f"127.0.0.1:{self.port(port)}")
            elif name == "MAILBOX_HOST":
                found[name] = "127.0.0.1"
            elif name == "MAILBOX_PORT":
                found[name] = str(self.port(value))
            elif name == "STATE_DIR":
                found[name] = str(self._state / "worker")
        return found

    @contextmanager
    def running(self, name: str) -> Iterator["subprocess.Popen[str]"]:
        """A service's process, which must still run at the end and then end cleanly."""
        service = services()[name]
        process = subprocess.Popen(
            self.command(name, service),
            cwd=ROOT,
            env=self.surroundings(service),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield process
            assert process.poll() is None, f"{name} ended: {ends(process)}"
        finally:
            said = ends(process)
        assert process.returncode == 0, f"{name} ended with {process.returncode}: {said}"


async def starter(place: Place, *arguments: str) -> tuple[int, str]:
    """A command of the command line, as `docker compose exec worker` would run it: exit code and output."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "starter.py",
        *arguments,
        cwd=ROOT,
        env=place.surroundings(services()["worker"]),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(READY_WITHIN):
        said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """Everything of docker-compose.yml but PostgreSQL: a Temporal server, the demo systems and a worker."""
    state = tmp_path_factory.mktemp("compose")
    async with EmbeddedServer(state / "temporal") as address:
        made = Place(state, address.port)
        with ExitStack() as running:
            processes = {name: running.enter_context(made.running(name)) for name in (*DEMO, "worker")}
            await _all_healthy(made, processes)
            yield made


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what another process does."""
    async with asyncio.timeout(READY_WITHIN):
        while not await happened():  # noqa: ASYNC110  another process
            await asyncio.sleep(0.1)


async def _all_healthy(place: Place, processes: "dict[str, subprocess.Popen[str]]") -> None:
    waiting = set(processes)
    async with asyncio.timeout(READY_WITHIN):
        while waiting:
            for name in sorted(waiting):
                assert processes[name].poll() is None, f"{name} ended: {ends(processes[name])}"
                if await _is_healthy(place, name):
                    waiting.discard(name)
            await asyncio.sleep(0.1)


async def _is_healthy(place: Place, name: str) -> bool:
    """Whether a service's own health check says so."""
    service = services()[name]
    kind, program, *rest = words(part(service, "healthcheck")["test"])
    assert (kind, program) == ("CMD", "python")
    for published in words(service.get("ports", [])):
        inside = published.split(":")[2]
        rest = [word.replace(f"127.0.0.1:{inside}", f"127.0.0.1:{place.port(inside)}") for word in rest]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *rest,
        cwd=ROOT,
        env=place.surroundings(service),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await process.wait() == 0


async def test_every_command_comes_up_healthy_by_its_own_check(place: Place) -> None:
    code, said = await starter(place, "check", "--json")
    assert code == 0, said
    assert json.loads(said)["ok"]


async def test_one_enquiry_goes_through_from_message_to_mail(place: Place) -> None:
    code, said = await starter(place, "start", "enquiry", "--file", str(ENQUIRY), "--id", "INQ-COMPOSE", "--wait")
    assert code == 0, said
    code, said = await starter(place, "review", "INQ-COMPOSE", "--json")
    assert code == 0, said
    assert [review["status"] for review in json.loads(said)["reviews"]] == ["open"]
    code, said = await starter(place, "approve", "INQ-COMPOSE", "--json")
    assert code == 0, said
    assert json.loads(said)["status"] == "accepted"
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{place.port('8003')}") as mail:

        async def delivered() -> bool:
            return bool((await mail.get("/messages")).json())

        await until(delivered)

    async def ended() -> bool:
        code, said = await starter(place, "status", "INQ-COMPOSE", "--json")
        assert code == 0, said
        return json.loads(said)["result"] is not None

    await until(ended)
    code, said = await starter(place, "record", "INQ-COMPOSE", "--json")
    assert code == 0, said
    assert json.loads(said)["result"]["outcome"] == "answered"

"""What dies while `up` runs is started again, and nothing that waited is lost."""

import os
import re
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from baton.cli.shapes import Reviews
from baton.temporal.embedded import ServerAddress, running
from tests.cli.command_line import run
from tests.cli.programs import ROOT, Program, needs_proc, nothing_left, started
from tests.workflows.driver import eventually

pytestmark = needs_proc
RETURN = str(ROOT / "demo" / "enquiries" / "return.eml")


@pytest_asyncio.fixture
async def up(alone: Path) -> AsyncIterator[Program]:
    """`up`, in the state directory that commands here use, too; ended by the test's end."""
    async with started(alone / "state", "up") as program:
        await program.says("Running.")
        yield program
        program.process.send_signal(signal.SIGTERM)
        assert await program.ends() == 0, program.said
    assert "Traceback" not in program.said
    await nothing_left(alone / "state")


async def another_server(state: Path, killed: ServerAddress) -> ServerAddress:
    """The server that came after the one killed."""

    async def look() -> ServerAddress | None:
        found = running(state)
        return found if found is not None and found.pid != killed.pid else None

    return await eventually(look)


async def with_review(enquiry_id: str) -> Reviews:
    """The run's open review, once a worker tells it."""

    async def look() -> Reviews | None:
        said = await run("review", enquiry_id, "--json")
        found = Reviews.model_validate_json(said.out) if said.code == 0 else None
        return found if found is not None and found.reviews else None

    return await eventually(look, 40)


async def test_after_kill_9_of_the_server_a_waiting_run_is_there_and_can_be_approved(alone: Path, up: Program) -> None:
    state = alone / "state"
    assert (await run("start", "enquiry", "--file", RETURN, "--id", "INQ-1")).code == 0
    before = await with_review("INQ-1")
    server = running(state)
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)
    await up.says("The Temporal server ended")
    after = await another_server(state, server)
    assert (after.port, after.ui_port) == (server.port, server.ui_port)
    assert await with_review("INQ-1") == before
    await run("review", "INQ-1")
    assert (await run("approve", "INQ-1")).code == 0

    async def answered() -> bool | None:
        return "Done and answered." in (await run("record", "INQ-1")).out or None

    await eventually(answered)
    assert up.said.count("Starting it again") == 1, up.said


@pytest.mark.long
async def test_a_server_whose_port_was_taken_meanwhile_is_found_by_the_worker_all_the_same(
    alone: Path, up: Program
) -> None:
    state = alone / "state"
    assert (await run("start", "enquiry", "--file", RETURN, "--id", "INQ-2")).code == 0
    await with_review("INQ-2")
    server = running(state)
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)

    async def taken() -> socket.socket | None:
        try:
            return socket.create_server(("127.0.0.1", server.port))
        except OSError:
            return None

    with await eventually(taken, every_s=0.001):
        await up.says("Its ports were taken meanwhile")
        assert (await another_server(state, server)).host_port in up.said
        await with_review("INQ-2")
        await run("review", "INQ-2")
        assert (await run("approve", "INQ-2")).code == 0


async def test_a_worker_that_dies_is_started_again(alone: Path, up: Program) -> None:
    def worker() -> int:
        return int(re.findall(r"\d+", (alone / "state" / "worker.pid").read_text())[0])

    pid = worker()
    os.kill(pid, signal.SIGKILL)
    await up.says("Starting it again in 1 s.")

    async def another() -> bool | None:
        return worker() != pid or None

    await eventually(another)

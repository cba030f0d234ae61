"""The embedded server is one process a state directory, found again whatever happened to those who started it."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from baton.temporal import embedded, search_attributes, server_files, server_ports, server_program
from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import EmbeddedServer, ServerFailed, running
from baton.temporal.server_files import ServerFiles, serving
from baton.temporal.server_ports import any_free_port, choose_ports
from baton.temporal.server_program import server_programs

ROOT = Path(__file__).parents[2]


@pytest_asyncio.fixture(loop_scope="session")
async def state(tmp_path: Path) -> AsyncIterator[Path]:
    """A state directory; whatever server is left in it ends with the test."""
    ServerFiles(tmp_path).ports.write_text(f'{{"port": {any_free_port()}, "ui_port": {any_free_port()}}}')
    yield tmp_path
    left = serving(ServerFiles(tmp_path).database)
    if left is not None:
        os.killpg(left.pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that nobody has waited for yet counts as ended."""
    try:
        return (
            "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text() if Path("/proc").is_dir() else _by_signal(pid)
        )
    except OSError:
        return False


async def is_gone(pid: int) -> bool:
    """Whether the process has ended, at once or within a moment: a dying one loses its command line first."""
    until = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < until:  # noqa: ASYNC110  a process sets no event
        await asyncio.sleep(0.01)
    return not is_alive(pid)


def _by_signal(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def python(code: str, *arguments: str) -> "subprocess.Popen[str]":
    """A process of our own Python, its standard output to be read."""
    return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)


async def test_it_serves_with_retention_and_search_attributes_in_a_process_group_of_its_own(state: Path) -> None:
    async with EmbeddedServer(state, retention_days=30) as address:
        client = await connect_embedded(address)
        described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
        assert described.config.workflow_execution_retention_ttl.seconds == 30 * 86_400
        assert set(await search_attributes.existing(client)) == set(search_attributes.TYPES)
        assert os.getpgid(address.pid) == address.pid != os.getpgrp()
    assert await is_gone(address.pid)
    assert not ServerFiles(state).pid.exists()


async def test_whoever_comes_second_joins_and_whoever_leaves_last_ends_it(state: Path) -> None:
    first, second = EmbeddedServer(state), EmbeddedServer(state)
    address = await first.start()
    assert await second.start() == address
    assert (first.started_here, second.started_here) == (True, False)
    assert not await first.leave()
    assert is_alive(address.pid)
    assert await second.leave()
    assert await is_gone(address.pid)


async def test_two_that_start_at_once_share_one_server(state: Path) -> None:
    addresses = await asyncio.gather(*(EmbeddedServer(state).start() for _ in range(4)))
    assert len(set(addresses)) == 1


async def test_two_of_different_directories_that_start_at_once_have_ports_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "slow"
    slow.write_text(f'#!/bin/sh\ncase "$*" in *{tmp_path}/two/*) sleep 3;; esac\nexec {server_programs()[0]} "$@"\n')
    slow.chmod(0o755)
    monkeypatch.setattr(embedded, "server_programs", lambda: [slow])
    monkeypatch.setattr(server_ports, "USUAL", (any_free_port(), any_free_port()))
    servers = [EmbeddedServer(tmp_path / name) for name in ("one", "two")]
    first, second = await asyncio.gather(*(server.start() for server in servers))
    try:
        assert {first.port, first.ui_port}.isdisjoint({second.port, second.ui_port})
        assert is_alive(first.pid)
        assert is_alive(second.pid)
    finally:
        for server in servers:
            await server.stop()


async def test_where_there_is_no_place_to_take_turns_a_server_starts_all_the_same(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(state / "none"))
    async with EmbeddedServer(state) as address:
        assert is_alive(address.pid)


async def test_links_stay_valid_over_a_restart(state: Path) -> None:
    async with EmbeddedServer(state) as before:
        pass
    async with EmbeddedServer(state) as after:
        assert (after.port, after.ui_port) == (before.port, before.ui_port)
        assert after.pid != before.pid


async def test_a_taken_port_is_replaced_by_a_free_one(state: Path) -> None:
    async with EmbeddedServer(state) as before:
        pass
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", before.port))
        other.listen()
        async with EmbeddedServer(state) as after:
            assert after.port != before.port
            assert after.ui_port == before.ui_port


async def test_a_port_taken_between_the_choice_and_the_start_is_replaced(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        choices = iter([(taken, any_free_port())])
        monkeypatch.setattr(embedded, "choose_ports", lambda known: next(choices, None) or choose_ports(known))
        async with EmbeddedServer(state) as address:
            assert address.port != taken


def test_a_server_that_breaks_down_is_quoted_with_what_it_said_before(state: Path) -> None:
    """Started at the same moment as another, it loses the port late; only its error tells that other ports are worth a
    try.
    """
    files = ServerFiles(state)
    insides = "".join(f"goroutine 1 [running]:\n\tfrontend.go:{line} +0x89\n" for line in range(200))
    lost = 'level=ERROR msg="Failed to start gRPC listener" error="bind: address already in use"'
    files.log.write_text(f"of another life\n{lost}\npanic: runtime error: nil pointer\n{insides}")
    assert files.last_words(since=len("of another life\n")) == lost
    files.log.write_text(f"panic: runtime error: nil pointer\n{insides}")
    assert "frontend.go:199" in files.last_words(since=0)


async def test_a_stale_pid_file_that_names_someone_else_harms_nobody(state: Path) -> None:
    bystander = python("import time; time.sleep(60)")
    try:
        ServerFiles(state).pid.write_text(f"{bystander.pid}\n")
        assert running(state) is None
        async with EmbeddedServer(state) as address:
            assert address.pid != bystander.pid
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("ruin", ["", "not a number\n", None])
async def test_a_lost_or_broken_pid_file_does_not_hide_a_running_server(state: Path, ruin: str | None) -> None:
    first = EmbeddedServer(state)
    address = await first.start()
    if ruin is None:
        ServerFiles(state).pid.unlink()
        ServerFiles(state).ports.unlink()
    else:
        ServerFiles(state).pid.write_text(ruin)
        ServerFiles(state).ports.write_text(ruin)
    assert await EmbeddedServer(state).start() == address


STARTER = """
import asyncio, sys
from pathlib import Path
from baton.temporal.embedded import EmbeddedServer
async def main():
    server = EmbeddedServer(Path(sys.argv[1]))
    address = await server.start()
    print(address.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


async def test_a_server_whose_starter_was_killed_is_taken_over_and_ended_by_the_next(state: Path) -> None:
    starter = python(STARTER, str(state))
    assert starter.stdout is not None
    pid = int(await asyncio.to_thread(starter.stdout.readline))
    starter.kill()
    starter.wait()
    assert is_alive(pid)
    server = EmbeddedServer(state)
    assert (await server.start()).pid == pid
    assert await server.leave()
    assert await is_gone(pid)


async def test_a_killed_server_comes_back_with_its_runs(state: Path) -> None:
    server = EmbeddedServer(state)
    address = await server.start()
    client = await connect_embedded(address)
    await client.start_workflow("Waiting", id="enquiry/INQ-1", task_queue="nobody")
    os.killpg(address.pid, signal.SIGKILL)
    again = await server.start()
    assert (again.port, again.ui_port) == (address.port, address.ui_port)
    client = await connect_embedded(again)
    assert (await client.get_workflow_handle("enquiry/INQ-1").describe()).id == "enquiry/INQ-1"


async def test_a_server_that_hangs_is_replaced(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "ENDS_WITHIN", timedelta(seconds=1))
    monkeypatch.setattr(embedded, "ANSWERS_WITHIN", timedelta(seconds=1))
    server = EmbeddedServer(state)
    address = await server.start()
    os.killpg(address.pid, signal.SIGSTOP)
    os.waitpid(address.pid, os.WUNTRACED)  # noqa: ASYNC222  # until it stands: a busy machine lets it answer once more
    again = await server.start()
    assert again.pid != address.pid
    assert await is_gone(address.pid)


async def test_a_database_that_is_none_stops_the_start_with_the_servers_words(state: Path) -> None:
    ServerFiles(state).database.write_bytes(b"this is a shopping list" * 1000)
    with pytest.raises(ServerFailed, match="not a database") as failed:
        await EmbeddedServer(state).start()
    assert "\n" not in str(failed.value)
    assert serving(ServerFiles(state).database) is None


async def test_a_start_that_is_broken_off_leaves_no_server(state: Path) -> None:
    starting = asyncio.create_task(EmbeddedServer(state).start())
    async with asyncio.timeout(10):
        while serving(ServerFiles(state).database) is None:  # noqa: ASYNC110  another process
            await asyncio.sleep(0.01)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert serving(ServerFiles(state).database) is None


async def test_a_database_from_before_the_search_attributes_gets_them(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(search_attributes, "TYPES", {"stage": "Keyword"})
        async with EmbeddedServer(state) as address:
            assert await search_attributes.existing(await connect_embedded(address)) == ["stage"]
    async with EmbeddedServer(state) as address:
        client = await connect_embedded(address)
        assert set(await search_attributes.existing(client)) == set(search_attributes.TYPES)


async def test_it_never_listens_to_the_environments_server(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "203.0.113.7:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "elsewhere")
    async with EmbeddedServer(state) as address:
        client = await connect_embedded(address)
        assert (client.namespace, client.service_client.config.target_host) == ("default", address.host_port)


async def test_the_users_own_program_comes_first_and_a_broken_one_is_passed_over(
    state: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path_factory.mktemp("own") / "temporal"
    own.write_text("#!/bin/sh\necho 'too old for this' >&2\nexit 1\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(own.parent), prepend=os.pathsep)
    programs = server_program.server_programs()
    assert programs[0] == own
    assert len(programs) >= 2
    async with EmbeddedServer(state) as address:
        assert is_alive(address.pid)
    assert "too old for this" in ServerFiles(state).log.read_text()


async def test_no_program_at_all_is_one_clear_line(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "server_programs", list)
    with pytest.raises(ServerFailed, match="uv sync"):
        await EmbeddedServer(state).start()


@pytest.mark.skipif(shutil.which("ps") is None, reason="there is no ps on this machine")
async def test_a_server_is_recognised_where_there_is_no_proc(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with EmbeddedServer(state) as address:
        monkeypatch.setattr(server_files, "_processes", server_files._from_ps)
        assert running(state) == address
        assert serving(ServerFiles(state).database, os.getpid()) is None


async def test_the_log_does_not_grow_for_ever(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_files, "_LOG_LIMIT", 10)
    files = ServerFiles(state)
    files.log.write_text("words of an earlier server\n")
    with files.open_log() as log:
        assert log.tell() == 0
    assert files.log.with_suffix(".log.1").read_text() == "words of an earlier server\n"


async def test_a_state_directory_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServerFailed, match="state directory"):
        await EmbeddedServer(tmp_path / "file" / "state").start()


async def test_a_file_of_the_programs_name_that_is_none_is_passed_over(
    state: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path_factory.mktemp("own") / "temporal"
    own.write_bytes(b"\x7fELF of another machine")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(own.parent), prepend=os.pathsep)
    async with EmbeddedServer(state) as address:
        assert is_alive(address.pid)


async def test_an_attribute_of_another_type_stops_the_start_and_leaves_no_server(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(search_attributes, "TYPES", {"due": "Keyword"})
        async with EmbeddedServer(state):
            pass
    with pytest.raises(ServerFailed, match="due"):
        await EmbeddedServer(state).start()
    assert serving(ServerFiles(state).database) is None


async def test_a_state_directory_may_have_spaces_and_letters_of_any_language(tmp_path: Path) -> None:
    state = tmp_path / "Môre se winkel (toets)"
    server = EmbeddedServer(state)
    address = await server.start()
    assert running(state) == address
    assert await server.leave()
    assert running(state) is None


async def test_the_database_is_readable_by_its_owner_alone(state: Path) -> None:
    os.chmod(state, 0o755)  # noqa: PTH101  at once
    async with EmbeddedServer(state):
        assert (state / "temporal.db").stat().st_mode & 0o077 == 0


async def test_the_end_of_a_server_is_noticed(state: Path) -> None:
    server = EmbeddedServer(state)
    address = await server.start()
    noticing = asyncio.create_task(server.ended())
    await asyncio.sleep(0)
    assert not noticing.done()
    os.killpg(address.pid, signal.SIGKILL)
    async with asyncio.timeout(10):
        await noticing

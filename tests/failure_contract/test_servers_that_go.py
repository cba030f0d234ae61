"""The Temporal server is killed, alone or with the worker, or put back to yesterday: nothing is lost or done twice."""

import asyncio
import os
import shutil
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest
from temporalio.service import RPCError

from baton.cli.eml import message_from_eml
from baton.connectors.load import load_systems
from baton.contracts import names
from baton.contracts.enquiry import EnquiryResult
from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import EmbeddedServer
from baton.temporal.server_files import ServerFiles
from baton.temporal.server_ports import any_free_port
from tests.cli.command_line import run
from tests.end_to_end.office import ROOT, Handle, Office, systems_only, worker_process
from tests.workflows.driver import eventually
from worker import build_worker

from .looking import LONG_S, in_flight

ENQUIRIES = ROOT / "demo" / "enquiries"
EXCHANGE = message_from_eml((ENQUIRIES / "exchange.eml").read_bytes())
RETURN = message_from_eml((ENQUIRIES / "return.eml").read_bytes())
CANCEL = EXCHANGE.model_copy(
    update={"text": "Please cancel my order W1043118, I ordered it by mistake. Thandi Nkosi", "subject": "Cancel it"}
)


def _server(directory: Path) -> EmbeddedServer:
    """One on ports of its own: the usual ones would be taken by another test while it is down."""
    directory.mkdir()
    ServerFiles(directory).remember_ports(any_free_port(), any_free_port())
    return EmbeddedServer(directory)


@pytest.mark.parametrize(
    "worker_too", [pytest.param(False, id="server", marks=pytest.mark.long), pytest.param(True, id="server and worker")]
)
async def test_a_server_that_is_killed_in_the_middle_of_effects_comes_back_with_them(
    tmp_path: Path, worker_too: bool
) -> None:
    embedded = _server(tmp_path / "server")
    async with AsyncExitStack() as stack:
        address = await embedded.start()
        stack.push_async_callback(embedded.stop)
        shop = await stack.enter_async_context(systems_only(await connect_embedded(address), tmp_path))
        worker = await stack.enter_async_context(worker_process(shop.settings, address, tmp_path / "log"))
        handle = await shop.receive(EXCHANGE)
        review = await shop.review(handle)
        await shop.fault(shop.systems.orders_url, kind="slow", seconds=1.5, match={"method": "POST"})
        await shop.fault(shop.systems.mail_url, kind="slow", seconds=1.5)
        await shop.decide(handle, review, "approve")
        for step in ("exchange_items", "send_reply"):
            await eventually(partial(in_flight, handle, step), LONG_S)
            os.kill(address.pid, signal.SIGKILL)
            if worker_too:
                worker.kill()
                await worker.wait()
            address = await embedded.start()
            if worker_too:
                worker = await stack.enter_async_context(worker_process(shop.settings, address, tmp_path / "log"))
        assert await _ended(handle) == "answered"
        assert len(await shop.performed()) == 1
        assert len(await shop.mails()) == 1
        assert len(await shop.entries(handle.id.removeprefix("enquiry/"))) == 1


async def test_a_database_of_yesterday_goes_on_from_there_and_what_was_done_since_is_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded = _server(tmp_path / "server")
    database = embedded.state_dir / "temporal.db"
    async with AsyncExitStack() as stack:
        address = await embedded.start()
        stack.push_async_callback(embedded.stop)
        shop = await stack.enter_async_context(systems_only(await connect_embedded(address), tmp_path))
        async with _working(shop):
            waiting = await shop.receive(EXCHANGE, enquiry_id="INQ-waiting")
            acting = await shop.receive(RETURN, enquiry_id="INQ-acting")
            seen = await shop.review(waiting)
            await shop.fault(shop.systems.orders_url, kind="slow", seconds=1.5, match={"method": "POST"})
            await shop.decide(acting, await shop.review(acting), "approve")
            await eventually(lambda: in_flight(acting, "return_items"))
            _copy(database, tmp_path / "yesterday.db")
            since = await shop.receive(CANCEL, enquiry_id="INQ-since")
            await shop.decide(waiting, seen, "approve")
            await shop.decide(since, await shop.review(since), "approve")
            assert [await _ended(each) for each in (waiting, acting, since)] == ["answered"] * 3
        assert len(await shop.performed()) == len(await shop.mails()) == 3

        await embedded.stop()
        for left in embedded.state_dir.glob("temporal.db-*"):
            left.unlink()
        shutil.copy(tmp_path / "yesterday.db", database)
        address = await embedded.start()

        again = Office(await connect_embedded(address), shop.settings, shop.systems)
        waiting, acting = (
            again.client.get_workflow_handle(each.id, result_type=EnquiryResult) for each in (waiting, acting)
        )
        async with _working(again):
            assert await _ended(acting) == "answered"
            await again.decide(waiting, await again.review(waiting), "approve")
            assert await _ended(waiting) == "answered"
            record = await again.record(waiting)
        assert [line.kind for line in record.record if line.step.startswith("exchange_items")] == ["done"]
        assert len(await again.performed()) == 3
        assert [mail["copies"] for mail in await again.mails()] == [1, 1, 1]
        for each in ("INQ-waiting", "INQ-acting", "INQ-since"):
            assert len(await again.entries(each)) == 1

        # What came since is not there. Handed in once more it is known from the archive.
        monkeypatch.setenv("TEMPORAL_ADDRESS", address.host_port)
        monkeypatch.setenv("STATE_DIR", str(shop.settings.state_dir))
        with pytest.raises(RPCError):
            await again.client.get_workflow_handle(names.workflow_id("INQ-since")).describe()
        said = await run("start", "enquiry", "--text", CANCEL.text, "--id", "INQ-since")
        assert (said.code, "was handled before" in said.complaint) == (4, True)


@asynccontextmanager
async def _working(shop: Office) -> AsyncIterator[None]:
    async with load_systems(shop.settings) as connected, build_worker(shop.client, shop.settings, connected):
        yield


def _copy(database: Path, to: Path) -> None:
    """As docs/operating.md says, while the server runs."""
    with closing(sqlite3.connect(database)) as there, closing(sqlite3.connect(to)) as copy:
        there.backup(copy)


async def _ended(handle: Handle) -> str:
    return (await asyncio.wait_for(handle.result(), LONG_S)).outcome

"""A worker stands still (SIGSTOP) for longer than a heartbeat: the run goes on elsewhere, and nothing is done twice."""

import signal
from asyncio.subprocess import Process
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client

from baton.cli.eml import message_from_eml
from baton.temporal.embedded import ServerAddress
from baton.temporal.worker_options import START_TASK_TIMEOUT
from tests.workflows.driver import until

from .crew import LONG_S, crew
from .office import ROOT, Office
from .small_work import SmallWorkflow, small_worker


@contextmanager
def standing_still(worker: Process) -> Iterator[None]:
    """The worker does not move, and its connections stay open."""
    worker.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        worker.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("at", ["waiting", pytest.param("exchange_items", marks=pytest.mark.long), "send_reply"])
async def test_a_worker_that_stands_still_costs_nothing_and_doubles_nothing(
    client: Client, server: ServerAddress, tmp_path: Path, at: str
) -> None:
    message = message_from_eml((ROOT / "demo" / "enquiries" / "exchange.eml").read_bytes())
    async with crew(client, server, tmp_path) as two:
        shop = two.shop
        run = await shop.receive(message)
        review = await shop.review(run)
        if at == "waiting":
            one = await two.at_run(run)
            with standing_still(one):
                await shop.decide(run, review, "approve")
                assert (await run.result()).outcome == "answered"
        else:
            await _slow(shop, at)
            await shop.decide(run, review, "approve")
            one = await two.at_step(run, at)
            with standing_still(one):  # what it asked for is done meanwhile, and it has not yet heard so
                assert (await run.result()).outcome == "answered"
        await _finished(one)
        assert len(await shop.performed()) == 1
        assert len(await shop.mails()) == 1
        assert len(await shop.entries(run.id.partition("/")[2])) == 1


async def test_an_attempt_that_slept_through_its_time_does_nothing_when_it_wakes(
    client: Client, server: ServerAddress, tmp_path: Path
) -> None:
    queue = uuid4().hex
    async with small_worker(server, queue, tmp_path) as first:
        run = await client.start_workflow(
            SmallWorkflow.run, False, id=f"small/{queue}", task_queue=queue, task_timeout=START_TASK_TIMEOUT
        )
        await until((tmp_path / f"begun-{first.pid}").exists, LONG_S)
        async with small_worker(server, queue, tmp_path) as second:
            with standing_still(first):
                await until((tmp_path / f"begun-{second.pid}").exists, LONG_S)
                (tmp_path / "go").touch()
                assert await run.result() == str(second.pid)
            await _finished(first)
    assert (tmp_path / "effects").read_text().split() == [str(second.pid)]


async def _slow(shop: Office, step: str) -> None:
    if step == "exchange_items":
        await shop.fault(shop.systems.orders_url, kind="slow", seconds=1.5, count=1, match={"method": "POST"})
    else:
        await shop.fault(shop.systems.mail_url, kind="slow", seconds=1.5, count=1)


async def _finished(worker: Process) -> None:
    """It has done all that it had still in hand, and left."""
    worker.terminate()
    await worker.wait()

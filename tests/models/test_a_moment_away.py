"""A request to a model goes on while its worker stands still, or the Temporal server is away, for a moment."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import EmbeddedServer
from tests.workflows.driver import until

from .scripted import Says, ScriptedModel, scripted_model
from .test_on_a_worker import PLAIN, PLAIN_READ
from .thinking import of_reading, thinking_office, was_read


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with scripted_model() as served:
        yield served


async def test_a_worker_that_stands_still_for_a_moment_pays_for_no_request_twice(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(Says(PLAIN_READ, after_s=4.5))
    async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
        handle = await shop.receive(PLAIN)
        await until(lambda: bool(model.asked), 30)
        time.sleep(4)  # noqa: ASYNC251  # nothing in this process moves, as after SIGSTOP
        (done,) = of_reading(await was_read(shop, handle))
        assert (done.agent, done.attempt, len(done.calls)) == ("Reader (qwen3)", 1, 1)
        await handle.cancel()
    assert len(model.asked) == 1


async def test_a_server_that_is_away_for_a_moment_makes_no_request_be_paid_twice(
    tmp_path: Path, model: ScriptedModel
) -> None:
    model.answers(Says(PLAIN_READ, after_s=5))
    async with EmbeddedServer(tmp_path / "server") as address:
        client = await connect_embedded(address)
        async with thinking_office(client, tmp_path, baton_model=f"{model.url}#qwen3") as shop:
            handle = await shop.receive(PLAIN)
            await until(lambda: bool(model.asked), 30)
            os.killpg(address.pid, signal.SIGSTOP)
            try:
                await asyncio.sleep(4)
            finally:
                os.killpg(address.pid, signal.SIGCONT)
            (done,) = of_reading(await was_read(shop, handle))
            assert (done.agent, done.attempt, len(done.calls)) == ("Reader (qwen3)", 1, 1)
            await handle.cancel()
    assert len(model.asked) == 1

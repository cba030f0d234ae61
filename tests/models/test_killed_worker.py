"""A worker that dies between two requests of one question: what was answered is not asked again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from baton.temporal.embedded import ServerAddress
from tests.end_to_end.office import ROOT, systems_only, worker_process
from tests.workflows.driver import until

from .reading import AFRIKAANS, AFRIKAANS_READ, MADE_UP
from .scripted import Says, ScriptedModel, scripted_model
from .thinking import of_reading, was_read, with_settings


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with scripted_model() as served:
        yield served


async def test_what_was_answered_before_a_kill_is_not_paid_again_and_what_was_in_flight_is(
    client: Client, server: ServerAddress, tmp_path: Path, model: ScriptedModel
) -> None:
    named = f"{model.url}#qwen3"
    model.answers(Says(MADE_UP), Says(AFRIKAANS_READ, after_s=30), Says(AFRIKAANS_READ))
    async with systems_only(client, tmp_path) as opened:
        shop = with_settings(opened, baton_model_reader=named)
        more = {"BATON_MODEL_READER": named}
        async with worker_process(shop.settings, server, tmp_path / "one.log", ROOT, **more) as worker:
            handle = await shop.receive(AFRIKAANS)
            await until(lambda: len(model.asked) == 2, 60)
            worker.kill()
            await worker.wait()
        async with worker_process(shop.settings, server, tmp_path / "two.log", ROOT, **more):
            record = await was_read(shop, handle)
            (done,) = of_reading(record)
            assert (done.agent, done.attempt) == ("Reader (qwen3)", 2)
            assert len(done.calls) == 2, "the answer that did not fit is known to the attempt after it"
            await handle.cancel()
    assert [len(asked.corrections) for asked in model.asked] == [0, 1, 1]

"""A worker that dies between two requests of one question: what was answered is not asked again."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import JsonValue
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from baton.contracts.asking import Exchange, Said
from baton.contracts.models import ModelCall, PromptUsed
from baton.temporal.embedded import ServerAddress
from tests.end_to_end.office import ROOT, systems_only, worker_process
from tests.workflows.driver import eventually, until
from workflows.failures import calls_kept

from .reading import AFRIKAANS, AFRIKAANS_READ, MADE_UP
from .scripted import Says, ScriptedModel, scripted_model
from .thinking import of_reading, was_read, with_settings

CALL = ModelCall(model="openai:gpt-5-mini", prompt=PromptUsed(name="x", version="1", digest="0" * 64), seconds=1)
EXCHANGE = Exchange(question="q", said=[Said(text="no", call=CALL)]).model_dump_json()


@activity.defn
async def answer_and_hang(word: JsonValue) -> None:
    """Leave this word and never answer."""
    activity.heartbeat(word)
    await asyncio.sleep(30)


@activity.defn
async def answer_and_fail(word: JsonValue) -> None:
    """Leave this word; the next attempt is due soon."""
    activity.heartbeat(word)
    raise ApplicationError("again", next_retry_delay=timedelta(seconds=1))


@workflow.defn
class WaitedWorkflow:
    """A second attempt that no worker takes in time."""

    @workflow.run
    async def run(self, word: JsonValue) -> list[ModelCall]:
        """What the first paid for."""
        try:
            await workflow.execute_activity(
                answer_and_fail,
                word,
                start_to_close_timeout=timedelta(seconds=30),
                schedule_to_start_timeout=timedelta(seconds=5),
            )
        except ActivityError as error:
            return calls_kept(error)
        return []


@workflow.defn
class PaidWorkflow:
    """One attempt that runs out of time."""

    @workflow.run
    async def run(self, limit: str, word: JsonValue) -> list[ModelCall]:
        """What it paid for."""
        limits = {"start_to_close_timeout": timedelta(seconds=30), limit: timedelta(seconds=1)}
        try:
            await workflow.execute_activity(
                answer_and_hang,
                word,
                retry_policy=RetryPolicy(maximum_attempts=1),
                start_to_close_timeout=limits["start_to_close_timeout"],
                schedule_to_close_timeout=limits.get("schedule_to_close_timeout"),
                heartbeat_timeout=limits.get("heartbeat_timeout"),
            )
        except ActivityError as error:
            return calls_kept(error)
        return []


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
            handle = await shop.receive(AFRIKAANS, attempts=11, heartbeat_s=2)
            await until(lambda: len(model.asked) == 2, 60)
            worker.kill()
            await worker.wait()
        async with worker_process(shop.settings, server, tmp_path / "two.log", ROOT, **more):
            record = await was_read(shop, handle)
            (done,) = of_reading(record)
            assert (done.agent, done.attempt) == ("Reader (qwen3)", 3)
            assert len(done.calls) == 2, "the answer that did not fit is known to the attempt after it"
            await handle.cancel()
    assert [len(asked.corrections) for asked in model.asked] == [0, 1, 1]


@pytest.mark.long
async def test_what_was_answered_before_a_kill_was_paid_also_where_no_attempt_follows(
    client: Client, server: ServerAddress, tmp_path: Path, model: ScriptedModel
) -> None:
    named = f"{model.url}#qwen3"
    model.answers(Says(MADE_UP), Says(AFRIKAANS_READ, after_s=30))
    async with systems_only(client, tmp_path) as opened:
        shop = with_settings(opened, baton_model_reader=named)
        more = {"BATON_MODEL_READER": named}
        async with worker_process(shop.settings, server, tmp_path / "one.log", ROOT, **more) as worker:
            handle = await shop.receive(AFRIKAANS, attempts=2, heartbeat_s=2)
            await until(lambda: len(model.asked) == 2, 60)
            worker.kill()
            await worker.wait()
        async with worker_process(shop.settings, server, tmp_path / "two.log", ROOT, **more):
            failed, _, done = of_reading(await was_read(shop, handle))
            assert "its worker stopped" in failed.text
            assert [call.model for call in failed.calls] == [named]
            assert (done.agent, done.calls) == ("Reader (rules)", [])
            await handle.cancel()


LIMITS = ("start_to_close_timeout", "schedule_to_close_timeout", "heartbeat_timeout")


@pytest.mark.parametrize("limit", LIMITS)
async def test_every_timeout_tells_what_was_answered_before_it(client: Client, limit: str) -> None:
    assert await _paid(client, limit, EXCHANGE) == [CALL]


async def test_an_answer_that_goes_back_and_whose_turn_does_not_come_was_paid_all_the_same(client: Client) -> None:
    queue = uuid4().hex
    processes = Worker(
        client, task_queue=queue, workflows=[WaitedWorkflow], workflow_runner=UnsandboxedWorkflowRunner()
    )
    async with processes:
        waited = await client.start_workflow(WaitedWorkflow.run, EXCHANGE, id=f"waited/{queue}", task_queue=queue)

        async def failed_once() -> bool | None:
            pending = (await waited.describe()).raw_description.pending_activities
            return (bool(pending) and pending[0].attempt > 1) or None

        async with Worker(client, task_queue=queue, activities=[answer_and_fail]):
            await eventually(failed_once, 30)
        assert await waited.result() == [CALL]


@pytest.mark.parametrize("word", ["dispatching", '{"said": "dispatching"}', 7], ids=repr)
async def test_a_word_of_another_kind_tells_of_no_request(client: Client, word: JsonValue) -> None:
    assert await _paid(client, "start_to_close_timeout", word) == []


async def _paid(client: Client, limit: str, word: JsonValue) -> list[ModelCall]:
    queue = uuid4().hex
    runner = UnsandboxedWorkflowRunner()
    async with Worker(
        client, task_queue=queue, workflows=[PaidWorkflow], activities=[answer_and_hang], workflow_runner=runner
    ):
        return await client.execute_workflow(PaidWorkflow.run, args=[limit, word], id=f"paid/{queue}", task_queue=queue)

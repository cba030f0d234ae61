"""Every row of the table of bad signals, against a real server: refused, told, and the run goes on."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import RawValue
from temporalio.exceptions import CancelledError
from temporalio.worker import Worker

from baton.settings import Settings
from baton.temporal.worker_options import START_TASK_TIMEOUT, worker_options

from .listener import ListenerWorkflow, Taken

Listening = WorkflowHandle[ListenerWorkflow, Taken]
SOON = timedelta(seconds=5)
QUEUE = f"signals-{uuid.uuid4().hex[:8]}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def worker(client: Client) -> AsyncIterator[None]:
    """A worker with the options of every worker."""
    options = worker_options(Settings(_env_file=None, task_queue=QUEUE))
    async with Worker(client, workflows=[ListenerWorkflow], **options):
        yield


@pytest_asyncio.fixture(loop_scope="session")
async def run(client: Client, worker: None) -> AsyncIterator[Listening]:
    """A run that waits for a good answer."""
    handle = await client.start_workflow(
        ListenerWorkflow.run, id=f"listener/{uuid.uuid4()}", task_queue=QUEUE, task_timeout=START_TASK_TIMEOUT
    )
    yield handle
    if (await handle.describe()).close_time is None:
        await handle.terminate()


def raw(data: bytes, encoding: str | None = "json/plain") -> RawValue:
    """A payload as a foreign client may send it."""
    return RawValue(Payload(data=data, metadata={"encoding": encoding.encode()} if encoding is not None else {}))


async def refusals(run: Listening, at_least: int = 1) -> list[tuple[str, str]]:
    """What the run has refused, once it has refused something."""
    async with asyncio.timeout(10):
        while True:
            taken = await run.query(ListenerWorkflow.state, rpc_timeout=SOON)
            if len(taken.refused) >= at_least:
                return taken.refused
            await asyncio.sleep(0.05)


async def ends_well(run: Listening) -> Taken:
    """A good answer still ends the run."""
    await run.signal("decide", {"choice": "approve"})
    async with asyncio.timeout(10):
        return await run.result()


BAD_ANSWERS = {
    "a wrong enum value": [{"choice": "perhaps"}],
    "JSON inside a string": ['{"choice": "approve"}'],
    "broken JSON": [raw(b'{"choice": "app')],
    "an unknown encoding": [raw(b"\x00\x01", "binary/protobuf-of-another-house")],
    "no encoding": [raw(b'{"choice": "approve"}', None)],
    "plain bytes that look like an answer": [raw(b'{"choice": "approve"}', "binary/plain")],
    "null": [None],
    "a list": [[1, 2, 3]],
    "a number with an exponent": [raw(b"1e999")],
    "text that is not UTF-8": [raw(b'{"choice": "\xff\xfe"}')],
    "no argument": [],
    "one argument too many": [{"choice": "approve"}, {"choice": "approve"}],
    "one argument too many, of an unknown encoding": [raw(b"\x00", "of another house"), raw(b"\x00", "and another")],
    "one argument too many, and broken": [{"choice": "approve"}, raw(b'{"choice": "app')],
    "many arguments too many": [{"choice": "approve"}] * 50,
}


@pytest.mark.parametrize("arguments", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
async def test_a_bad_answer_is_refused_and_told_and_a_good_one_still_counts(
    run: Listening, arguments: list[object]
) -> None:
    await run.signal("decide", args=arguments)
    assert [name for name, _ in await refusals(run)] == ["decide"]
    taken = await ends_well(run)
    assert taken.answers == ["approve"]


@pytest.mark.parametrize("name", ["raise_plain", "raise_application", "raise_later", "raise_at_once"])
async def test_a_handler_that_raises_harms_nothing(run: Listening, name: str) -> None:
    await run.signal(name)
    assert [refused for refused, _ in await refusals(run)] == [name]
    assert (await ends_well(run)).answers == ["approve"]


@pytest.mark.parametrize("arguments", [[], [{"choice": "approve"}], [raw(b"\x00", "of another house")], ["a", "b"]])
async def test_a_name_that_no_handler_has_is_refused_whatever_it_carries(
    run: Listening, arguments: list[object]
) -> None:
    await run.signal("aprove", args=arguments)
    assert await refusals(run) == [("aprove", "no signal of this name")]
    assert (await ends_well(run)).answers == ["approve"]


async def test_a_refusal_names_what_is_wrong_without_the_value_that_was_sent(run: Listening) -> None:
    await run.signal("decide", {"choice": "thandi@example.com"})
    ((_, reason),) = await refusals(run)
    assert reason.startswith("choice: ")
    assert "thandi" not in reason


async def test_a_signal_that_comes_with_the_start_is_guarded_too(client: Client, worker: None) -> None:
    run = await client.start_workflow(
        ListenerWorkflow.run,
        id=f"listener/{uuid.uuid4()}",
        task_queue=QUEUE,
        start_signal="decide",
        start_signal_args=[],
    )
    assert [name for name, _ in await refusals(run)] == ["decide"]
    assert (await ends_well(run)).answers == ["approve"]


async def test_a_run_that_is_cancelled_while_it_refuses_is_cancelled(run: Listening) -> None:
    await run.signal("raise_plain")
    await refusals(run)
    await run.cancel()
    with pytest.raises(WorkflowFailureError) as ended:
        async with asyncio.timeout(10):
            await run.result()
    assert isinstance(ended.value.cause, CancelledError)


async def test_a_flood_of_bad_answers_leaves_the_good_one_to_count(run: Listening) -> None:
    await asyncio.gather(*(run.signal("decide", args=[]) for _ in range(100)))
    assert len(await refusals(run, at_least=100)) == 100
    assert (await ends_well(run)).answers == ["approve"]

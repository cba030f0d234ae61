"""What is too large for Temporal lies in files: whole, for its owner alone, and never the end of a run."""

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowHistory
from temporalio.common import RetryPolicy
from temporalio.converter import (
    StorageDriverClaim,
    StorageDriverRetrieveContext,
    StorageDriverStoreContext,
    StorageDriverWorkflowInfo,
)
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import Worker

from baton.settings import Settings
from baton.temporal.connect import connect, connect_embedded, is_on_this_machine
from baton.temporal.converter import data_converter
from baton.temporal.embedded import ServerAddress
from baton.temporal.forgetting import forget_large_values
from baton.temporal.large_values import LargeValueFault, LargeValues, directory_of
from baton.temporal.replaying import replay_failure
from baton.temporal.worker_options import workflow_runner
from tests.workflows.driver import eventually

LARGE = 5_000_000
DEADLINE_S = 90
BRIEFLY = RetryPolicy(initial_interval=timedelta(milliseconds=50), maximum_attempts=3)
NOWHERE = StorageDriverRetrieveContext()


@activity.defn
async def lengthen(text: str) -> str:
    """Answer with something large when asked with something small, and the other way round."""
    return "y" * LARGE if len(text) < 10 else f"{len(text)}"


@workflow.defn
class LongTexts:
    """Hands a text to an activity and its answer to the next; between them it waits to be told."""

    def __init__(self) -> None:
        self._go_on = False

    @workflow.run
    async def run(self, text: str) -> str:
        """What the last one said."""
        long = await _lengthened(text)
        if text == "wait":
            await workflow.wait_condition(lambda: self._go_on)
        return await _lengthened(f"{long}!")

    @workflow.signal
    def go_on(self) -> None:
        """Wait no longer."""
        self._go_on = True


async def _lengthened(text: str) -> str:
    return await workflow.execute_activity(
        lengthen, text, start_to_close_timeout=timedelta(seconds=20), retry_policy=BRIEFLY
    )


async def keeper(server: ServerAddress, state: Path, *, keeps: bool = True) -> Client:
    """A client that keeps large values in a directory of the test's own."""
    return await Client.connect(server.host_port, data_converter=data_converter(LargeValues(state, keeps=keeps)))


@asynccontextmanager
async def working(client: Client, queue: str) -> AsyncIterator[None]:
    """A worker that forgets each run at once, and so reads its history anew with every task."""
    async with Worker(
        client,
        task_queue=queue,
        workflows=[LongTexts],
        activities=[lengthen],
        workflow_runner=workflow_runner(),
        max_cached_workflows=0,
    ):
        yield


async def begin(client: Client, text: str = "go") -> WorkflowHandle[LongTexts, str]:
    """A run on a queue of its own name."""
    name = f"long-{uuid4().hex}"
    return await client.start_workflow(LongTexts.run, text, id=name, task_queue=name)


async def result(handle: WorkflowHandle[LongTexts, str]) -> str:
    """Its result, in time."""
    return await asyncio.wait_for(handle.result(), DEADLINE_S)


async def failed_task(handle: WorkflowHandle[LongTexts, str]) -> str:
    """What the latest failed workflow task of a run says, once one failed."""

    async def look() -> str | None:
        events = (await handle.fetch_history()).events
        failures = [each.workflow_task_failed_event_attributes.failure.message for each in events]
        return next((each for each in reversed(failures) if each), None)

    return await eventually(look, DEADLINE_S)


def files(state: Path) -> list[Path]:
    """Every file with a large value that is written to its end."""
    found = sorted((state / "values").rglob("*"))
    return [path for path in found if path.is_file() and not path.name.startswith(".")]


async def test_five_megabytes_go_through_a_run_and_its_history_stays_small(
    server: ServerAddress, tmp_path: Path
) -> None:
    client = await keeper(server, tmp_path)
    handle = await begin(client)
    async with working(client, handle.id):
        assert await result(handle) == str(LARGE + 1)
    size = (await handle.describe()).raw_description.workflow_execution_info.history_size_bytes
    assert size < 10_000
    answered, handed = files(tmp_path)
    file = answered
    assert file.parent == handed.parent
    assert file.parent.name == handle.id
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {stat.S_IMODE(each.stat().st_mode) for each in (file.parent, file.parent.parent)} == {0o700}


async def test_a_history_is_replayed_with_the_files_and_refused_without(server: ServerAddress, tmp_path: Path) -> None:
    client = await keeper(server, tmp_path)
    handle = await begin(client)
    async with working(client, handle.id):
        await result(handle)
    history = await handle.fetch_history()
    for converter, fault in (
        (data_converter(LargeValues(tmp_path, keeps=False)), None),
        (data_converter(), "TMPRL1105"),
        (data_converter(LargeValues(tmp_path / "elsewhere", keeps=True)), "is not there"),
    ):
        failure = await replay_failure(_copy(history), LongTexts, converter=converter)
        assert (fault or "None") in str(failure)


def _copy(history: WorkflowHistory) -> WorkflowHistory:
    return WorkflowHistory.from_json(history.workflow_id, history.to_json())


async def test_where_nothing_is_kept_what_was_kept_before_is_read_all_the_same(
    server: ServerAddress, tmp_path: Path
) -> None:
    client = await keeper(server, tmp_path)
    handle = await begin(client, "wait")
    async with working(client, handle.id):
        await eventually(lambda: _some(tmp_path), DEADLINE_S)
    before = files(tmp_path)
    other = await keeper(server, tmp_path, keeps=False)
    reader = other.get_workflow_handle(handle.id)
    events = (await reader.fetch_history()).events
    (answer,) = [each for each in events if each.HasField("activity_task_completed_event_attributes")]
    payloads = answer.activity_task_completed_event_attributes.result.payloads
    assert await other.data_converter.decode(payloads, [str]) == ["y" * LARGE]
    assert (await other.data_converter.encode(["z" * LARGE]))[0].ByteSize() > LARGE
    assert files(tmp_path) == before
    await handle.terminate()


async def _some(state: Path) -> bool | None:
    return bool(files(state)) or None


async def test_a_disk_that_takes_nothing_fails_the_step_with_the_reason_and_then_the_run(
    server: ServerAddress, tmp_path: Path
) -> None:
    client = await keeper(server, tmp_path)
    (tmp_path / "values").write_text("a file stands where the directory should be")
    handle = await begin(client)
    async with working(client, handle.id):
        with pytest.raises(WorkflowFailureError) as ended:
            await result(handle)
    failed = ended.value.cause
    assert isinstance(failed, ActivityError)
    assert isinstance(failed.cause, ApplicationError)
    assert failed.cause.type == "LargeValueFault"
    assert "cannot be written" in failed.cause.message


async def test_a_task_that_cannot_keep_a_value_is_tried_until_it_can(server: ServerAddress, tmp_path: Path) -> None:
    client = await keeper(server, tmp_path)
    handle = await begin(client, "wait")
    async with working(client, handle.id):
        await eventually(lambda: _some(tmp_path), DEADLINE_S)
        # What it hands on: where that would be written, a directory stands.
        (claim,) = await stored(LargeValues(tmp_path / "beside", keeps=True), f'"{"y" * LARGE}!"'.encode())
        blocked = tmp_path / "values" / handle.id / claim.claim_data["file"].rpartition("/")[2]
        blocked.mkdir()
        await handle.signal(LongTexts.go_on)
        assert "cannot be written" in await failed_task(handle)
        blocked.rmdir()
        assert await result(handle) == str(LARGE + 1)


async def test_a_run_whose_value_is_missing_waits_until_it_is_restored(server: ServerAddress, tmp_path: Path) -> None:
    client = await keeper(server, tmp_path)
    handle = await begin(client, "wait")
    async with working(client, handle.id):
        await eventually(lambda: _some(tmp_path), DEADLINE_S)
        (file,) = files(tmp_path)
        away = file.rename(tmp_path / "away")
        await handle.signal(LongTexts.go_on)
        assert "is not there. Restore it from a backup" in await failed_task(handle)
        away.rename(file)
        assert await result(handle) == str(LARGE + 1)


def payload(text: bytes) -> Payload:
    """A payload of these bytes."""
    return Payload(metadata={"encoding": b"json/plain"}, data=text)


async def stored(values: LargeValues, *texts: bytes) -> list[StorageDriverClaim]:
    """The references of these texts, kept for one workflow."""
    of = StorageDriverStoreContext(StorageDriverWorkflowInfo(namespace="default", id="enquiry/INQ-1"))
    return await values.store(of, [payload(text) for text in texts])


async def test_the_same_value_twice_is_one_file_and_nothing_half_written_stays(tmp_path: Path) -> None:
    values = LargeValues(tmp_path, keeps=True)
    first, second, other = await stored(values, b'"a"', b'"a"', b'"b"')
    assert first == second != other
    assert len(files(tmp_path)) == 2
    assert await values.retrieve(NOWHERE, [other, first]) == [payload(b'"b"'), payload(b'"a"')]


async def test_a_damaged_value_is_never_given_out_and_is_mended_when_it_is_written_again(tmp_path: Path) -> None:
    values = LargeValues(tmp_path, keeps=True)
    (claim,) = await stored(values, b'"a"')
    (file,) = files(tmp_path)
    file.write_bytes(b"half of i")
    with pytest.raises(LargeValueFault, match="damaged"):
        await values.retrieve(NOWHERE, [claim])
    await stored(values, b'"a"')
    assert await values.retrieve(NOWHERE, [claim]) == [payload(b'"a"')]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "/etc/passwd", f"../{'0' * 64}", f"a/../{'0' * 64}", "a/b"])
async def test_a_reference_leads_nowhere_but_to_a_value(tmp_path: Path, name: str) -> None:
    with pytest.raises(LargeValueFault, match="no value of ours"):
        await LargeValues(tmp_path, keeps=True).retrieve(NOWHERE, [StorageDriverClaim({"file": name})])


@pytest.mark.parametrize("workflow_id", [None, "..", "../../up", "a/b", "x" * 1000, "ö" * 100, ".hidden"])
def test_a_workflows_id_names_a_directory_and_leads_out_of_none(workflow_id: str | None) -> None:
    name = directory_of(workflow_id)
    assert "/" not in name
    assert not name.startswith(".")
    assert len(name) < 255


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("127.0.0.1:7233", True),
        ("127.0.1.1:7233", True),
        ("localhost:7233", True),
        ("LOCALHOST:7233", True),
        ("[::1]:7233", True),
        ("temporal:7233", False),
        ("10.0.0.5:7233", False),
        ("0.0.0.0:7233", False),
        ("localhost.example.com:7233", False),
        ("127.0.0.1.example.com:7233", False),
        ("shop.a1b2c.tmprl.cloud:7233", False),
    ],
)
def test_values_are_kept_only_where_the_server_is_on_this_machine(address: str, *, here: bool) -> None:
    assert is_on_this_machine(address) is here


@pytest.mark.parametrize(("chosen", "kept"), [("files", 1), ("refused", 0)])
async def test_the_setting_says_whether_values_are_kept(
    server: ServerAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str, kept: int
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.host_port)
    settings = Settings(_env_file=None, state_dir=tmp_path, large_values=chosen)
    client = await connect(settings)
    await client.data_converter.encode(["x" * LARGE])
    assert len(files(tmp_path)) == kept


async def test_with_the_embedded_server_they_lie_beside_its_database(server: ServerAddress) -> None:
    client = await connect_embedded(server)
    before = len(files(server.state_dir))
    await client.data_converter.encode([uuid4().hex * (LARGE // 32)])
    assert len(files(server.state_dir)) == before + 1


async def test_values_go_when_temporal_has_forgotten_their_workflow(server: ServerAddress, tmp_path: Path) -> None:
    client = await keeper(server, tmp_path)
    handle = await begin(client)
    async with working(client, handle.id):
        await result(handle)
    await stored(LargeValues(tmp_path, keeps=True), b'"of a run that nobody knows"')
    nobodys = tmp_path / "values" / directory_of("x" * 1000)
    nobodys.mkdir()
    at_once, in_a_month = timedelta(0), timedelta(days=30)
    assert await forget_large_values(client, tmp_path / "values", in_a_month) == []
    assert await forget_large_values(client, tmp_path / "values", at_once) == ["enquiry/INQ-1"]
    assert sorted(path.name for path in (tmp_path / "values").iterdir()) == sorted([handle.id, nobodys.name])

"""A disk is full or cannot be written: what was acknowledged waits, what is not kept is not acknowledged."""

import asyncio
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError

from baton.archive import Archive
from baton.cli.eml import message_from_eml
from baton.contracts import names
from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import EmbeddedServer
from tests.end_to_end.office import ROOT, Office, office
from tests.test_archive import RECORD
from tests.workflows.driver import eventually

from .looking import LONG_S, in_flight

EXCHANGE = message_from_eml((ROOT / "demo" / "enquiries" / "exchange.eml").read_bytes())
needs_prlimit = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="fills the disk by a limit of Linux")


async def test_an_archive_that_cannot_be_written_is_asked_about_and_the_record_is_kept_in_the_end(
    client: Client, tmp_path: Path
) -> None:
    async with office(client, tmp_path) as shop:
        archive = shop.settings.state_dir / "archive"
        archive.parent.mkdir(parents=True)
        archive.write_text("a file where the directory should be")
        handle = await shop.receive(EXCHANGE, attempts=2)
        await shop.decide(handle, await shop.review(handle), "approve")

        async def failed() -> bool | None:
            return (await shop.review(handle)).kind == "failure" or None

        await eventually(failed)
        review = await shop.review(handle)
        assert "the archive cannot be written" in str(review.subject)
        archive.unlink()
        await shop.decide(handle, review, "retry")
        result = await handle.result()
        assert result.outcome == "answered"
        assert Archive(shop.settings.state_dir).find(result.enquiry_id) is not None
        assert len(await shop.performed()) == len(await shop.mails()) == len(await shop.entries(result.enquiry_id)) == 1


def test_a_disk_that_is_full_in_the_middle_of_a_record_leaves_the_record_of_before_and_no_half_one(
    tmp_path: Path,
) -> None:
    archive = Archive(tmp_path)
    archive.keep(RECORD)
    said = subprocess.run([sys.executable, "-c", KEEP_ON_A_FULL_DISK, str(tmp_path)], input=RECORD.model_dump_json(),
                          text=True, capture_output=True, cwd=ROOT, check=False)  # fmt: skip
    assert said.stdout.strip() == "Unavailable: the archive cannot be written: File too large", said.stderr
    assert archive.find("INQ-1") == RECORD
    assert [path.name for path in (tmp_path / "archive").iterdir()] == ["INQ-1.jsonl"]


KEEP_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from baton.archive import Archive
from baton.contracts.record import RunRecord
from baton.contracts.systems import Unavailable

record = RunRecord.model_validate_json(sys.stdin.read())
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    Archive(Path(sys.argv[1])).keep(record)
except Unavailable as fault:
    print(f"Unavailable: {fault}")
"""


@needs_prlimit
async def test_a_server_whose_disk_is_full_takes_nothing_and_goes_on_with_all_that_it_took_once_there_is_room(
    tmp_path: Path,
) -> None:
    async with (
        EmbeddedServer(tmp_path / "server") as address,
        office(await connect_embedded(address), tmp_path) as shop,
    ):
        handle = await shop.receive(EXCHANGE)
        review = await shop.review(handle)
        await shop.fault(shop.systems.orders_url, kind="slow", seconds=0.5, match={"method": "POST"})
        await shop.decide(handle, review, "approve")
        await eventually(lambda: in_flight(handle, "exchange_items"), every_s=0.01)
        with _full(address.pid):
            with pytest.raises(RPCError):
                await _signalled(shop.client, handle.id)
            await eventually(lambda: _acted(shop))
        result = await asyncio.wait_for(handle.result(), LONG_S)
        assert result.outcome == "answered"
        assert len(await shop.performed()) == len(await shop.mails()) == len(await shop.entries(result.enquiry_id)) == 1
        assert (await shop.record(handle)).refused_count == 0, "what was not acknowledged is not there"


async def _signalled(client: Client, workflow_id: str) -> None:
    """One call, without the SDK's patience."""
    await client.workflow_service.signal_workflow_execution(
        SignalWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id),
            signal_name=names.ASSIGN_REVIEW,
        )
    )


async def _acted(shop: Office) -> bool | None:
    return bool(await shop.performed()) or None


@contextmanager
def _full(process: int) -> Iterator[None]:
    """No file of this process grows any more."""
    resource.prlimit(process, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

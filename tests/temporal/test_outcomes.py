"""Which ends of a step's attempts count for its capability, and that nothing waits for the book."""

from pathlib import Path
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from baton.health import recent_health
from baton.settings import Settings
from baton.temporal.outcomes import counted_outcomes
from baton.temporal.worker_options import worker_options
from tests.workflows.driver import eventually

from .one_step import OneStepWorkflow

KINDS = ["Unavailable", "Rejected", "Unexpected", "NotFound"]


@activity.defn(name="step")
async def step() -> str:
    """It fails in each way, then it is done."""
    attempt = activity.info().attempt
    if attempt <= len(KINDS):
        raise ApplicationError(f"{KINDS[attempt - 1]}: so it ended", type=KINDS[attempt - 1])
    return "done"


async def ends(client: Client, state_dir: Path, *, waits_for_the_book: bool) -> str:
    """What the step says, of a worker that keeps its book in that directory."""
    settings = Settings(_env_file=None, task_queue=uuid4().hex)
    async with (
        counted_outcomes(state_dir) as counting,
        Worker(client, workflows=[OneStepWorkflow], activities=[step], **worker_options(settings, counting)),
    ):
        said = await client.execute_workflow(
            OneStepWorkflow.run, 0.0, id=f"one-step/{settings.task_queue}", task_queue=settings.task_queue
        )

        async def written() -> bool | None:
            seen = recent_health(state_dir).get("step")
            return (seen is not None and seen.tried == 3) or None

        if waits_for_the_book:
            await eventually(written, 20)
    return said


@pytest.mark.parametrize("while_it_works", [True, False])
async def test_what_tells_of_the_capability_counts_and_refusals_do_not(
    client: Client, tmp_path: Path, while_it_works: bool
) -> None:
    assert await ends(client, tmp_path, waits_for_the_book=while_it_works) == "done"
    health = recent_health(tmp_path)["step"]
    assert (health.succeeded, health.tried, health.last_failure) == (1, 3, "Unexpected: so it ended")


async def test_a_disk_that_takes_no_book_stops_no_worker(
    client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "health").write_text("in the way", encoding="utf-8")
    assert await ends(client, tmp_path, waits_for_the_book=False) == "done"
    assert "How the steps do cannot be written" in caplog.text

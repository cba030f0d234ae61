"""Hours and days pass in no time: what waits, what is overdue, what is given up, and what a weekend does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

import workflows
from activities.cards import all_cards
from baton.contracts import names
from baton.contracts.enquiry import EnquiryOptions
from workflows.attempts import attempts_on

from .driver import enquiry, eventually, worker_for
from .team import NOBODY, Team


async def test_an_unanswered_review_stays_open_and_is_marked_overdue_once(skipping: WorkflowEnvironment) -> None:
    async with enquiry(skipping.client) as run:
        review = await run.open_review()
        await skipping.sleep(timedelta(days=9))
        status = await run.status()
        assert status.waiting.overdue
        assert (await run.open_review()).review_id == review.review_id
        overdue = [line for line in (await run.record()).record if line.kind == "overdue"]
        assert len(overdue) == 1
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"


async def test_a_due_time_that_was_moved_later_counts(skipping: WorkflowEnvironment) -> None:
    async with enquiry(skipping.client) as run:
        review = await run.open_review()
        later = review.due_at + timedelta(days=3)
        await run.handle.signal(
            names.ASSIGN_REVIEW,
            {
                "assignment_id": "a",
                "review_id": review.review_id,
                "due_at": later.isoformat(),
                "actor": {"id": "nomsa"},
            },
        )
        await skipping.sleep(timedelta(days=2))
        assert not (await run.status()).waiting.overdue
        await skipping.sleep(timedelta(days=3))
        assert (await run.status()).waiting.overdue
        await run.decide("reject")
        await run.result()


async def test_a_customer_who_stays_silent_is_handed_to_a_person(skipping: WorkflowEnvironment) -> None:
    options = EnquiryOptions(ask_customer="auto", reply_deadline_hours=48)
    async with enquiry(skipping.client, Team(find_customer=NOBODY), options=options) as run:
        await run.asked_the_customer()
        await skipping.sleep(timedelta(hours=47))
        assert (await run.status()).waiting.what == "customer"
        await skipping.sleep(timedelta(hours=2))
        review = await run.open_review()
        assert review.review_id == "resolution"
        because = run.team.asked("propose_resolution")[0]["hand_over_because"]
        assert because == "the customer did not answer in time"
        await run.decide("reject")
        await run.result()


async def test_without_workers_no_bound_is_used_up_and_nothing_fails(client: Client) -> None:
    """Every bound of the step is half a second; without a worker for its activities it waits for much longer."""
    async with enquiry(client, working=False, attempts=1, attempt_s=0.5) as run:
        async with worker_for(client, run.team, run.queue, steps=False):

            async def waited_long_enough() -> bool | None:
                pending = (await run.handle.describe()).raw_description.pending_activities
                if not pending:
                    return None
                waited = datetime.now(UTC) - pending[0].scheduled_time.ToDatetime(tzinfo=UTC)
                return waited > timedelta(seconds=3) or None

            await eventually(waited_long_enough)
        async with worker_for(client, run.team, run.queue):
            assert (await run.open_review()).kind == "resolution"
            await run.decide("approve")
            assert (await run.result()).outcome == "answered"
            record = await run.record()
    assert not [line for line in record.record if line.kind == "failed"]


def test_no_step_has_an_overall_bound() -> None:
    """A weekend without a worker must fail nothing: what bounds a step is attempts, and the time of each."""
    assert [card.name for card in all_cards() if attempts_on(card)["schedule_to_close_timeout"]] == []
    for file in Path(workflows.__file__).parent.rglob("*.py"):
        told = file.read_text(encoding="utf-8")
        assert "schedule_to_start" not in told, file
        assert file.name == "attempts.py" or "schedule_to_close" not in told, file

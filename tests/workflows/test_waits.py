"""Hours and days pass in no time: what waits, what is overdue, what is given up, and what a weekend does."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

import workflows
from activities.by_model import turn_cards, with_models
from activities.cards import all_cards, goal_cards, tool_cards
from activities.pending import Pending
from baton.contracts import names
from baton.contracts.enquiry import EnquiryOptions
from baton.contracts.models import ModelChains, models_in
from workflows.attempts import attempts_on

from .driver import DEADLINE_S, Run, enquiry, eventually, worker_for
from .gated import Gated
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


IN_TURN = {
    "read_enquiry": "",
    "propose_resolution": "choose_orders",
    "cancel_order": "check_policy",
    "send_reply": "cancel_order",
    "log_outcome": "send_reply",
    "archive_record": "log_outcome",
}
"""Steps of every kind, and the one after which each comes, with at most a person's decision between them."""


@pytest.mark.parametrize(("step", "before"), IN_TURN.items(), ids=IN_TURN)
async def test_without_workers_no_bound_is_used_up_and_nothing_fails(client: Client, step: str, before: str) -> None:
    """All attempts at a step may take a second together; with the step due, all workers are gone for three."""
    team = Gated(lambda name, _: name == before)
    async with enquiry(client, team, working=False, attempts=2, attempt_s=0.5) as run:
        if before:
            async with _steps_of(client, team, run.queue):
                async with worker_for(client, team, run.queue, steps=False):
                    if step in ("send_reply", "log_outcome", "archive_record"):
                        await run.decide("approve")
                    await asyncio.wait_for(team.reached.wait(), DEADLINE_S)
                team.gate.set()
                await eventually(partial(_nothing_is_at_work, run))
        async with worker_for(client, team, run.queue, steps=False):
            if step == "cancel_order":
                await run.decide("approve")
            await eventually(partial(_due_for, run, step, timedelta(0)))
        assert step not in team.steps
        await eventually(partial(_due_for, run, step, timedelta(seconds=3)))
        async with worker_for(client, team, run.queue):
            if step in ("read_enquiry", "propose_resolution"):
                assert (await run.open_review()).kind == "resolution"
                await run.decide("approve")
            assert (await run.result()).outcome == "answered"
            record = await run.record()
    assert not [line for line in record.record if line.kind in ("failed", "fell_back", "ambiguous")]
    assert [review.kind for review in record.reviews] == ["resolution"]
    assert team.steps.count(step) == 1


def _steps_of(client: Client, team: Team, queue: str) -> Worker:
    """A worker that takes steps only."""
    return Worker(client, task_queue=queue, activities=[*team.activities(), *Pending(client).activities()])


async def _nothing_is_at_work(run: Run) -> bool | None:
    return not (await run.handle.describe()).raw_description.pending_activities or None


async def _due_for(run: Run, step: str, long: timedelta) -> bool | None:
    """Whether this step, and no other, has been waiting for a worker for so long."""
    pending = (await run.handle.describe()).raw_description.pending_activities
    if [each.activity_type.name for each in pending] != [step]:
        return None
    return datetime.now(UTC) - pending[0].scheduled_time.ToDatetime(tzinfo=UTC) > long or None


def test_no_step_has_an_overall_bound() -> None:
    """A weekend without a worker must fail nothing: what bounds a step is attempts, and the time of each."""
    cards = [*all_cards(), *goal_cards(), *tool_cards()]
    for bound in ("schedule_to_close_timeout", "schedule_to_start_timeout"):
        assert [card.name for card in cards if attempts_on(card)[bound]] == []
    bounded = {
        file.name
        for file in Path(workflows.__file__).parent.rglob("*.py")
        if re.search("schedule_to_(start|close)", file.read_text(encoding="utf-8"))
    }
    assert bounded == {"attempts.py", "stopping.py"}, "the latter of a look that nobody waits for, and no step"


def test_a_wait_for_a_models_worker_is_bounded_only_where_somebody_else_is_next() -> None:
    chains = ModelChains(chains={"reader": models_in("openai:one,anthropic:two")})
    cards = {card.name: card for card in with_models(all_cards(), chains, "baton")}
    waiting = {name for name, card in cards.items() if attempts_on(card)["schedule_to_start_timeout"]}
    assert waiting
    for name in waiting:
        (line,) = [card.line for card in cards.values() if name in card.line and card.name != name]
        assert line[-1] not in waiting


@pytest.mark.parametrize("chain", ["openai:one", "openai:one,anthropic:two"])
def test_a_weekend_without_workers_takes_no_turn_of_an_agent_from_its_last_model(chain: str) -> None:
    *others, last = turn_cards(ModelChains(chains={"agent": models_in(chain)}), "baton")
    assert [card.wait_s for card in others] == [600] * len(others)
    wait = attempts_on(last)["schedule_to_start_timeout"]
    assert wait == timedelta(days=3)

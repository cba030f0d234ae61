"""A paused run starts nothing, its clocks stand still, and what people say meanwhile acts when it goes on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from baton.contracts import names
from baton.contracts.enquiry import EnquiryOptions
from baton.contracts.record import RunRecord
from baton.temporal import search_attributes as sa

from .driver import Run, enquiry, eventually, worker_for
from .gated import Gated
from .team import FOUND, NOBODY, USUAL, Team
from .test_ladder import fails

SECONDS = timedelta(seconds=90)
"""How far a time may be from what it should be: on a server that skips time, a call takes its own moment."""


async def _pause(run: Run, reason: str = "") -> None:
    await run.handle.signal(names.PAUSE, {"by": "nomsa", "reason": reason})
    await run.stands_still()


async def _resume(run: Run) -> None:
    await run.handle.signal(names.RESUME, {"by": "sipho"})

    async def goes_on() -> bool | None:
        return (await run.status()).paused is None or None

    await eventually(goes_on)


async def _refused(run: Run, count: int = 1) -> RunRecord:
    async def look() -> RunRecord | None:
        record = await run.record()
        return record if record.refused_count >= count else None

    return await eventually(look)


async def _is_done(run: Run, wanted: str, state: str = "done") -> None:
    async def look() -> bool | None:
        return any(step.step == wanted and step.state == state for step in (await run.status()).steps) or None

    await eventually(look)


async def _some_tasks_later(run: Run) -> None:
    """Whatever would have started by now has started."""
    for count in range(1, 4):
        await run.handle.signal("anything")
        await _refused(run, count)


async def test_a_decision_is_taken_while_paused_and_acts_when_the_run_goes_on(client: Client) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        await _pause(run, "stocktaking")
        status = await run.status()
        assert (status.stage, status.waiting.what, status.waiting.review_ids) == ("paused", "review", ["resolution"])
        decision = await run.decide("approve")
        assert (await run.became(decision)).status == "accepted"
        await _some_tasks_later(run)
        status = await run.status()
        assert (status.stage, status.waiting.what) == ("paused", "nothing")
        assert "cancel_order" not in run.team.steps
        await _resume(run)
        assert (await run.result()).outcome == "answered"
        record = await run.record()
    told = [(line.kind, line.agent, line.text) for line in record.record if line.step == "pause"]
    assert told[0] == ("paused", "nomsa", "paused by nomsa: stocktaking")
    assert told[1][:2] == ("resumed", "sipho")
    assert told[1][2].startswith("resumed by sipho, after ")


async def test_what_runs_is_finished_and_no_step_follows_it(client: Client) -> None:
    team = Gated(lambda step, _: step == "find_customer")
    async with enquiry(client, team, attempt_s=60) as run:
        await team.reached.wait()
        await _pause(run)
        team.gate.set()
        await _is_done(run, "find_customer")
        await _some_tasks_later(run)
        assert "check_orders" not in team.steps
        await _resume(run)
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"


async def test_no_fallback_starts_either(client: Client) -> None:
    team = Gated(lambda step, _: step == "find_customer", find_customer=fails())
    async with enquiry(client, team, attempt_s=60) as run:
        await team.reached.wait()
        await _pause(run)
        team.gate.set()
        await _is_done(run, "find_customer", "failed")
        await _some_tasks_later(run)
        assert "find_customer_in_crm" not in team.steps
        await _resume(run)
        assert (await run.open_review()).kind == "resolution"
        await run.decide("reject")
        await run.result()


async def test_a_step_that_a_person_has_tried_again_waits_for_the_end_of_the_pause(client: Client) -> None:
    team = Team(look_up_policy=fails(until=2, then=USUAL["look_up_policy"]))
    async with enquiry(client, team) as run:
        await run.review_of("failure")
        await _pause(run)
        await run.became(await run.decide("retry"))
        await _some_tasks_later(run)
        assert team.steps.count("look_up_policy") == 1
        await _resume(run)
        assert (await run.review_of("resolution")).status == "open"
        await run.decide("reject")
        await run.result()


async def test_a_reply_is_taken_while_paused_and_read_when_the_run_goes_on(client: Client) -> None:
    def find(handed: dict[str, Any]) -> Any:
        return FOUND if handed["replies"] else NOBODY

    async with enquiry(client, Team(find_customer=find), options=EnquiryOptions(ask_customer="auto")) as run:
        await run.asked_the_customer()
        await _pause(run)
        await run.reply("I am Thandi")
        await _is_done(run, "customer_reply/1")
        await _some_tasks_later(run)
        assert run.team.steps.count("read_enquiry") == 1
        await _resume(run)
        await run.review_of("resolution")
        await run.decide("reject")
        await run.result()


async def test_a_reply_that_comes_before_the_pause_lets_the_wait_for_it_begin_is_an_answer(client: Client) -> None:
    def find(handed: dict[str, Any]) -> Any:
        return FOUND if handed["replies"] else NOBODY

    team = Gated(lambda step, _: step == "send_question", find_customer=find)
    async with enquiry(client, team, options=EnquiryOptions(ask_customer="auto"), attempt_s=60) as run:
        await team.reached.wait()
        await _pause(run)
        team.gate.set()
        await _is_done(run, "send_question")
        await run.reply("I am Thandi")
        await _is_done(run, "customer_reply/1")
        await _resume(run)
        await run.review_of("resolution")
        await run.decide("reject")
        await run.result()


async def test_a_review_is_due_later_by_as_long_as_the_run_was_paused(skipping: WorkflowEnvironment) -> None:
    async with enquiry(skipping.client) as run:
        before = (await run.open_review()).due_at
        await skipping.sleep(timedelta(hours=20))
        await _pause(run)
        await skipping.sleep(timedelta(hours=30))
        paused = await run.open_review()
        assert paused.paused_since is not None
        assert abs(paused.due_at - paused.paused_since - timedelta(hours=4)) < SECONDS
        status = await run.status()
        assert (status.waiting.due_at, status.waiting.overdue) == (None, False)
        await _resume(run)
        now = await run.open_review()
        assert now.paused_since is None
        assert abs(now.due_at - before - timedelta(hours=30)) < SECONDS
        await skipping.sleep(timedelta(hours=3))
        assert not (await run.status()).waiting.overdue
        await skipping.sleep(timedelta(hours=2))
        assert (await run.status()).waiting.overdue
        assert not [line for line in (await run.record()).record[:-1] if line.kind == "overdue"]
        await run.decide("reject")
        await run.result()


async def test_a_review_that_opens_in_a_pause_has_all_its_time_when_the_run_goes_on(
    skipping: WorkflowEnvironment,
) -> None:
    team = Gated(lambda step, _: step == "check_policy")
    async with enquiry(skipping.client, team, attempt_s=500_000) as run:
        await team.reached.wait()
        await _pause(run)
        team.gate.set()
        await run.open_review()
        await skipping.sleep(timedelta(hours=30))
        await _resume(run)
        status = await run.status()
        assert not status.waiting.overdue
        assert status.waiting.due_at
        left = status.waiting.due_at - await skipping.get_current_time()
        assert abs(left - timedelta(hours=24)) < SECONDS
        await run.decide("reject")
        await run.result()


async def test_a_due_time_given_in_a_pause_stands_still_from_then_on(skipping: WorkflowEnvironment) -> None:
    async with enquiry(skipping.client) as run:
        review = await run.open_review()
        await _pause(run)
        await skipping.sleep(timedelta(hours=10))
        wanted = await skipping.get_current_time() + timedelta(hours=5)
        assignment = {"assignment_id": "a", "review_id": review.review_id, "due_at": wanted.isoformat()}
        await run.handle.signal(names.ASSIGN_REVIEW, {**assignment, "assignees": ["sipho"], "actor": {"id": "nomsa"}})

        async def assigned() -> bool | None:
            return (await run.open_review()).assignees == ["sipho"] or None

        await eventually(assigned)
        await skipping.sleep(timedelta(hours=7))
        await _resume(run)
        assert abs((await run.open_review()).due_at - wanted - timedelta(hours=7)) < SECONDS
        await run.decide("reject")
        await run.result()


async def test_a_customer_has_as_much_time_after_a_pause_as_was_left_before_it(skipping: WorkflowEnvironment) -> None:
    options = EnquiryOptions(ask_customer="auto", reply_deadline_hours=48)
    async with enquiry(skipping.client, Team(find_customer=NOBODY), options=options) as run:
        await run.asked_the_customer()
        await skipping.sleep(timedelta(hours=40))
        await _pause(run)
        await skipping.sleep(timedelta(hours=100))
        assert (await run.status()).waiting.what == "customer"
        await _resume(run)
        await skipping.sleep(timedelta(hours=7))
        assert (await run.status()).waiting.what == "customer"
        await skipping.sleep(timedelta(hours=2))
        assert (await run.open_review()).review_id == "resolution"
        await run.decide("reject")
        await run.result()


async def test_pausing_and_resuming_twice_are_harmless_and_recorded(client: Client) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        await _pause(run)
        since = (await run.stands_still()).since
        await run.handle.signal(names.PAUSE, {"by": "sipho"})
        record = await _refused(run)
        assert (record.refusals[-1].signal, record.refusals[-1].reason) == (
            "pause",
            "asked by sipho: it is paused already, by nomsa",
        )
        assert (await run.stands_still()).since == since
        await _resume(run)
        due_at = (await run.open_review()).due_at
        await run.handle.signal(names.RESUME, {"by": "sipho"})
        record = await _refused(run, 2)
        assert (record.refusals[-1].signal, record.refusals[-1].reason) == (
            "resume",
            "asked by sipho: it is not paused",
        )
        assert (await run.open_review()).due_at == due_at
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"


@pytest.mark.parametrize("name", [names.PAUSE, names.RESUME])
@pytest.mark.parametrize("argument", ["now", {"reason": "nobody says who"}, {"by": ""}, None])
async def test_garbage_pauses_nothing_and_is_recorded(client: Client, name: str, argument: object) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        await (run.handle.signal(name) if argument is None else run.handle.signal(name, argument))
        record = await _refused(run)
        assert record.refusals[0].signal == name
        assert (await run.status()).paused is None
        await run.decide("reject")
        await run.result()


async def test_what_is_closing_is_not_paused_any_more(client: Client) -> None:
    team = Gated(lambda step, _: step == "log_outcome")
    async with enquiry(client, team, attempt_s=60) as run:
        await run.decide("reject")
        await team.reached.wait()
        await run.handle.signal(names.PAUSE, {"by": "nomsa"})
        assert "it is ending" in (await _refused(run)).refusals[0].reason
        team.gate.set()
        assert (await run.result()).outcome == "rejected"


async def test_a_pause_outlives_the_worker(client: Client) -> None:
    async with enquiry(client, working=False) as run:
        async with worker_for(client, run.team, run.queue):
            await run.open_review()
            await _pause(run, "the courier is on strike")
        async with worker_for(client, run.team, run.queue):
            assert (await run.stands_still()).reason == "the courier is on strike"
            await run.became(await run.decide("approve"))
            await _some_tasks_later(run)
            assert "cancel_order" not in run.team.steps
            await _resume(run)
            assert (await run.result()).outcome == "answered"


async def test_lists_and_the_temporal_ui_show_that_a_run_is_paused_and_when_it_is_due_afterwards(
    client: Client,
) -> None:
    await sa.ensure(client)
    async with enquiry(client, search_attributes=await sa.existing(client)) as run:
        review = await run.open_review()
        await _pause(run, "stocktaking")

        async def attributes() -> tuple[object, ...]:
            kept = (await run.handle.describe()).typed_search_attributes
            return kept.get(sa.STAGE), kept.get(sa.WAITING_ON), kept.get(sa.DUE)

        assert await attributes() == ("paused", "review", None)
        details = (await run.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)).current_details
        assert details.startswith("**Paused**")
        assert "By nomsa since" in details
        assert "stocktaking. Due times stand still." in details
        assert "starter.py resume" in details
        assert "starter.py review" in details
        await _resume(run)
        stage, waits, due = await attributes()
        assert (stage, waits) == ("waiting for a review", "review")
        assert isinstance(due, datetime)
        moved = (await run.open_review()).due_at
        assert moved > review.due_at
        assert abs(due - moved) < timedelta(milliseconds=1)
        assert due > datetime.now(UTC)
        await run.decide("reject")
        await run.result()

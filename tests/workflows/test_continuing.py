"""A run whose history grows long goes on in a new one: whatever waits is carried over, and no signal is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from pydantic import BaseModel
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from baton.contracts import names
from baton.contracts.enquiry import EnquiryOptions
from baton.contracts.record import Fact, RunState
from baton.temporal import search_attributes as sa

from .driver import DEADLINE_S, Run, enquiry, eventually
from .gated import Gated
from .team import CUSTOMER, FOUND, NOBODY, ORDER, Team

CROSSINGS = 5
EVENTS = 45


async def crossed(client: Client, run: Run) -> int:
    """How often the run has continued as new."""
    ended = [
        execution.id
        async for execution in client.list_workflows(f"WorkflowId = '{run.handle.id}'")
        if execution.status == WorkflowExecutionStatus.CONTINUED_AS_NEW
    ]
    return len(ended)


async def has_crossed(client: Client, run: Run, times: int) -> None:
    """Wait until it has continued as new so often."""

    async def look() -> bool | None:
        return await crossed(client, run) >= times or None

    await eventually(look, 3 * DEADLINE_S)


class _Senders:
    """Assignments, garbage and unknown signals at a rate; how many of each were acknowledged."""

    def __init__(self, run: Run, review_id: str) -> None:
        self._run = run
        self._review_id = review_id
        self.assigned = 0
        self.refused = 0

    async def assign(self) -> None:
        """One that is taken."""
        number = f"as{self.assigned}"
        assignment = {"assignment_id": number, "review_id": self._review_id, "assignees": [number]}
        await self._run.handle.signal(names.ASSIGN_REVIEW, {**assignment, "actor": {"id": "nomsa"}})
        self.assigned += 1

    async def garbage(self) -> None:
        """Two that are not."""
        await self._run.handle.signal(names.DECIDE_REVIEW, "garbage")
        self.refused += 1
        await self._run.handle.signal("nobody listens to this", {"x": 1})
        self.refused += 1

    @asynccontextmanager
    async def sending(self, every_s: float = 0.02) -> AsyncIterator[None]:
        """Each kind again and again, until the end of the block."""
        told_to_stop = asyncio.Event()

        async def again(send: Any) -> None:
            while not told_to_stop.is_set():
                await send()
                with suppress(TimeoutError):
                    await asyncio.wait_for(told_to_stop.wait(), every_s)

        senders = [asyncio.create_task(again(send)) for send in (self.assign, self.garbage)]
        try:
            yield
        finally:
            told_to_stop.set()
            await asyncio.gather(*senders)

    async def all_told(self) -> None:
        """Wait until the run knows of as many as were acknowledged; more would be as wrong as fewer."""

        async def look() -> bool | None:
            record = await self._run.record()
            assigned = [line.text for line in record.record if line.kind == "assigned"]
            assert len(assigned) == len(set(assigned))
            return (len(assigned), record.refused_count) == (self.assigned, self.refused) or None

        await eventually(look)


async def test_a_run_crosses_five_times_with_a_review_open_and_no_signal_is_lost(client: Client) -> None:
    async with enquiry(client, continue_after_events=EVENTS) as run:
        review = await run.open_review()
        senders = _Senders(run, review.review_id)
        async with senders.sending():
            await has_crossed(client, run, CROSSINGS)
        await senders.all_told()
        assert await crossed(client, run) >= CROSSINGS
        kept = await run.open_review()
        assert (kept.revision, kept.created_at, kept.subject_digest) == (1, review.created_at, review.subject_digest)
        assert (await run.became(await run.decide("approve"))).status == "accepted"
        assert (await run.result()).outcome == "answered"
        record = await run.record()
    once = ("read_enquiry", "propose_resolution", "cancel_order", "send_reply", "log_outcome", "archive_record")
    assert {step: run.team.steps.count(step) for step in once} == dict.fromkeys(once, 1)
    assert record.refused_count == senders.refused


async def test_a_pause_crosses_too(client: Client) -> None:
    async with enquiry(client, continue_after_events=EVENTS) as run:
        review = await run.open_review()
        await run.handle.signal(names.PAUSE, {"by": "nomsa", "reason": "stocktaking"})
        since = (await run.stands_still()).since
        senders = _Senders(run, review.review_id)
        async with senders.sending():
            await has_crossed(client, run, 2)
        await senders.all_told()
        paused = await run.stands_still()
        assert (paused.by, paused.reason, paused.since) == ("nomsa", "stocktaking", since)
        await run.became(await run.decide("approve"))
        assert (await run.stands_still()).since == since
        await run.handle.signal(names.RESUME, {"by": "nomsa"})
        assert (await run.result()).outcome == "answered"
        moved = (await run.record()).reviews[0].due_at
        assert moved > review.due_at
    assert run.team.steps.count("cancel_order") == 1


async def test_a_run_that_waits_for_the_customer_crosses_and_its_deadline_stays(client: Client) -> None:
    def find(handed: dict[str, Any]) -> BaseModel:
        return FOUND if handed["replies"] else NOBODY

    options = EnquiryOptions(ask_customer="auto")
    async with enquiry(client, Team(find_customer=find), options=options, continue_after_events=EVENTS) as run:
        await run.asked_the_customer()
        due_at = (await run.status()).waiting.due_at
        senders = _Senders(run, "none")
        for count in range(60):
            await senders.garbage()
            if count % 20 == 0:
                await senders.all_told()
        await has_crossed(client, run, 2)
        await senders.all_told()
        assert (await run.status()).waiting.due_at == due_at
        await run.reply("I am Thandi")
        await run.review_of("resolution")
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"
    assert run.team.steps.count("send_question") == 1


async def test_a_step_between_attempts_delays_the_crossing_and_loses_nothing(client: Client) -> None:
    """Its fourth attempt answers; meanwhile the history grows far beyond the threshold."""
    asked = 0

    def at_last(_: dict[str, Any]) -> BaseModel:
        nonlocal asked
        asked += 1
        if asked < 4:
            raise ApplicationError("not yet", asked, False, type="Unavailable", next_retry_delay=None)
        return FOUND

    team = Gated(lambda step, _: step == "find_customer" and asked == 3, find_customer=at_last)
    async with enquiry(client, team, attempts=9, attempt_s=60, continue_after_events=EVENTS) as run:
        await team.reached.wait()
        senders = _Senders(run, "none")
        for _ in range(EVENTS):
            await senders.garbage()
        await senders.all_told()
        assert await crossed(client, run) == 0
        assert "check_orders" not in team.steps
        team.gate.set()
        await run.open_review()
        await has_crossed(client, run, 1)
        await senders.all_told()
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"
    assert asked == 4
    assert team.steps.count("read_enquiry") == 1


async def test_a_person_s_answer_starts_no_step_while_the_run_leaves(client: Client) -> None:
    """One order's check waits for a person, another's is in flight: what the person starts has to wait."""
    failed = False

    def first_fails_once(handed: dict[str, Any]) -> BaseModel:
        nonlocal failed
        if handed["order_id"] == "#1" and not failed:
            failed = True
            raise ApplicationError("the system said no", 1, type="Rejected", non_retryable=True)
        return ORDER.model_copy(update={"order_id": handed["order_id"]})

    def no_copy(handed: dict[str, Any]) -> BaseModel:
        raise ApplicationError("no copy", 1, type="NotFound", non_retryable=True)

    team = Gated(
        lambda step, handed: step == "check_orders" and handed["order_id"] == "#3",
        find_customer=FOUND.model_copy(update={"customer": CUSTOMER.model_copy(update={"order_ids": ["#1", "#3"]})}),
        check_orders=first_fails_once,
        last_known_order=no_copy,
    )
    async with enquiry(client, team, attempt_s=60, continue_after_events=EVENTS) as run:
        await team.reached.wait()
        review = await run.review_of("failure")
        senders = _Senders(run, review.review_id)
        for _ in range(EVENTS):
            await senders.garbage()
        await senders.all_told()
        await run.became(await run.decide("retry"))
        await senders.garbage()
        await senders.all_told()
        assert [handed["order_id"] for handed in team.asked("check_orders")] == ["#1", "#3"]
        assert await crossed(client, run) == 0
        team.gate.set()
        await run.review_of("resolution")
        await has_crossed(client, run, 1)
        assert [handed["order_id"] for handed in team.asked("check_orders")] == ["#1", "#3", "#1"]
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"


async def test_who_has_tried_a_step_is_not_forgotten_in_a_pause_between_two_rungs(client: Client) -> None:
    def refuses(_: dict[str, Any]) -> BaseModel:
        raise ApplicationError("the system said no", 1, type="Rejected", non_retryable=True)

    team = Gated(lambda step, _: step == "find_customer", find_customer=refuses)
    async with enquiry(client, team, attempt_s=60, continue_after_events=EVENTS) as run:
        await team.reached.wait()
        await run.handle.signal(names.PAUSE, {"by": "nomsa"})
        await run.stands_still()
        team.gate.set()
        senders = _Senders(run, "none")
        for _ in range(EVENTS):
            await senders.garbage()
        await senders.all_told()
        await run.handle.signal(names.RESUME, {"by": "nomsa"})
        await run.open_review()
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"
    assert (team.steps.count("find_customer"), team.steps.count("find_customer_in_crm")) == (1, 1)


async def test_a_run_that_carries_more_than_fits_stays_in_its_history(client: Client) -> None:
    """Temporal ends a run whose input is above 2 MiB."""
    async with enquiry(client) as first:
        at = (await first.open_review()).created_at
        await first.handle.terminate()
    heavy = Fact(name="heavy", type="str", value="x" * 1_200_000, step="heavy", agent="test", attempt=1, at=at)
    bulky = [ORDER.items[0].model_copy(update={"name": "y" * 1_000_000})]
    team = Team(check_orders=ORDER.model_copy(update={"items": bulky}))
    async with enquiry(client, team, state=RunState(facts=[heavy]), continue_after_steps=5) as run:
        await run.open_review()
        assert await crossed(client, run) == 0
        await run.handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await run.result()
        assert (await run.handle.describe()).status == WorkflowExecutionStatus.CANCELED


async def test_what_people_need_is_shown_again_after_a_crossing(client: Client) -> None:
    await sa.ensure(client)
    known = await sa.existing(client)
    async with enquiry(client, search_attributes=known, continue_after_events=EVENTS) as run:
        review = await run.open_review()
        senders = _Senders(run, review.review_id)
        async with senders.sending():
            await has_crossed(client, run, 1)
        await senders.all_told()
        kept = (await run.handle.describe()).typed_search_attributes
        assert (kept.get(sa.STAGE), kept.get(sa.WAITING_ON)) == ("waiting for a review", "review")
        assert kept.get(sa.ASSIGNEES) == (await run.open_review()).assignees
        metadata = await run.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        assert metadata.current_details.startswith("**Waiting for a review**")
        assert "✓ Read the enquiry" in metadata.current_details
        assert "starter.py review" in metadata.current_details
        await run.decide("reject")
        await run.result()

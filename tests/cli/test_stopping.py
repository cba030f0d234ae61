"""Enquiries are paused, go on and end by command; what is said about it is what happened."""

import json
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from baton.cli import starting
from baton.cli.shapes import Inbox, InboxLine, RunLine, RunList, Started
from baton.contracts.record import EnquiryStart, RunStatus
from baton.temporal import search_attributes as sa
from tests.cli.command_line import run
from tests.workflows.driver import Run, enquiry, eventually, worker_for
from tests.workflows.gated import Gated
from tests.workflows.team import Team


async def _listed(one: Run, stage: str) -> RunLine:
    """The run as `list` shows it, once it is of that stage."""

    async def look() -> RunLine | None:
        runs = RunList.model_validate_json((await run("list", "--open", "--json", "--limit", "1000")).out).runs
        mine = [each for each in runs if each.enquiry_id == _id(one)]
        return mine[0] if mine and mine[0].stage == stage else None

    return await eventually(look)


async def _nothing_is_open(client: Client) -> None:
    """What other tests left open has no worker, and where the first in the inbox has none, nobody else is asked."""
    async for left in client.list_workflows("ExecutionStatus = 'Running'"):
        await client.get_workflow_handle(left.id).terminate()

    async def look() -> bool | None:
        return not [each async for each in client.list_workflows("ExecutionStatus = 'Running'")] or None

    await eventually(look)


async def _in_the_inbox(one: Run) -> InboxLine | None:
    """The run with its reviews, which a busy worker may be slow to tell."""
    waiting = Inbox.model_validate_json((await run("inbox", "--json", "--limit", "1000")).out).waiting
    return next((each for each in waiting if each.enquiry_id == _id(one) and each.reviews), None)


def _id(one: Run) -> str:
    return one.handle.id.removeprefix("enquiry/")


async def test_a_paused_enquiry_is_shown_as_that_everywhere_and_can_be_answered(
    connected: Path, client: Client
) -> None:
    await sa.ensure(client)
    await _nothing_is_open(client)
    async with enquiry(client, search_attributes=await sa.existing(client)) as one:
        await one.open_review()
        said = await run("pause", one.handle.id, "--reason", "stocktaking")
        assert said.code == 0
        assert f"{_id(one)} is paused, by nomsa since " in said.out
        assert f"uv run starter.py resume {_id(one)}" in said.out
        listed = await _listed(one, "paused")
        assert (listed.waiting_on, listed.due, listed.overdue) == ("review", None, False)
        mine = await eventually(lambda: _in_the_inbox(one))
        assert (mine.stage, mine.reviews[0].paused_since is not None) == ("paused", True)
        assert "paused" in (await run("inbox", "--limit", "1000")).out
        status = await run("status", one.handle.id)
        assert "Paused · waits for a review (resolution) · by nomsa " in status.out
        assert "stocktaking" in status.out
        assert RunStatus.model_validate_json((await run("status", _id(one), "--json")).out).paused
        assert "counted from when the enquiry goes on" in (await run("review", one.handle.id)).out
        answered = await run("approve", one.handle.id)
        assert (answered.code, "Accepted" in answered.out) == (0, True)
        assert "paused" in answered.err
        said = await run("resume", one.handle.id)
        assert (said.code, said.err, "goes on" in said.out) == (0, "", True)
        assert (await one.result()).outcome == "answered"
        record = (await run("record", one.handle.id)).out
    assert "paused by nomsa: stocktaking" in record
    assert "resumed by nomsa, after " in record


async def test_pausing_and_resuming_twice_say_what_is(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        for _ in range(2):
            assert "is paused, by nomsa" in (await run("pause", one.handle.id)).out
        for _ in range(2):
            assert "goes on" in (await run("resume", one.handle.id)).out
        assert (await one.record()).refused_count == 2
        await one.decide("reject")
        await one.result()


async def test_what_has_ended_or_is_ending_says_so(connected: Path, client: Client) -> None:
    team = Gated(lambda step, _: step == "archive_record")
    async with enquiry(client, team, attempt_s=60) as one:
        await one.decide("reject")
        await team.reached.wait()
        said = await run("pause", one.handle.id)
        assert (said.code, said.complaint) == (1, f"{_id(one)} is ending: there is nothing left to pause.")
        team.gate.set()
        await one.result()
        for word in ("pause", "resume"):
            said = await run(word, one.handle.id)
            assert (said.code, said.complaint) == (1, f"{_id(one)} has ended (completed): there is nothing to {word}.")
    assert (await run("pause", "INQ-nobody-knows")).code == 1


@pytest.mark.parametrize("words", [("pause",), ("resume",), ("pause", "INQ-1", "--all"), ("resume", "INQ-1", "--all")])
async def test_one_is_named_or_all_are_meant(connected: Path, words: tuple[str, ...]) -> None:
    said = await run(*words)
    assert (said.code, said.complaint) == (1, f"Name one enquiry to {words[0]}, or give --all.")


async def test_without_a_worker_a_pause_is_delivered_and_taken_by_the_next_one(connected: Path, client: Client) -> None:
    async with enquiry(client, working=False) as one:
        said = await run("pause", one.handle.id)
        assert (said.code, said.complaint.startswith("Delivered, not yet taken")) == (3, True)
        async with worker_for(client, one.team, one.queue):
            await one.stands_still()
            assert one.team.steps == []
            assert (await run("resume", one.handle.id)).code == 0
            await one.decide("reject")
            await one.result()


async def test_all_that_are_open_are_paused_and_go_on_and_it_says_how_many(connected: Path, client: Client) -> None:
    await sa.ensure(client)
    await _nothing_is_open(client)
    known = await sa.existing(client)
    async with enquiry(client, search_attributes=known) as one, enquiry(client, search_attributes=known) as two:
        for each in (one, two):
            await each.open_review()
            await _listed(each, "waiting for a review")
        shadow = await client.start_workflow(
            "ShadowWorkflow", id=f"shadow/{_id(one)}", task_queue=f"nobody-{uuid4().hex}"
        )
        kinds = "WorkflowType IN ('EnquiryWorkflow', 'GoalWorkflow', 'ShadowWorkflow')"

        async def listed() -> list[str] | None:
            running = client.list_workflows(f"{kinds} AND ExecutionStatus = 'Running'")
            found = [each.id async for each in running]
            return found if shadow.id in found else None

        open_now = await eventually(listed)
        said = await run("pause", "--all", "--reason", "stocktaking")
        assert said.code == 0
        assert f"{len(open_now)} open runs are paused." in said.out
        assert "What is handed in from now on starts as usual." in said.err
        assert [(await each.stands_still()).reason for each in (one, two)] == ["stocktaking", "stocktaking"]
        said = await run("resume", "--all")
        assert f"{len(open_now)} open runs are told to go on." in said.out
        for each in (one, two):
            assert (await each.status()).paused is None
            await each.decide("reject")
            await each.result()
        events = [event async for event in shadow.fetch_history_events()]
        signals = [event.workflow_execution_signaled_event_attributes.signal_name for event in events]
        assert [each for each in signals if each] == ["pause", "resume"]
        await shadow.terminate()


async def test_a_cancelled_enquiry_says_who_ended_it_and_why(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        said = await run("cancel", one.handle.id, "--reason", "a duplicate")
        assert (said.code, said.err, "has ended (cancelled)" in said.out) == (0, "", True)
        assert "Cancelled by the operator: nomsa: a duplicate" in (await run("record", one.handle.id)).out


async def test_a_cancelled_enquiry_that_has_not_ended_yet_says_what_it_finishes(
    connected: Path, client: Client
) -> None:
    team = Gated(lambda step, _: step == "cancel_order")
    async with enquiry(client, team, attempt_s=60) as one:
        await one.decide("approve")
        await team.reached.wait()
        for _ in range(2):
            said = await run("cancel", one.handle.id)
            assert said.code == 3
            assert "It finishes first: Cancel the order" in said.complaint
        team.gate.set()

        async def ended() -> bool | None:
            return (await one.handle.describe()).status is WorkflowExecutionStatus.CANCELED or None

        await eventually(ended)


async def test_an_enquiry_that_went_on_in_a_new_history_is_listed_once_and_as_old_as_it_is(
    connected: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASK_QUEUE", "long-queue")
    monkeypatch.setattr(starting, "EnquiryStart", partial(EnquiryStart, continue_after_steps=3))
    said = await run("start", "enquiry", "--text", "Cancel #1 please", "--from", "t@mail.example", "--json")
    started = Started.model_validate_json(said.out)
    handle = client.get_workflow_handle(started.workflow_id)
    first = (await handle.describe()).start_time
    async with worker_for(client, Team(), "long-queue"):

        async def waits() -> RunLine | None:
            runs = RunList.model_validate_json((await run("list", "--json", "--limit", "1000")).out).runs
            (mine,) = [each for each in runs if each.enquiry_id == started.enquiry_id]
            return mine if mine.waiting_on == "review" else None

        mine = await eventually(waits)
        assert mine.started_at is not None
        assert mine.started_at <= first < (await handle.describe()).start_time
        shown = await run("review", started.enquiry_id)
        assert "Cancel #1 please" in shown.out
        record = json.loads((await run("record", started.enquiry_id, "--json")).out)
        assert [line["kind"] for line in record["record"]].count("received") == 1
    await handle.terminate()

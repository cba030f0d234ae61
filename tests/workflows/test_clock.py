"""What a run does next never hangs on the clock.

A query that waited while no worker was up can reach the new worker before the workflow task does. The SDK then goes
through what has happened since with the time of the task before, and keeps the run so: what was decided by the clock
would be decided otherwise at the next replay, and the run be stuck.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner

from baton.contracts.enquiry import EnquiryOptions
from baton.temporal import search_attributes as sa
from baton.temporal.converter import data_converter
from baton.temporal.interceptors import SignalGuard
from baton.temporal.worker_options import workflow_runner
from workflows.enquiry import EnquiryWorkflow

from .driver import Run, enquiry, eventually
from .team import NOBODY, Team

A_MOMENT_H = 0.3 / 3600


async def assert_it_replays_with_the_clock_standing_still(run: Run, runner: WorkflowRunner | None = None) -> None:
    """The run's history, where every workflow task says the time of the first."""
    told: dict[str, Any] = json.loads((await run.handle.fetch_history()).to_json())
    tasks = [event for event in told["events"] if event["eventType"] == "EVENT_TYPE_WORKFLOW_TASK_STARTED"]
    for event in tasks:
        event["eventTime"] = tasks[0]["eventTime"]
    replayer = Replayer(
        workflows=[EnquiryWorkflow],
        data_converter=data_converter(),
        interceptors=[SignalGuard()],
        workflow_runner=runner or workflow_runner(),
    )
    still = WorkflowHistory.from_json(run.handle.id, json.dumps(told))
    outcome = await replayer.replay_workflow(still, raise_on_replay_failure=False)
    assert outcome.replay_failure is None, outcome.replay_failure


async def test_which_stages_lists_show_does_not_hang_on_the_clock(client: Client) -> None:
    async with enquiry(client, search_attributes=await sa.existing(client), stages_apart_s=0.001) as run:
        await run.open_review()
        await run.decide("approve")
        await run.result()
        await assert_it_replays_with_the_clock_standing_still(run)


async def test_a_review_whose_timer_went_off_starts_no_second_one_whatever_the_clock_says(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with enquiry(client, options=EnquiryOptions(review_due_hours=A_MOMENT_H)) as run:
        await eventually(lambda: _noted(run, "overdue"))
        await run.decide("approve")
        await run.result()
        timed: list[bool] = []
        wait_condition = workflow.wait_condition

        async def watched(fn: Callable[[], bool], **how: Any) -> None:
            if how.get("timeout_summary", "").startswith("Due:"):
                timed.append(how["timeout"] is not None)
            await wait_condition(fn, **how)

        monkeypatch.setattr(workflow, "wait_condition", watched)
        await assert_it_replays_with_the_clock_standing_still(run, UnsandboxedWorkflowRunner())
    assert timed == [True, False]


async def test_a_customer_who_did_not_answer_in_time_does_not_hang_on_the_clock(client: Client) -> None:
    options = EnquiryOptions(ask_customer="auto", reply_deadline_hours=A_MOMENT_H)
    async with enquiry(client, Team(find_customer=NOBODY), options=options) as run:
        await run.open_review()
        await run.decide("reject")
        await run.result()
        await assert_it_replays_with_the_clock_standing_still(run)


async def _noted(run: Run, kind: str) -> bool | None:
    return any(line.kind == kind for line in (await run.record()).record) or None

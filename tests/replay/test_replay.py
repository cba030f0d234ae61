"""Runs that wait today must go on with the code of tomorrow."""

import json
import re
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from baton.temporal.replaying import replay_failure
from workflows.enquiry import EnquiryWorkflow
from workflows.goal import GoalWorkflow
from workflows.late_log import LateLogWorkflow

from .goal_stages import GOAL_STAGES
from .make_histories import GOAL_HISTORIES, HISTORIES
from .stages import STAGES

HOW_TO_MEND = (
    "This change breaks runs that are waiting now. Before 1.0: write the histories anew with "
    "`uv run python -m tests.replay.make_histories` in the same commit, and say so in CHANGELOG.md."
)


@pytest.mark.parametrize("stage", [stage.name for stage in STAGES])
async def test_a_run_that_waits_goes_on_under_this_code(stage: str) -> None:
    history = WorkflowHistory.from_json(f"enquiry/{stage}", _path(stage).read_text(encoding="utf-8"))
    failure = await replay_failure(history, EnquiryWorkflow)
    assert failure is None, f"{HOW_TO_MEND}\n{failure}"


@pytest.mark.parametrize("way", sorted(path.stem for path in GOAL_HISTORIES.glob("*.json")))
async def test_a_goal_goes_on_under_this_code(way: str) -> None:
    text = (GOAL_HISTORIES / f"{way}.json").read_text(encoding="utf-8")
    failure = await replay_failure(WorkflowHistory.from_json(f"goal/{way}", text), GoalWorkflow)
    assert failure is None, f"{HOW_TO_MEND}\n{failure}"


@pytest.mark.parametrize("step", ["change_address", "send_reply", "log_outcome"])
async def test_a_run_that_went_on_without_reading_a_reply_goes_on_as_it_did(step: str) -> None:
    """Written by the code before: make_histories cannot write these anew."""
    text = (HISTORIES.parent / "before" / f"reply_during_{step}.json").read_text(encoding="utf-8")
    assert await replay_failure(WorkflowHistory.from_json("enquiry/before", text), EnquiryWorkflow) is None


async def test_a_late_entry_that_was_in_flight_before_anybody_was_asked_goes_on() -> None:
    text = Path(__file__).with_name("late_log_in_flight.json").read_text(encoding="utf-8")
    assert await replay_failure(WorkflowHistory.from_json("log/INQ-1", text), LateLogWorkflow) is None


async def test_the_replayer_sees_a_break() -> None:
    text = _path("answered").read_text(encoding="utf-8").replace('"read_enquiry"', '"read_something_else"')
    assert await replay_failure(WorkflowHistory.from_json("enquiry/broken", text), EnquiryWorkflow) is not None


@pytest.mark.parametrize(
    "history", sorted([*HISTORIES.glob("*.json"), *GOAL_HISTORIES.glob("*.json")]), ids=lambda path: path.stem
)
def test_every_activity_and_every_timer_says_in_words_what_it_is(history: Path) -> None:
    events = json.loads(history.read_text(encoding="utf-8"))["events"]
    told = [event for event in events if event["eventType"].endswith(("ACTIVITY_TASK_SCHEDULED", "TIMER_STARTED"))]
    assert told
    assert [event["eventId"] for event in told if not event.get("userMetadata", {}).get("summary")] == []


def test_there_is_a_history_for_each_stage_and_no_other() -> None:
    assert {path.stem for path in HISTORIES.glob("*.json")} == {stage.name for stage in STAGES}


def test_there_is_a_history_for_each_way_that_goals_go_and_no_other() -> None:
    written = {re.sub(r"_\d+$", "", path.stem) for path in GOAL_HISTORIES.glob("*.json")}
    assert written == {stage.name for stage in GOAL_STAGES}
    kinds = {path.stem: json.loads(path.read_text(encoding="utf-8"))["events"][-1]["eventType"]
             for path in GOAL_HISTORIES.glob("continued_*.json")}  # fmt: skip
    assert len(kinds) > 1
    assert [kind.endswith("CONTINUED_AS_NEW") for _, kind in sorted(kinds.items())] == [True] * (len(kinds) - 1) + [
        False
    ]


def _path(stage: str) -> Path:
    return HISTORIES / f"{stage}.json"

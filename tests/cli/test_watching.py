"""What is told of a run in a pipe: each step once, and each failed attempt of that very step."""

from typing import cast

import pytest
from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.failure.v1 import Failure, TimeoutFailureInfo

from baton.cli.runs import Runs, reason_of
from baton.cli.shapes import Retry
from baton.cli.watching import Follower
from baton.contracts.enquiry import EnquiryResult
from baton.contracts.record import RunStatus, StepStatus, WaitingFor

RESULT = EnquiryResult(enquiry_id="INQ-1", outcome="answered", summary="")


class Told:
    """A run that stands, at each question, where a test says; a step that fails is told of while it runs."""

    def __init__(self, *statuses: RunStatus, failing: str) -> None:
        self._statuses = list(statuses)
        self._failing = failing
        self._running: set[str] = set()

    async def status(self, enquiry_id: str) -> RunStatus:
        status = self._statuses.pop(0)
        self._running = {step.step for step in status.steps if step.state == "running"}
        return status

    async def retries(self, enquiry_id: str) -> list[Retry]:
        return (
            [Retry(capability=self._failing, attempt=2, reason="went wrong")] if self._failing in self._running else []
        )


def stands(stage: str, *steps: tuple[str, str], result: EnquiryResult | None = None) -> RunStatus:
    shown = [StepStatus.model_validate({"step": step, "title": step, "state": state}) for step, state in steps]
    return RunStatus(
        enquiry_id="INQ-1", process="enquiry", stage=stage, waiting=WaitingFor(), steps=shown, result=result
    )


async def test_what_went_wrong_with_one_step_is_not_told_of_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    runs = Told(
        stands("acting", ("send_reply", "running")),
        stands("closing", ("send_reply", "done"), ("archive_record", "running")),
        stands("ended: answered", ("send_reply", "done"), ("archive_record", "done"), result=RESULT),
        failing="send_reply",
    )
    await Follower(cast(Runs, runs), "INQ-1").follow()
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "… Send the reply · attempt 2: went wrong",
        "✓ Send the reply",
        "✓ Keep the record",
        "Done and answered.",
    ]


async def test_the_outcome_is_told_last(capsys: pytest.CaptureFixture[str]) -> None:
    runs = Told(
        stands("closing", ("archive_record", "running"), result=RESULT),
        stands("ended: answered", ("archive_record", "done"), result=RESULT),
        failing="nothing",
    )
    await Follower(cast(Runs, runs), "INQ-1").follow()
    assert capsys.readouterr().out.splitlines() == ["✓ Keep the record", "Done and answered."]


def test_of_an_attempt_whose_worker_died_it_is_told_in_words() -> None:
    lost = TimeoutFailureInfo(timeout_type=TimeoutType.TIMEOUT_TYPE_HEARTBEAT)
    died = Failure(message="activity Heartbeat timeout", timeout_failure_info=lost)
    assert reason_of(died) == "its worker stopped or was cut off while it worked"
    assert reason_of(Failure(message="order system: GET /orders answered 503\nmore")) == (
        "order system: GET /orders answered 503"
    )
    assert reason_of(Failure()) == "it failed"

"""A replay says whether a history leads the same way again, and nothing about the machine."""

import time
from pathlib import Path
from typing import Any

from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from baton.temporal.replaying import replay_failure
from workflows.late_log import LateLogWorkflow

HISTORY = Path(__file__).parents[1] / "replay" / "late_log_in_flight.json"
BUSY_S = 2.5
"""Longer than the SDK gives a workflow task."""


class Slow(WorkflowInboundInterceptor):
    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        with workflow.unsafe.sandbox_unrestricted():
            time.sleep(BUSY_S)  # noqa: ASYNC251  # the busy machine
        return await super().execute_workflow(input)


class SlowRuns(Interceptor):
    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        return Slow


async def test_a_busy_machine_is_no_failure_of_the_history() -> None:
    history = WorkflowHistory.from_json("log/INQ-1", HISTORY.read_text(encoding="utf-8"))
    began = time.monotonic()
    assert await replay_failure(history, LateLogWorkflow, more=(SlowRuns(),)) is None
    assert time.monotonic() - began > BUSY_S

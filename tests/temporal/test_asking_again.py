"""What our clients ask again, and what not."""

from typing import Any, cast

import pytest
from temporalio.client import OutboundInterceptor, QueryWorkflowInput, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from baton.temporal.asking_again import AskingAgain


class Answers(OutboundInterceptor):
    """A server that gives these answers, one a query."""

    def __init__(self, *answers: Exception | str) -> None:
        self._answers = list(answers)

    async def query_workflow(self, input: QueryWorkflowInput) -> Any:
        """The next."""
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


A_QUERY = cast(QueryWorkflowInput, None)


async def test_a_run_whose_task_has_just_failed_is_asked_again() -> None:
    failed = RPCError(
        "Unable to query workflow due to Workflow Task in failed state.", RPCStatusCode.FAILED_PRECONDITION, b""
    )
    client = AskingAgain().intercept_client(Answers(failed, failed, "here"))
    assert await client.query_workflow(A_QUERY) == "here"


async def test_a_worker_that_took_too_long_is_asked_again() -> None:
    slow = WorkflowQueryFailedError(
        "[TMPRL1101] Potential deadlock detected: workflow didn't yield within 2 second(s)."
    )
    client = AskingAgain().intercept_client(Answers(slow, "here"))
    assert await client.query_workflow(A_QUERY) == "here"


async def test_what_a_run_refuses_is_asked_once() -> None:
    client = AskingAgain().intercept_client(Answers(WorkflowQueryFailedError("no such query"), "too late"))
    with pytest.raises(WorkflowQueryFailedError, match="no such query"):
        await client.query_workflow(A_QUERY)


async def test_a_run_that_is_not_there_is_asked_once() -> None:
    client = AskingAgain().intercept_client(Answers(RPCError("not found", RPCStatusCode.NOT_FOUND, b""), "too late"))
    with pytest.raises(RPCError, match="not found"):
        await client.query_workflow(A_QUERY)

"""Queries that a worker cannot answer yet are asked again, for every client of ours."""

import asyncio
from dataclasses import replace
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.client import (
    DescribeWorkflowInput,
    Interceptor,
    OutboundInterceptor,
    QueryWorkflowInput,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

NOT_YET = "the run is still catching up with what happened: ask again"
"""What a worker answers to a query that came before the run's own task: see `catching_up`."""

TOO_BUSY = "[TMPRL1101]"
"""The SDK's mark for a task of more than two seconds: it believes in a deadlock where a worker has much to do."""

RUN_IS_OVER = "baton-run-is-over"
"""A query's header: the run has ended, and no task will come that an answer could harm."""

TIMES = 20
PAUSE_S = 0.1


class AskingAgain(Interceptor):
    """Asks until the run has caught up, a few times: its task is on the way already, if it has not ended.

    Also where the task failed (a worker that is very busy fails one now and then): the server gives it again at once.
    And where a busy worker failed the query itself for the time that it took.
    """

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """Look at what queries are answered."""
        return _Queries(next)


class _Queries(OutboundInterceptor):
    async def query_workflow(self, input: QueryWorkflowInput) -> Any:
        for _ in range(TIMES):
            try:
                return await super().query_workflow(input)
            except WorkflowQueryFailedError as refused:
                if NOT_YET in str(refused):
                    if await self._is_over(input):
                        input = replace(input, headers={**input.headers, RUN_IS_OVER: Payload()})
                elif TOO_BUSY not in str(refused):
                    raise
            except RPCError as failed:
                if failed.status is not RPCStatusCode.FAILED_PRECONDITION:
                    raise
            await asyncio.sleep(PAUSE_S)
        return await super().query_workflow(input)

    async def _is_over(self, input: QueryWorkflowInput) -> bool:
        described = await super().describe_workflow(
            DescribeWorkflowInput(
                id=input.id, run_id=input.run_id, rpc_metadata=input.rpc_metadata, rpc_timeout=input.rpc_timeout
            )
        )
        return described.status is not WorkflowExecutionStatus.RUNNING

"""Queries that a worker cannot answer yet are asked again, for every client of ours."""

import asyncio
from typing import Any

from temporalio.client import Interceptor, OutboundInterceptor, QueryWorkflowInput, WorkflowQueryFailedError

NOT_YET = "the run is still catching up with what happened: ask again"
"""What a worker answers to a query that came before the run's own task: see `catching_up`."""

TIMES = 20
PAUSE_S = 0.1


class AskingAgain(Interceptor):
    """Asks until the run has caught up, a few times: its task is on the way already."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """Look at what queries are answered."""
        return _Queries(next)


class _Queries(OutboundInterceptor):
    async def query_workflow(self, input: QueryWorkflowInput) -> Any:
        for _ in range(TIMES):
            try:
                return await super().query_workflow(input)
            except WorkflowQueryFailedError as refused:
                if NOT_YET not in str(refused):
                    raise
            await asyncio.sleep(PAUSE_S)
        return await super().query_workflow(input)

"""What the Temporal UI shows of a run in words is written when somebody looks.

Written at each step it would be as long as the run so far, and a long run would spend more on it than on its steps.
"""

from typing import Any, Protocol, runtime_checkable

from temporalio import workflow
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.worker import (
    HandleQueryInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)


@runtime_checkable
class TellsDetails(Protocol):
    """A workflow that says in Markdown where it stands."""

    def current_details(self) -> str:
        """The text under *Current Details*; must not change the run."""
        ...


class Details(Interceptor):
    """Worker interceptor: a run is asked for its details by the query that shows them."""

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        """What stands between the query and one workflow."""
        return _DetailsWhenAsked


class _DetailsWhenAsked(WorkflowInboundInterceptor):
    async def handle_query(self, input: HandleQueryInput) -> Any:
        answer = await self.next.handle_query(input)
        running = workflow.instance()
        if isinstance(answer, WorkflowMetadata) and isinstance(running, TellsDetails):
            answer.current_details = running.current_details()
        return answer

"""Keeps a bad signal from harming a run: its sender saw success, so the run must survive it and tell of it."""

from typing import Protocol, runtime_checkable

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception
from temporalio.worker import (
    HandleSignalInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

_REASON_LIMIT = 300  # characters; the reason is kept in the run's state, which every query carries


@runtime_checkable
class RecordsRefusals(Protocol):
    """A workflow that keeps a note of each signal which could not be taken."""

    def signal_refused(self, name: str, reason: str) -> None:
        """Note that the signal `name` was refused, and why; must not raise."""
        ...


class SignalGuard(Interceptor):
    """Worker interceptor: whatever a signal handler raises is told to the workflow and goes no further.

    Without it a plain exception, a missing argument or one too many puts the workflow task into a loop that no later
    signal ends, and an ApplicationError fails the whole run.
    """

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        """The guard around one workflow's handlers."""
        return _GuardedSignals


class _GuardedSignals(WorkflowInboundInterceptor):
    async def handle_signal(self, input: HandleSignalInput) -> None:
        try:
            await self.next.handle_signal(input)
        except Exception as problem:
            if is_cancelled_exception(problem):
                raise  # the run is being cancelled, and must be
            _tell(input.signal, refusal(problem))


def refusal(problem: Exception) -> str:
    """Why a signal was refused, in one line, without the values that it carried."""
    if isinstance(problem, ValidationError):
        found = [
            f"{'.'.join(str(part) for part in error['loc']) or 'value'}: {error['msg']}"
            for error in problem.errors(include_input=False, include_url=False, include_context=False)
        ]
        return "; ".join(found)[:_REASON_LIMIT]
    if isinstance(problem, TypeError) and "positional argument" in str(problem):
        return f"wrong number of arguments: {problem}"[:_REASON_LIMIT]
    lines = str(problem).strip().splitlines()
    return f"{type(problem).__name__}: {lines[0] if lines else 'no text'}"[:_REASON_LIMIT]


def _tell(name: str, reason: str) -> None:
    running = workflow.instance()
    if not isinstance(running, RecordsRefusals):
        workflow.logger.warning("Signal %s was refused, and this workflow keeps no note of refusals", name)
        return
    try:
        running.signal_refused(name, reason)
    except Exception:
        # Going on raising would put the run into the very loop that this guard prevents.
        workflow.logger.exception("Signal %s was refused, and noting it failed", name)

"""A query never makes a run go ahead of its workflow task.

A query that waited, while no worker was up or all were busy, can reach one that does not have the run at hand before
the task does. The SDK then goes through what has happened since by the clock of the task before, keeps the run so, and
answers the task with the commands that came of it. Where the next replay, with the task's own clock and all of its
signals together, comes to others, the run is stuck for good (seen with temporalio 1.35; temporalio/sdk-python#1591 is
of the same kind).
"""

from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import Info

from .asking_again import NOT_YET


class CatchingUp(SandboxedWorkflowRunner):
    """The sandbox, for runs that do nothing ahead of their task: the query fails, and the worker forgets the run."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A run of which each activation is looked at first."""
        return _Watched(super().create_instance(det))


class _Watched(WorkflowInstance):
    def __init__(self, run: WorkflowInstance) -> None:
        self._run = run
        self._task_at: tuple[int, int] | None = None
        self._events = 0

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        if self._goes_ahead(act):
            refused = WorkflowActivationCompletion(run_id=act.run_id)
            refused.failed.failure.message = NOT_YET
            return refused
        return self._run.activate(act)

    def _goes_ahead(self, act: WorkflowActivation) -> bool:
        """Whether there are more events, and yet it is no later: each task begins with an event that tells the time."""
        if all(job.HasField("query_workflow") or job.HasField("remove_from_cache") for job in act.jobs):
            return False
        task_at = (act.timestamp.seconds, act.timestamp.nanos)
        ahead = not act.is_replaying and task_at == self._task_at and act.history_length > self._events
        self._task_at, self._events = task_at, act.history_length
        return ahead

    # What is asked of it goes on to the run; the type of `command_info` is the SDK's own.

    def get_serialization_context(self, command_info: Any) -> SerializationContext | None:
        return self._run.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:
        return self._run.get_external_store_context(command_info)

    def get_info(self) -> Info:
        return self._run.get_info()

    def get_thread_id(self) -> int | None:
        return self._run.get_thread_id()

"""A query never makes a run go ahead of its workflow task.

A query that waited, while no worker was up or all were busy, can reach one that does not have the run at hand before
the task does. The SDK then goes through what has happened since by the clock of an earlier task, keeps the run so, and
answers the task, when it comes, with the commands that came of it. Where the next replay, with the task's own clock and
all of its signals together, comes to others, the run is stuck for good (seen with temporalio 1.35; sdk-python#1591 is
of the same kind). And people would see what has not happened: a review that opens later, so that a decision on it comes
too early. So such a query fails, and the SDK forgets the run and reads it anew.

And no two threads work on a run. One that takes two seconds for a task is interrupted, and the run forgotten by
another. Where the interruption comes to nothing, as in a callback of the garbage collector, the SDK means to wait for
the first (sdk-python#806), but waits for a future that `asyncio.wait_for` has cancelled: some of the run's tasks
remain, it cannot be forgotten, and stands still for as long as the worker lives (seen with temporalio 1.35).
"""

from threading import Lock
from typing import Any

from temporalio.api.enums.v1 import CommandType
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import (
    SerializationContext,
    StorageDriverStoreContext,
    StorageDriverWorkflowInfo,
    WorkflowSerializationContext,
)
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import Info

from .asking_again import NOT_YET, RUN_IS_OVER

_QUERY_OF_ITS_OWN = "legacy_query"
"""The id that the SDK gives a query that came by itself, not along with a task."""


class CatchingUp(SandboxedWorkflowRunner):
    """The sandbox, for runs that do nothing ahead of their task: the query fails, and the worker forgets the run."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A run of which each activation is looked at first."""
        return Watched(super().create_instance(det))


class Watched(WorkflowInstance):
    """A run, and whether what it has done may be ahead of its tasks."""

    def __init__(self, run: WorkflowInstance) -> None:
        self._run = run
        self._at_work = Lock()
        self._replayed = False
        self._task: tuple[int, int, int] | None = None
        self._events = 0
        self._may_be_ahead = False

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """What the run makes of it. A query that may have made it go ahead is refused, and with it the run forgotten.

        A run that is over has no further task that could suffer; our clients say so: see `asking_again`.
        One at a time, see above.
        """
        with self._at_work:
            return self._activated(act)

    def _activated(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        queries = [job.query_workflow for job in act.jobs if job.HasField("query_workflow")]
        if not queries:
            self._look_at(act)
        elif self._may_be_ahead and any(
            query.query_id == _QUERY_OF_ITS_OWN and RUN_IS_OVER not in query.headers for query in queries
        ):
            refused = WorkflowActivationCompletion(run_id=act.run_id)
            refused.failed.failure.message = NOT_YET
            return refused
        return self._run.activate(act)

    def _look_at(self, act: WorkflowActivation) -> None:
        """Each task tells its time and how large the history was: what has neither anew came without a task.

        Not the time alone: it stands still while a server's clock that was put back catches up. The first that a run
        does after a replay may be by the time of a task that is over: nobody can tell. It is replayed when it is read
        anew, and also from where it was, in a worker that had it once and comes back from standing still.
        """
        if act.is_replaying:
            self._replayed, self._task = True, None
            return
        task = (act.timestamp.seconds, act.timestamp.nanos, act.history_size_bytes)
        if self._task is None:
            self._may_be_ahead = self._replayed
        elif task != self._task:
            self._may_be_ahead = False
        elif act.history_length > self._events:
            self._may_be_ahead = True
        self._task, self._events = task, act.history_length

    # The SDK asks for each payload's context, two times and more, and the sandbox answers by running code: a tenth of
    # what a worker computed. What is the run's own, or one of its steps', needs no sandbox; a step is told its run's
    # context, because none of our converters reads it. The type of `command_info` is the SDK's own.

    def get_serialization_context(self, command_info: Any) -> SerializationContext | None:
        """See WorkflowInstance."""
        if not _is_its_own(command_info):
            return self._run.get_serialization_context(command_info)
        info = self.get_info()
        return WorkflowSerializationContext(namespace=info.namespace, workflow_id=info.workflow_id)

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:
        """See WorkflowInstance."""
        if not _is_its_own(command_info):
            return self._run.get_external_store_context(command_info)
        info = self.get_info()
        return StorageDriverStoreContext(
            StorageDriverWorkflowInfo(
                id=info.workflow_id, run_id=info.run_id, type=info.workflow_type, namespace=info.namespace
            )
        )

    def get_info(self) -> Info:
        """See WorkflowInstance."""
        return self._run.get_info()

    def get_thread_id(self) -> int | None:
        """See WorkflowInstance."""
        return self._run.get_thread_id()


def _is_its_own(command_info: Any) -> bool:
    return command_info is None or command_info.command_type == CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK

"""A query that came before a run's own task leaves nothing behind in the worker that answered it.

A query that waited, while no worker was up or all were busy, can reach one that does not have the run at hand before
the task does. The SDK then goes through what has happened since by the clock of an earlier task, keeps the run so, and
answers the task, when it comes, with the commands that came of it. Where the next replay, with the task's own clock and
all of its signals together, comes to others, the run is stuck for good (seen with temporalio 1.35; sdk-python#1591 is
of the same kind). So such a run is forgotten once the query is answered, and read anew from its history.
"""

from collections.abc import Awaitable, Callable, Sequence
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
from temporalio.plugin import SimplePlugin
from temporalio.worker import Worker, WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.workflow import Info

Forget = Callable[[str], None]

_QUERY_OF_ITS_OWN = "legacy_query"
"""The id that the SDK gives a query that came by itself, not along with a task."""


class CatchingUp(SimplePlugin):
    """A worker's plugin: it looks at what runs are handed, and has the SDK forget those that went ahead."""

    def __init__(self) -> None:
        super().__init__("baton.catching-up", workflow_runner=self._watching)
        self._worker: Worker | None = None

    async def run_worker(self, worker: Worker, next: Callable[[Worker], Awaitable[None]]) -> None:
        """Know the worker while it works."""
        self._worker = worker
        await super().run_worker(worker, next)

    def _watching(self, runner: WorkflowRunner | None) -> WorkflowRunner:
        assert runner is not None
        return _Watching(runner, self._forget)

    def _forget(self, run_id: str) -> None:
        assert self._worker is not None
        # There is no public way. The core answers the query first, and then lets go of the run.
        bridge = self._worker._bridge_worker
        bridge.request_workflow_eviction(run_id)


class _Watching(WorkflowRunner):
    def __init__(self, runner: WorkflowRunner, forget: Forget) -> None:
        self._runner = runner
        self._forget = forget

    def prepare_workflow(self, defn: Any) -> None:
        self._runner.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return Watched(self._runner.create_instance(det), self._forget)

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        self._runner.set_worker_level_failure_exception_types(types)


class Watched(WorkflowInstance):
    """A run, and whether what it has at hand may be ahead of its tasks."""

    def __init__(self, run: WorkflowInstance, forget: Forget) -> None:
        self._run = run
        self._forget = forget
        self._read_anew: bool | None = None
        self._task: tuple[int, int, int] | None = None
        self._events = 0
        self._may_be_ahead = False

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """What the run makes of it. A run that may be ahead is forgotten right after a query."""
        asked = {job.query_workflow.query_id for job in act.jobs if job.HasField("query_workflow")}
        if not asked:
            self._look_at(act)
        elif _QUERY_OF_ITS_OWN in asked and self._may_be_ahead:
            self._forget(act.run_id)
        return self._run.activate(act)

    def _look_at(self, act: WorkflowActivation) -> None:
        """Each task tells its time and how large the history was: what has neither anew came without a task.

        The first that a run does after it was read anew may be by a task that failed long ago: nobody can tell.
        """
        if self._read_anew is None:
            self._read_anew = act.is_replaying
        if act.is_replaying:
            return
        task = (act.timestamp.seconds, act.timestamp.nanos, act.history_size_bytes)
        if self._task is None:
            self._may_be_ahead = self._read_anew
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

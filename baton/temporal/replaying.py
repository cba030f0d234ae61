"""Whether a history leads the same way again with the code as it is: what a worker does that takes a run up."""

from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.worker import Interceptor, Replayer

from .converter import data_converter
from .interceptors import SignalGuard
from .worker_options import workflow_runner


async def replay_failure(
    history: WorkflowHistory,
    *workflows: type,
    converter: DataConverter | None = None,
    more: tuple[Interceptor, ...] = (),
) -> Exception | None:
    """What stands against it, under a worker's converter, sandbox and guard; `more` interceptors may look on.

    However long it takes (`debug_mode`): after two busy seconds the SDK takes a task for deadlocked. A worker is then
    given it once more, but a replay would have failed.
    """
    replayer = Replayer(
        workflows=list(workflows),
        data_converter=converter or data_converter(),
        interceptors=[SignalGuard(), *more],
        workflow_runner=workflow_runner(),
        debug_mode=True,
    )
    return (await replayer.replay_workflow(history, raise_on_replay_failure=False)).replay_failure

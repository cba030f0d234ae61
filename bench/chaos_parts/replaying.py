"""Whether every run would go on after the next restart: its history must replay to what it did."""

from collections.abc import Sequence

from temporalio.worker import Replayer

from baton.cli.runs import Runs
from baton.temporal.interceptors import SignalGuard
from baton.temporal.worker_options import workflow_runner
from worker import WORKFLOWS

from .shop import Case


async def stuck_at_the_next_restart(cases: Sequence[Case], runs: Runs) -> list[str]:
    """A line for each run whose history does not replay, ended or not."""
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=runs.client.data_converter,
        interceptors=[SignalGuard()],
        workflow_runner=workflow_runner(),
    )
    stuck = []
    for case in cases:
        history = await runs.handle(case.enquiry_id).fetch_history()
        outcome = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        if outcome.replay_failure is not None:
            stuck.append(f"{case.enquiry_id} would be stuck at the next restart: {outcome.replay_failure!r}"[:400])
    return stuck

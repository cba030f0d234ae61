"""Whether every run would go on after the next restart: its history must replay to what it did."""

from collections.abc import Sequence

from baton.cli.runs import Runs
from baton.temporal.replaying import replay_failure
from worker import WORKFLOWS

from .shop import Case


async def stuck_at_the_next_restart(cases: Sequence[Case], runs: Runs) -> list[str]:
    """A line for each run whose history does not replay, ended or not."""
    stuck = []
    for case in cases:
        history = await runs.handle(case.enquiry_id).fetch_history()
        failure = await replay_failure(history, *WORKFLOWS, converter=runs.client.data_converter)
        if failure is not None:
            stuck.append(f"{case.enquiry_id} would be stuck at the next restart: {failure!r}"[:400])
    return stuck

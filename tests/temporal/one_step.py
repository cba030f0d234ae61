"""A process of one step, in a file of its own: the sandbox loads a run's file anew, and a test's own takes a second."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

SOON_AGAIN = RetryPolicy(initial_interval=timedelta(seconds=0.1), backoff_coefficient=1)


@workflow.defn
class OneStepWorkflow:
    """One step with this heartbeat timeout, in seconds; 0: without."""

    @workflow.run
    async def run(self, heartbeat_s: float) -> str:
        """What the step says."""
        said: str = await workflow.execute_activity(
            "step",
            result_type=str,
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=timedelta(seconds=heartbeat_s) if heartbeat_s else None,
            retry_policy=SOON_AGAIN,
        )
        return said

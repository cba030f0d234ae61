"""An entry that the CRM did not take in time, tried again for a month without holding up its enquiry."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.enquiry import LogOutcome
    from baton.contracts.record import StepAnswer


@workflow.defn(name=names.LATE_LOG_WORKFLOW)
class LateLogWorkflow:
    """Logs one outcome once the CRM answers."""

    @workflow.run
    async def run(self, entry: LogOutcome) -> StepAnswer:
        """The CRM's receipt."""
        answer: StepAnswer = await workflow.execute_activity(
            names.LOG_OUTCOME.name,
            entry,
            result_type=StepAnswer,
            start_to_close_timeout=timedelta(seconds=45),
            schedule_to_close_timeout=timedelta(days=30),
            retry_policy=RetryPolicy(
                initial_interval=timedelta(seconds=30), maximum_interval=timedelta(minutes=30), maximum_attempts=2000
            ),
            summary=f"Log the outcome of {entry.entry.enquiry_id}",
        )
        return answer

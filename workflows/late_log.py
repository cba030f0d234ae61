"""An entry that the CRM did not take in time, tried again for a month without holding up its enquiry."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.record import LateLog, StepAnswer


HALF_AN_HOUR = timedelta(minutes=30)
A_MONTH_OF_THEM = 1_440


@workflow.defn(name=names.LATE_LOG_WORKFLOW)
class LateLogWorkflow:
    """Logs one outcome once the CRM answers."""

    @workflow.run
    async def run(self, late: LateLog) -> StepAnswer:
        """The CRM's receipt."""
        answer: StepAnswer = await workflow.execute_activity(
            late.card.name,
            late.outcome,
            result_type=StepAnswer,
            start_to_close_timeout=timedelta(seconds=late.card.attempt_s),
            retry_policy=RetryPolicy(
                initial_interval=timedelta(seconds=30), maximum_interval=HALF_AN_HOUR, maximum_attempts=A_MONTH_OF_THEM
            ),
            summary=f"Log the outcome of {late.outcome.entry.enquiry_id}",
        )
        return answer

"""An entry that the CRM did not take in time, tried again for a month without holding up its enquiry."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.record import LateLog, StepAnswer
    from workflows.attempts import attempts_on


@workflow.defn(name=names.LATE_LOG_WORKFLOW)
class LateLogWorkflow:
    """Logs one outcome once the CRM answers. It has no ladder: its card says a month, and nobody waits for it."""

    @workflow.run
    async def run(self, late: LateLog) -> StepAnswer:
        """The CRM's receipt."""
        answer: StepAnswer = await workflow.execute_activity(
            late.card.name,
            late.outcome,
            result_type=StepAnswer,
            summary=f"Log the outcome of {late.outcome.entry.enquiry_id}",
            **attempts_on(late.card),
        )
        return answer

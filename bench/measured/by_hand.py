"""The enquiry as a good Temporal developer writes it by hand: a straight line of activities, a signal, a query."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from baton.contracts.enquiry import Enquiry, EnquiryResult, LogOutcome, Resolution
    from bench.measured.enquiry import Known, outcome
    from bench.measured.hand_steps import Approval, HandSteps, ToDo

READS = timedelta(seconds=30)
WRITES = timedelta(seconds=45)
RETRIES = RetryPolicy(initial_interval=timedelta(seconds=0.2), maximum_attempts=8)


@workflow.defn
class HandWrittenEnquiry:
    """Read, look up, draft, wait for a yes, act, send, log."""

    def __init__(self) -> None:
        self._draft: Resolution | None = None
        self._approval: Approval | None = None

    @workflow.run
    async def run(self, enquiry: Enquiry) -> EnquiryResult:
        """How the enquiry ended."""
        enquiry_id = enquiry.enquiry_id
        reading = await workflow.execute_activity_method(
            HandSteps.read_message, enquiry.message, start_to_close_timeout=READS, retry_policy=RETRIES
        )
        order, policy = await asyncio.gather(
            workflow.execute_activity_method(
                HandSteps.check_order, reading.order_numbers[0], start_to_close_timeout=READS, retry_policy=RETRIES
            ),
            workflow.execute_activity_method(
                HandSteps.look_up_policy, start_to_close_timeout=READS, retry_policy=RETRIES
            ),
        )
        draft = self._draft = await workflow.execute_activity_method(
            HandSteps.write_draft,
            Known(reading=reading, order=order, policy=policy),
            start_to_close_timeout=READS,
            retry_policy=RETRIES,
        )
        await workflow.wait_condition(lambda: self._approval is not None)
        done = await workflow.execute_activity_method(
            HandSteps.act,
            ToDo(approved=draft, key=f"{enquiry_id}/act"),
            start_to_close_timeout=WRITES,
            retry_policy=RETRIES,
        )
        sent = await workflow.execute_activity_method(
            HandSteps.send,
            ToDo(approved=draft, key=f"{enquiry_id}/send"),
            start_to_close_timeout=WRITES,
            retry_policy=RETRIES,
        )
        logged = await workflow.execute_activity_method(
            HandSteps.log,
            LogOutcome(entry=outcome(enquiry_id, workflow.now()), key=f"{enquiry_id}/log"),
            start_to_close_timeout=WRITES,
            retry_policy=RETRIES,
        )
        return EnquiryResult(
            enquiry_id=enquiry_id,
            outcome="answered",
            summary="cancelled and answered",
            actions_done=[done.statement],
            reply_message_id=sent.message_id,
            log_entry=logged.entry_id,
        )

    @workflow.signal
    def approve(self, approval: Approval) -> None:
        """Take a person's yes."""
        self._approval = approval

    @workflow.query
    def draft(self) -> Resolution | None:
        """What waits for a yes; None before it is written."""
        return self._draft

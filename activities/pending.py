"""What the server alone knows of a step that failed and will be tried again: how its last attempt ended."""

from datetime import UTC

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from baton.contracts import names
from baton.contracts.record import LastAttempt


class Pending:
    """Looks at the run that asks."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn(name=names.LAST_ATTEMPT)
    async def last_attempt(self, step: str) -> LastAttempt:
        """How the last attempt at the step of that activity type ended, and when the next one begins."""
        info = activity.info()
        run = self._client.get_workflow_handle(info.workflow_id or "", run_id=info.workflow_run_id)
        for pending in (await run.describe()).raw_description.pending_activities:
            if pending.activity_type.name != step or not pending.HasField("next_attempt_schedule_time"):
                continue
            failure = await self._client.data_converter.decode_failure(pending.last_failure)
            return LastAttempt(
                not_done=isinstance(failure, ApplicationError) and failure.details[1:2] == (False,),
                next_at=pending.next_attempt_schedule_time.ToDatetime(tzinfo=UTC),
            )
        return LastAttempt()

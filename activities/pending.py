"""What the server alone knows of a step that has not come to its end: how its last attempt ended, and its last word."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC

from temporalio import activity
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from baton.contracts import names
from baton.contracts.asking import calls_in
from baton.contracts.record import CallsSoFar, LastAttempt


class Pending:
    """Looks at the run that asks."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def activities(self) -> list[Callable[[str], Awaitable[LastAttempt | CallsSoFar]]]:
        """Both, for a worker."""
        return [self.last_attempt, self.calls_so_far]

    @activity.defn(name=names.LAST_ATTEMPT)
    async def last_attempt(self, step: str) -> LastAttempt:
        """How the last attempt at the step of that activity type ended, and when the next one begins."""
        for pending in await self._pending():
            if pending.activity_type.name != step or not pending.HasField("next_attempt_schedule_time"):
                continue
            failure = await self._client.data_converter.decode_failure(pending.last_failure)
            return LastAttempt(
                not_done=isinstance(failure, ApplicationError) and failure.details[1:2] == (False,),
                next_at=pending.next_attempt_schedule_time.ToDatetime(tzinfo=UTC),
            )
        return LastAttempt()

    @activity.defn(name=names.CALLS_SO_FAR)
    async def calls_so_far(self, activity_id: str) -> CallsSoFar:
        """The requests to models that this step has answers to, over all its attempts."""
        for pending in await self._pending():
            if pending.activity_id == activity_id and pending.heartbeat_details.payloads:
                return CallsSoFar(
                    calls=calls_in(*await self._client.data_converter.decode_wrapper(pending.heartbeat_details))
                )
        return CallsSoFar()

    async def _pending(self) -> Iterable[PendingActivityInfo]:
        info = activity.info()
        run = self._client.get_workflow_handle(info.workflow_id or "", run_id=info.workflow_run_id)
        return (await run.describe()).raw_description.pending_activities

"""The CRM: contacts and old copies while the order system is down, and the log of what was done."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from baton.contracts import names
from baton.contracts.enquiry import CheckOrder, LogOutcome
from baton.contracts.orders import Order
from baton.contracts.record import LateLog
from baton.contracts.systems import Crm, CrmLogged, NotFound

from .capability import FOR_A_MONTH, READ, RULES, WRITE, capability, card_of


class CrmDesk:
    """Reads from and writes to the CRM."""

    def __init__(self, crm: Crm, client: Client, task_queue: str) -> None:
        self._crm = crm
        self._client = client
        self._task_queue = task_queue

    @capability(agent="CRM (old copy)", retry=READ, attempt_s=30)
    async def last_known_order(self, given: CheckOrder) -> Order:
        """Read the CRM's old copy of an order, marked stale: nothing may be proposed from it."""
        order = await self._crm.last_known_order(given.order_id)
        if order.customer_id != given.customer_id:
            raise NotFound("the order is not one of this customer's")
        return order.model_copy(update={"stale_since": order.stale_since or datetime.now(UTC)})

    @capability(
        agent="CRM",
        effect="idempotent_write",
        retry=WRITE,
        attempt_s=45,
        fallbacks=["log_outcome_later"],
        optional=True,
    )
    async def log_outcome(self, given: LogOutcome) -> CrmLogged:
        """Write the outcome into the customer's history."""
        looked_up = [*given.earlier_keys, given.key] if given.earlier_keys or activity.info().attempt > 1 else []
        for key in looked_up:
            logged = await self._crm.find_logged(key)
            if logged:
                return logged
        return await self._crm.log(given.entry, key=given.key)

    @capability(agent="CRM (later attempts)", effect="idempotent_write", retry=RULES, attempt_s=20)
    async def log_outcome_later(self, given: LogOutcome) -> CrmLogged:
        """Leave the log entry to a run of its own, which tries for a month; the enquiry goes on."""
        run_id = f"log/{given.entry.enquiry_id}"
        with suppress(WorkflowAlreadyStartedError):  # an earlier attempt started it
            await self._client.start_workflow(
                names.LATE_LOG_WORKFLOW,
                LateLog(outcome=given, card=card_of(CrmDesk.log_outcome).model_copy(update={"retry": FOR_A_MONTH})),
                id=run_id,
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                static_summary=f"Log the outcome of {given.entry.enquiry_id} once the CRM answers",
                task_timeout=timedelta(seconds=3),
            )
        return CrmLogged(key=given.key, entry_id=f"later: {run_id}")

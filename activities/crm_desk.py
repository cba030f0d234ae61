"""The CRM: contacts and old copies while the order system is down, and the log of what was done."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from baton.contracts import names
from baton.contracts.enquiry import CheckOrder, LogOutcome
from baton.contracts.orders import Order
from baton.contracts.record import LateLog
from baton.contracts.systems import Crm, CrmLogged, FindsEntries, NotFound, Rejected, Throttled, Unavailable
from baton.temporal import search_attributes as sa

from .capability import capability, card_of
from .once import Ledger, Once
from .retries import FOR_A_MONTH, RULES

_FIRST_SHOWN = [
    SearchAttributePair(sa.PROCESS, names.PROCESS_LATE_LOG),
    SearchAttributePair(sa.STAGE, "starting"),
    SearchAttributePair(sa.WAITING_ON, "nothing"),
]


class CrmDesk:
    """Reads from and writes to the CRM."""

    def __init__(self, crm: Crm, client: Client, task_queue: str) -> None:
        self._crm = crm
        self._ledger = Ledger(crm.find_logged, same_key_is_safe=True)
        self._client = client
        self._task_queue = task_queue

    @capability(agent="CRM (old copy)", attempt_s=60)
    async def last_known_order(self, given: CheckOrder) -> Order:
        """Read the CRM's old copy of an order, marked stale: nothing may be proposed from it."""
        order = await self._crm.last_known_order(given.order_id)
        if order.customer_id != given.customer_id:
            raise NotFound("the order is not one of this customer's")
        return order.model_copy(update={"stale_since": order.stale_since or datetime.now(UTC)})

    @capability(
        agent="CRM",
        effect="idempotent_write",
        attempt_s=60,
        fallbacks=["log_outcome_later"],
        no_undo="a customer's history is not rewritten",
        optional=True,
    )
    async def log_outcome(self, given: LogOutcome) -> CrmLogged:
        """Write the outcome into the customer's history."""
        once = Once(self._ledger, given, evidence=self._evidence_of(given))
        return await once.look_up() or await once.dispatch(lambda: self._crm.log(given.entry, key=given.key))

    async def _known_attributes(self) -> list[str]:
        """Which may be written; none when the server does not tell: a missing one would hang the run."""
        try:
            return await sa.existing(self._client)
        except RPCError:
            return []

    def _evidence_of(self, given: LogOutcome) -> Callable[[str], Awaitable[CrmLogged | None]] | None:
        """How to see whether the entry is there in a CRM without keys, where it offers that."""
        find = getattr(self._crm, FindsEntries.find_entry.__name__, None)
        if find is None:
            return None

        async def seen(version: str) -> CrmLogged | None:
            found: CrmLogged | None = await find(given.entry)
            return found

        return seen

    @capability(
        agent="CRM (later attempts)",
        effect="idempotent_write",
        retry=RULES,
        attempt_s=60,
        no_undo="a customer's history is not rewritten",
        settles_unknown=True,
    )
    async def log_outcome_later(self, given: LogOutcome) -> CrmLogged:
        """Leave the log entry to a run of its own, which does not end before it is written; the enquiry goes on."""
        if given.unknown_keys or given.only_look:
            try:
                # A CRM that can tell neither way would leave that run in doubt for ever: a person is asked instead.
                written = await Once(self._ledger, given, evidence=self._evidence_of(given)).look_up()
            except (Unavailable, Throttled):
                if given.only_look:
                    raise
                written = None
            if written is not None:
                return written
        if self._ledger.keeps_keys is False and self._evidence_of(given) is None:
            raise Rejected("this CRM cannot tell what it has: a later entry could be a second one")
        run_id = names.late_log_id(given.entry.enquiry_id)
        known = await self._known_attributes()
        with suppress(WorkflowAlreadyStartedError):  # an earlier attempt started it
            await self._client.start_workflow(
                names.LATE_LOG_WORKFLOW,
                LateLog(
                    outcome=given,
                    card=card_of(CrmDesk.log_outcome).model_copy(update={"retry": FOR_A_MONTH}),
                    search_attributes=known,
                ),
                id=run_id,
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                static_summary=f"Log the outcome of {given.entry.enquiry_id} once the CRM answers",
                task_timeout=timedelta(seconds=3),
                search_attributes=TypedSearchAttributes([pair for pair in _FIRST_SHOWN if pair.key.name in known]),
            )
        return CrmLogged(key=given.key, entry_id=f"later: {run_id}")

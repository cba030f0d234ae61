"""The CRM for plans: contacts, its old copies of orders, and notes in a customer's history."""

from functools import partial

from temporalio import activity

from baton.contracts.orders import Customer, Order
from baton.contracts.systems import Crm, CrmEntry, CrmLogged, CustomerQuery, FindsEntries
from baton.contracts.tools.messages import LogNote, NoteLogged
from baton.contracts.tools.orders import ByEmail, ByName, ByOrderNumber

from ..capability import tool
from ..once import Ledger, Once
from .orders import the_one

reads = partial(tool, agent="CRM", typical_s=0.2)


class CrmTools:
    """Reads from the CRM, and notes down."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._ledger = Ledger(crm.find_logged, same_key_is_safe=True)

    @reads()
    async def find_contact_by_email(self, given: ByEmail) -> Customer:
        """Find a contact by e-mail address; the CRM may know less than the order system."""
        return the_one(await self._crm.find_contacts(CustomerQuery(email=given.email)))

    @reads()
    async def find_contact_by_name(self, given: ByName) -> Customer:
        """Find a contact by name and postcode."""
        return the_one(await self._crm.find_contacts(CustomerQuery(name=given.name, postcode=given.postcode)))

    @reads(agent="CRM (old copy)")
    async def recall_order(self, given: ByOrderNumber) -> Order:
        """Read the CRM's old copy of an order, marked stale."""
        order = await self._crm.last_known_order(given.order_id)
        return order.model_copy(update={"stale_since": order.stale_since or activity.info().scheduled_time})

    @tool(agent="CRM", effect="idempotent_write", typical_s=0.3, no_undo="a customer's history is not rewritten")
    async def log_note(self, given: LogNote) -> NoteLogged:
        """Write a note into a customer's history."""
        entry = CrmEntry(
            enquiry_id=given.key.partition("/")[0],
            customer_id=given.customer_id,
            outcome="note",
            summary=given.text,
            at=activity.info().scheduled_time,  # the same at every attempt: a key takes one entry only
        )
        find = getattr(self._crm, FindsEntries.find_entry.__name__, None)

        async def seen(version: str) -> CrmLogged | None:
            found: CrmLogged | None = await find(entry) if find else None
            return found

        once = Once(self._ledger, given, evidence=seen if find else None)
        logged = await once.look_up() or await once.dispatch(lambda: self._crm.log(entry, key=given.key))
        return NoteLogged(entry_id=logged.entry_id)

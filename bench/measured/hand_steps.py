"""The activities of the hand-written enquiry: bare, one call each."""

from temporalio import activity

from baton.contracts.enquiry import ActionResult, LogOutcome, PolicyPassages, Reading, ReplySent, Resolution
from baton.contracts.mail import Message
from baton.contracts.orders import Order
from baton.contracts.systems import CrmLogged
from baton.contracts.wire import Wire
from bench.measured import enquiry as measured
from bench.measured.telling import Tell


class Approval(Wire):
    """A person's yes."""

    by: str


class ToDo(Wire):
    """What was approved, and the key under which it is done."""

    approved: Resolution
    key: str


class HandSteps:
    """The activities: bare, one call each."""

    def __init__(self, shop: measured.Shop, tell: Tell) -> None:
        self._shop = shop
        self._tell = tell

    @activity.defn
    async def read_message(self, message: Message) -> Reading:
        """Read the message."""
        return measured.read(message)

    @activity.defn
    async def check_order(self, order_id: str) -> Order:
        """Read the order."""
        return await self._shop.order(order_id)

    @activity.defn
    async def look_up_policy(self) -> PolicyPassages:
        """Read the policy."""
        return await self._shop.policy()

    @activity.defn
    async def write_draft(self, known: measured.Known) -> Resolution:
        """Write what would be done and sent."""
        written = measured.draft(known)
        self._tell.about_to_ask(activity.info().workflow_id or "")
        return written

    @activity.defn
    async def act(self, to_do: ToDo) -> ActionResult:
        """Do it."""
        return measured.acted(await self._shop.act(to_do.approved, to_do.key))

    @activity.defn
    async def send(self, to_do: ToDo) -> ReplySent:
        """Send it."""
        return ReplySent(message_id=await self._shop.send(to_do.approved, to_do.key))

    @activity.defn
    async def log(self, to_log: LogOutcome) -> CrmLogged:
        """Log it."""
        return CrmLogged(key=to_log.key, entry_id=await self._shop.log(to_log.entry, to_log.key))

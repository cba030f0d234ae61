"""The same steps through our parts: each with its card."""

from collections.abc import Awaitable, Callable

from temporalio import activity

from activities.capability import capability
from activities.once import Ledger, Once
from activities.retries import RULES
from baton.contracts.agents import Capability
from baton.contracts.enquiry import ActionResult, PolicyPassages, Reading, ReplySent, Resolution
from baton.contracts.mail import Message
from baton.contracts.orders import Order
from baton.contracts.systems import CrmEntry, CrmLogged
from baton.contracts.wire import Wire
from bench.measured import enquiry as measured
from bench.measured.telling import Tell

READ_MESSAGE = Capability("read_message", Reading)
CHECK_ORDER = Capability("check_order", Order)
LOOK_UP_POLICY = Capability("look_up_policy", PolicyPassages)
WRITE_DRAFT = Capability("write_draft", Resolution)
ACT = Capability("act", ActionResult)
SEND = Capability("send", ReplySent)
LOG = Capability("log", CrmLogged)


class ToRead(Wire):
    """The message."""

    message: Message


class ToCheck(Wire):
    """The order that it names."""

    order_id: str


class ToLookUp(Wire):
    """Nothing: there is one policy."""


class Keyed(Wire):
    """The key of an effect, and what a later attempt has to know."""

    key: str
    earlier_keys: list[str] = []
    unknown_keys: list[str] = []
    only_look: bool = False


class ToDo(Keyed):
    """What was approved."""

    approved: Resolution


class ToLog(Keyed):
    """The CRM's entry."""

    entry: CrmEntry


class BatonSteps:
    """The same calls, each with its card."""

    def __init__(self, shop: measured.Shop, tell: Tell) -> None:
        self._shop = shop
        self._ledger = Ledger(shop.find, same_key_is_safe=True)
        self._tell = tell

    @capability(agent="Reader", retry=RULES, attempt_s=30)
    async def read_message(self, given: ToRead) -> Reading:
        """Read the message."""
        return measured.read(given.message)

    @capability(agent="order system", attempt_s=30)
    async def check_order(self, given: ToCheck) -> Order:
        """Read the order."""
        return await self._shop.order(given.order_id)

    @capability(agent="policy", attempt_s=30)
    async def look_up_policy(self, given: ToLookUp) -> PolicyPassages:
        """Read the policy."""
        return await self._shop.policy()

    @capability(agent="Writer", retry=RULES, attempt_s=30)
    async def write_draft(self, given: measured.Known) -> Resolution:
        """Write what would be done and sent."""
        written = measured.draft(given)
        self._tell.about_to_ask(activity.info().workflow_id or "")
        return written

    @capability(agent="order system", effect="idempotent_write", attempt_s=45)
    async def act(self, given: ToDo) -> ActionResult:
        """Do it."""
        return measured.acted(await self._once(given, lambda: self._shop.act(given.approved, given.key)))

    @capability(agent="mail", effect="idempotent_write", attempt_s=45)
    async def send(self, given: ToDo) -> ReplySent:
        """Send it."""
        return ReplySent(message_id=await self._once(given, lambda: self._shop.send(given.approved, given.key)))

    @capability(agent="CRM", effect="idempotent_write", attempt_s=45)
    async def log(self, given: ToLog) -> CrmLogged:
        """Log it."""
        entry_id = await self._once(given, lambda: self._shop.log(given.entry, given.key))
        return CrmLogged(key=given.key, entry_id=entry_id)

    async def _once(self, given: Keyed, act: Callable[[], Awaitable[str]]) -> str:
        once = Once(self._ledger, given)
        return await once.look_up() or await once.dispatch(act)

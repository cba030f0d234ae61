"""All capabilities of this installation, for the input of a run."""

from baton.contracts.agents import Card
from baton.contracts.plan import PlanCard

from .archivist import Archivist
from .capability import cards_of
from .crm_desk import CrmDesk
from .customers import CustomerDesk
from .mail_desk import MailDesk
from .order_desk import OrderDesk
from .policy_desk import PolicyDesk
from .reader import Reader
from .resolver import Resolver

AGENTS: tuple[type, ...] = (Reader, CustomerDesk, PolicyDesk, OrderDesk, Resolver, MailDesk, CrmDesk, Archivist)


def all_cards() -> list[Card]:
    """The cards of every capability, in the order of the team."""
    return cards_of(AGENTS)


def plan_cards() -> list[PlanCard]:
    """The cards of all that plans may use, beside what is built in."""
    return [card for card in cards_of(AGENTS) if isinstance(card, PlanCard)]

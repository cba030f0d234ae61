"""All capabilities of this installation, for the input of a run: those of an enquiry, and what every goal needs."""

from baton.contracts.agents import Card

from .archivist import Archivist
from .capability import cards_of
from .composer import Composer
from .crm_desk import CrmDesk
from .customers import CustomerDesk
from .mail_desk import MailDesk
from .order_desk import OrderDesk
from .plan_desk import PlanDesk
from .policy_desk import PolicyDesk
from .reader import Reader
from .resolver import Resolver

AGENTS: tuple[type, ...] = (Reader, CustomerDesk, PolicyDesk, OrderDesk, Resolver, MailDesk, CrmDesk, Archivist)
GOAL_AGENTS: tuple[type, ...] = (PlanDesk, Composer)


def all_cards() -> list[Card]:
    """The cards of every capability of an enquiry, in the order of the team."""
    return cards_of(AGENTS)


def goal_cards() -> list[Card]:
    """The cards of what every goal needs beside the capabilities of its plan."""
    return [*cards_of(GOAL_AGENTS), *cards_of([Archivist])]

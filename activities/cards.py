"""All capabilities of this installation, for the input of a run: those of an enquiry, and what every goal needs."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from baton.contracts.agents import Card
from baton.contracts.models import ModelChains
from baton.contracts.plan import PlanCard
from baton.contracts.plan_builtin import BUILT_IN

from .archivist import Archivist
from .by_model import MODEL_AGENTS, SHADOW_RUNGS, critic_cards, turn_cards, with_models
from .capability import cards_of
from .composer import Composer
from .crm_desk import CrmDesk
from .customers import CustomerDesk
from .mail_desk import MailDesk
from .mcp_tools import McpTool, connected_tools, load_mcp_tools
from .order_desk import OrderDesk
from .order_policy import OrderPolicy
from .own_agents import OwnAgent, load_own_agents
from .plan_desk import PlanDesk
from .policy_desk import PolicyDesk
from .reader import Reader
from .resolver import Resolver
from .tools.crm import CrmTools
from .tools.figures import FigureTools
from .tools.mail import MailTools
from .tools.orders import OrderTools
from .tools.policy import PolicyTools
from .tools.time import TimeTools

AGENTS: tuple[type, ...] = (Reader, CustomerDesk, PolicyDesk, OrderDesk, Resolver, MailDesk, CrmDesk, Archivist)
GOAL_AGENTS: tuple[type, ...] = (PlanDesk, Composer, OrderPolicy)
TOOLS: tuple[type, ...] = (OrderTools, CrmTools, MailTools, PolicyTools, TimeTools, FigureTools)


def all_cards(models: ModelChains | None = None, task_queue: str = "") -> list[Card]:
    """The cards of every capability of the enquiry, in the order of the team; with models, those of who asks them."""
    models = models or ModelChains()
    return [*with_models(cards_of(AGENTS), models, task_queue), *critic_cards(models, task_queue)]


def shadow_cards(models: ModelChains, task_queue: str) -> list[Card]:
    """The cards of a shadow: what of the enquiry's capabilities changes nothing, and the archive of its own record."""
    reading = [card for card in cards_of(AGENTS) if card.effect in ("read", "model")]
    return with_models([*reading, *cards_of([Archivist])], models, task_queue, SHADOW_RUNGS)


def tool_cards() -> list[PlanCard]:
    """The cards of every tool that comes along."""
    return [card for card in cards_of(TOOLS) if isinstance(card, PlanCard)]


def own_agents(modules: Iterable[str]) -> list[OwnAgent]:
    """The agents in these modules. Raises WrongAgent, with the line to mend, where one cannot be used."""
    return load_own_agents(modules, _others(tool_cards()))


def mcp_tools(modules: Iterable[str], agents_file: Path | None) -> AbstractAsyncContextManager[list[McpTool]]:
    """The tools of MCP servers that this file grants, for a worker. Raises WrongAgent and Misconfigured."""
    return connected_tools(agents_file, _others([*tool_cards(), *(own.card for own in own_agents(modules))]))


def plan_cards(modules: Iterable[str] = (), agents_file: Path | None = None) -> list[PlanCard]:
    """The cards of all that plans may use: the tools, agents of one's own in these modules, and granted MCP tools."""
    known = [*tool_cards(), *(own.card for own in own_agents(modules))]
    return [*known, *(tool.card for tool in load_mcp_tools(agents_file, _others(known)))]


def goal_cards(models: ModelChains | None = None, task_queue: str = "") -> list[Card]:
    """The cards of what every goal needs beside the capabilities of its plan; with models, those of who asks them."""
    return with_models(cards_of((*GOAL_AGENTS, Archivist)), models or ModelChains(), task_queue)


def process_cards(for_plans: Iterable[PlanCard], models: ModelChains | None = None, task_queue: str = "") -> list[Card]:
    """The cards of all that a process of one's own may use: what plans may, and the capabilities of the enquiry.

    With models, also of who takes the turns of an agent with tools.
    """
    turns = turn_cards(models or ModelChains(), task_queue)
    return list({card.name: card for card in (*all_cards(), *goal_cards(), *for_plans, *turns)}.values())


def _others(known: Iterable[PlanCard]) -> list[Card]:
    """These, and what has a name beside them."""
    return [*all_cards(), *goal_cards(), *cards_of(MODEL_AGENTS.values()), *known, *BUILT_IN]

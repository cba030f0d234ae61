"""`agents`: what this installation can do, where each capability comes from, and whether what is behind it answers."""

from typing import Literal

import typer

from activities.cards import all_cards, goal_cards, plan_cards
from activities.own_agents import WrongAgent
from baton.cli.console import as_json, out
from baton.cli.options import JsonOption
from baton.cli.presenting.agents import agents_shown
from baton.cli.problems import Problem, plainly
from baton.cli.runs import open_runs
from baton.cli.shapes import AgentLine, AgentList, CheckLine
from baton.cli.systems_health import CRM, MAIL, ORDER_SYSTEM, systems_behind, systems_health
from baton.contracts.agents import Card
from baton.contracts.plan import PlanCard
from baton.contracts.plan_builtin import BUILT_IN
from baton.contracts.systems import SystemFault
from baton.settings import Settings, load_settings

_BEHIND = {"order system": ORDER_SYSTEM, "CRM": CRM, "mail": MAIL}
"""The system behind a capability, by who does it: `CRM (old copy)` is the CRM's too."""


@plainly
async def agents(context: typer.Context, json: JsonOption = False) -> None:
    """List all capabilities, with effect, source, queue, and whether the system behind each answers."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    try:
        of_plans: list[Card] = [*plan_cards(settings.agent_modules, settings.agents_file), *BUILT_IN]
    except (WrongAgent, SystemFault) as wrong:
        raise Problem(str(wrong)) from None
    health = {line.name: line for line in await systems_health(await _as_a_worker_has_them(settings))}
    of_enquiry = all_cards()
    listed_before = {card.name for card in (*of_enquiry, *of_plans)}
    of_plans += [card for card in goal_cards() if card.name not in listed_before]
    lines = [_line(card, "enquiry", settings, health) for card in of_enquiry]
    lines += [_line(card, "plans", settings, health) for card in of_plans]
    listed = AgentList(agents=lines)
    if json:
        as_json(listed)
    else:
        out.print(agents_shown(listed.agents))


async def _as_a_worker_has_them(settings: Settings) -> Settings:
    try:
        return systems_behind(await open_runs(settings))
    except Problem:  # no server: then those of the settings alone
        return settings


def _line(
    card: Card, used_by: Literal["enquiry", "plans"], settings: Settings, health: dict[str, CheckLine]
) -> AgentLine:
    source = card.source if isinstance(card, PlanCard) else "built in"
    # An agent of one's own may be called like a system, and is none: what is behind it, nobody told us.
    behind = health.get(_BEHIND.get(card.agent.partition(" (")[0], "")) if source == "built in" else None
    return AgentLine(
        name=card.name,
        used_by=used_by,
        effect=card.effect,
        agent=card.agent,
        source=source,
        queue=card.queue or settings.task_queue,
        takes=card.takes,
        gives=card.gives,
        description=card.description,
        health="unknown" if behind is None else "ok" if behind.ok else "broken",
        health_detail=behind.detail if behind else "",
    )

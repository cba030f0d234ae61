"""`agents`: what this installation can do, where each capability comes from, and how it does."""

from collections.abc import Mapping
from typing import Literal

import typer

from activities.by_model import planner_cards
from activities.cards import all_cards, goal_cards, plan_cards, shadow_cards
from activities.own_agents import WrongAgent
from baton.agents.planning.assigning import ENOUGH_TRIED, Standing, standing
from baton.cli.console import as_json, out
from baton.cli.options import JsonOption
from baton.cli.presenting.agents import agents_shown
from baton.cli.problems import Problem, plainly
from baton.cli.runs import open_runs
from baton.cli.shapes import AgentLine, AgentList, CheckLine
from baton.cli.systems_health import CRM, MAIL, ORDER_SYSTEM, systems_behind, systems_health
from baton.contracts.agents import Card
from baton.contracts.plan import Health, PlanCard
from baton.contracts.plan_builtin import BUILT_IN
from baton.contracts.systems import SystemFault
from baton.health import recent_health
from baton.settings import Settings, load_settings

_WORDS: dict[Standing, Literal["ok", "shaky", "failing"]] = {
    Standing.WELL: "ok",
    Standing.SHAKY: "shaky",
    Standing.FAILING: "failing",
}

_BEHIND = {"order system": ORDER_SYSTEM, "CRM": CRM, "mail": MAIL}
"""The system behind a capability, by who does it: `CRM (old copy)` is the CRM's too."""


@plainly
async def agents(context: typer.Context, json: JsonOption = False) -> None:
    """List all capabilities, with effect, source, queue, and health: how each did of late."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    try:
        of_plans: list[Card] = [*plan_cards(settings.agent_modules, settings.agents_file), *BUILT_IN]
    except (WrongAgent, SystemFault) as wrong:
        raise Problem(str(wrong)) from None
    systems = {line.name: line for line in await systems_health(await _as_a_worker_has_them(settings))}
    recent = recent_health(settings.state_dir)
    of_enquiry = all_cards(settings.models, settings.task_queue)
    names = {card.name for card in of_enquiry}
    of_enquiry += [card for card in shadow_cards(settings.models, settings.task_queue) if card.name not in names]
    listed_before = {card.name for card in (*of_enquiry, *of_plans)}
    of_plans += [card for card in goal_cards(settings.models, settings.task_queue) if card.name not in listed_before]
    of_plans += planner_cards(settings.models, settings.task_queue)
    lines = [_line(card, "enquiry", settings, systems, recent) for card in of_enquiry]
    lines += [_line(card, "plans", settings, systems, recent) for card in of_plans]
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
    card: Card,
    used_by: Literal["enquiry", "plans"],
    settings: Settings,
    systems: Mapping[str, CheckLine],
    recent: Mapping[str, Health],
) -> AgentLine:
    source = card.source if isinstance(card, PlanCard) else "built in"
    # An agent of one's own may be called like a system, and is none: what is behind it, nobody told us.
    behind = systems.get(_BEHIND.get(card.agent.partition(" (")[0], "")) if source == "built in" else None
    lately = recent.get(card.name, Health(capability=card.name))
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
        health=_health(lately, behind),
        health_detail=behind.detail if behind else "",
        tried=lately.tried,
        succeeded=lately.succeeded,
        last_failure=lately.last_failure,
        last_failure_at=lately.last_failure_at,
    )


def _health(lately: Health, behind: CheckLine | None) -> Literal["ok", "shaky", "failing", "broken", "unknown"]:
    """What the system says now counts before what was seen; a few attempts that did not all succeed say nothing."""
    if behind is not None and not behind.ok:
        return "broken"
    if lately.tried >= ENOUGH_TRIED:
        return _WORDS[standing(lately)]
    return "ok" if behind is not None or 0 < lately.succeeded == lately.tried else "unknown"

"""From a goal in words to a plan that may start: who plans, what is asked, what cannot be had. Nothing is started."""

from collections.abc import Iterable
from datetime import UTC, datetime

from activities.cards import goal_cards, plan_cards
from activities.own_agents import WrongAgent
from baton.agents.planning.alternatives import rankings_of, with_alternatives
from baton.agents.planning.checking import validate_plan
from baton.agents.planning.enquiring import why_an_enquiry
from baton.agents.planning.goal import plan_goal, plan_reading
from baton.cli.asking import read_line
from baton.cli.console import interactive, line, lines
from baton.cli.planning_by_model import ask_models
from baton.cli.presenting.goals import choices_shown, model_lines
from baton.cli.problems import Problem, Unsure
from baton.cli.runs import Runs
from baton.cli.shapes import GoalPlan, StepAgent
from baton.contracts.goal import CheckPlan, carried_cards
from baton.contracts.plan import Plan, PlanCard
from baton.contracts.plan_builtin import BUILT_IN
from baton.contracts.planning import Candidates, NotPlanned, Planned
from baton.contracts.systems import SystemFault
from baton.contracts.wire import digest_of
from baton.health import recent_health
from baton.settings import Settings


def cards_for_plans(settings: Settings) -> dict[str, PlanCard]:
    """All that plans may use here, the agents of one's own too, by name. Raises Problem."""
    try:
        return {card.name: card for card in (*BUILT_IN, *plan_cards(settings.agent_modules, settings.agents_file))}
    except (WrongAgent, SystemFault) as wrong:
        raise Problem(str(wrong)) from None


def cards_for(plan: Plan, cards: Iterable[PlanCard], settings: Settings) -> list[PlanCard]:
    """What a run of this plan carries: the cards that it names, with their alternatives as ranked, and its own."""
    known = list(cards)
    ranked = with_alternatives(plan, known, rankings_of(plan, known, recent_health(settings.state_dir)))
    always = goal_cards(settings.models, settings.task_queue)
    return carried_cards(plan, [*always, *ranked], [card.name for card in always])


async def goal_plan(
    settings: Settings, goal: str, choose: int | None, *, may_ask: bool, runs: Runs | None = None
) -> GoalPlan:
    """What becomes of a goal. Where rules make no plan, and none is chosen, a model is asked, if one is named.

    Where it is unsure still the person at the terminal chooses, or `choose` did. `runs`: where a worker is that has the
    model; None: where the settings say.
    """
    if not goal.strip():
        raise Problem("The goal is empty.")
    why = why_an_enquiry(goal)
    if why:
        return GoalPlan(goal=goal, outcome="enquiry", why=why)
    cards = list(cards_for_plans(settings).values())
    made = plan_goal(goal, cards, datetime.now().astimezone().date())
    model_said = ""
    if not isinstance(made, Planned) and choose is None:
        asked = await ask_models(settings, goal, _said(made), runs, quiet=not may_ask)
        if asked.planned is not None:
            shown = _shown(asked.planned, cards, settings)
            return shown.model_copy(
                update={"planned_by": asked.by, "why": "; ".join(_said(made)), "choices": _choices(made)}
            )
        model_said = asked.why
    if isinstance(made, Candidates):
        if choose is None and may_ask and interactive():
            lines(model_lines(model_said))
            choose = await _chosen(made)
            if choose is None:
                raise Unsure("Nothing was chosen.")
        if choose is None:
            return GoalPlan(
                goal=goal, outcome="unsure", why=made.question, choices=_choices(made), model_said=model_said
            )
        if not 1 <= choose <= len(made.choices):
            raise Problem(f"There is no choice {choose}: {made.question} 1 to {len(made.choices)}.")
        made = plan_reading(goal, made.choices[choose - 1].wanted, cards)
    if isinstance(made, NotPlanned):
        return GoalPlan(goal=goal, outcome="impossible", why="; ".join(made.reasons), model_said=model_said)
    return _shown(made, cards, settings)


def _said(made: Planned | Candidates | NotPlanned) -> list[str]:
    """What the rules say of a goal that they do not plan."""
    if isinstance(made, Candidates):
        return [made.question, *_choices(made)]
    return made.reasons if isinstance(made, NotPlanned) else []


def _choices(made: Candidates | NotPlanned) -> list[str]:
    return [each.label for each in made.choices] if isinstance(made, Candidates) else []


async def _chosen(candidates: Candidates) -> int | None:
    """What the person at the terminal takes; None: nothing of it."""
    labels = [each.label for each in candidates.choices]
    for each in choices_shown(candidates.question, labels):
        line(each)
    while said := await read_line(f"Which one (1 to {len(labels)}; empty: none)? "):
        if said.isdecimal() and 1 <= int(said) <= len(labels):
            return int(said)
    return None


def _shown(made: Planned, cards: list[PlanCard], settings: Settings) -> GoalPlan:
    carried = cards_for(made.plan, cards, settings)
    by_name = {card.name: card for card in carried}
    why = {reason.step: reason.why for reason in made.reasons}
    return GoalPlan(
        goal=made.plan.goal,
        outcome="planned",
        plan=made.plan,
        cost=made.cost,
        seconds=made.seconds,
        agents=[
            StepAgent(
                step=step.id,
                capability=step.capability,
                agent=by_name[step.capability].agent,
                why=why.get(step.id, ""),
                then=by_name[step.capability].fallbacks,
            )
            for step in made.plan.steps
        ],
        cards={card.name: digest_of(card.model_dump(mode="json")) for card in carried},
        faults=validate_plan(
            made.plan,
            CheckPlan(plan=made.plan, cards=carried).usable,
            most_steps=settings.most_steps,
            now=datetime.now(UTC),
        ),
    )

"""Where a plan is checked and its steps assigned before anything of it runs, and planned anew under way.

Rules change, histories must not: so it is asked.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from baton.agents.planning.alternatives import rankings_of
from baton.agents.planning.checking import validate_plan
from baton.agents.planning.replanning import cards_to_come, replan
from baton.contracts.goal import CheckPlan, PlanChecked
from baton.contracts.plan import Health, PlanCard
from baton.contracts.plan_builtin import BUILT_IN
from baton.contracts.replanning import Replan, Replanned

from .capability import capability
from .retries import RULES


class PlanDesk:
    """Checks plans, and plans anew what has not begun.

    `cards`: all that plans may use in this installation; `health`: how each did of late.
    """

    def __init__(self, cards: Iterable[PlanCard] = (), health: Callable[[], Mapping[str, Health]] = dict) -> None:
        self._cards = {card.name: card for card in (*BUILT_IN, *cards)}
        self._health = health

    @capability(agent="Plan check (rules)", retry=RULES, attempt_s=30)
    async def check_plan(self, given: CheckPlan) -> PlanChecked:
        """Check a plan against the cards that it may use; of one that may run, say who takes each step."""
        usable = {**self._cards, **given.usable} if given.others_too else given.usable
        faults = validate_plan(given.plan, usable, most_steps=given.most_steps, now=datetime.now(UTC))
        if faults:
            return PlanChecked(faults=faults)
        health = self._health()
        rankings = rankings_of(given.plan, usable.values(), health)
        if not given.others_too:
            return PlanChecked(rankings=rankings)
        carried = {card.name: card for card in given.cards}
        return PlanChecked(rankings=rankings, cards=cards_to_come(given.plan.steps, usable.values(), carried, health))

    @capability(agent="Planner (rules)", retry=RULES, attempt_s=30)
    async def replan(self, given: Replan) -> Replanned:
        """Plan anew what has not begun: around a step that failed, or for other words."""
        now = datetime.now().astimezone()
        return replan(given, self._cards.values(), now.date(), health=self._health(), now=now)

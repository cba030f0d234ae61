"""Who else may take a plan's steps, in which order: decided before it starts, carried by the run on its cards."""

from collections.abc import Iterable, Mapping

from baton.contracts.plan import Health, Plan, PlanCard
from baton.contracts.plan_builtin import BUILT_IN
from baton.contracts.planning import Ranking

from .assigning import rank

OF_THE_PROCESS = frozenset(card.name for card in BUILT_IN)


def rankings_of(plan: Plan, cards: Iterable[PlanCard], health: Mapping[str, Health] | None = None) -> list[Ranking]:
    """Who may take each step, the most suitable first; waiting and asking is nobody else's."""
    known = [card for card in cards if card.name not in OF_THE_PROCESS]
    return [rank(step, known, health) for step in plan.steps if step.capability not in OF_THE_PROCESS]


def with_alternatives(plan: Plan, cards: Iterable[PlanCard], rankings: Iterable[Ranking]) -> list[PlanCard]:
    """The cards, those that the plan names with their alternatives as ranked: of those that fit each of its steps."""
    capability_of = {step.id: step.capability for step in plan.steps}
    ranked: dict[str, list[str]] = {}
    for ranking in rankings:
        own = capability_of[ranking.step]
        others = [each.capability for each in ranking.order if each.capability != own]
        ranked[own] = [each for each in ranked.get(own, others) if each in others]
    return [card.model_copy(update={"fallbacks": ranked[card.name]}) if card.name in ranked else card for card in cards]

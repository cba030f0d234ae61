"""Whether a plan may run."""

from collections.abc import Iterable

from baton.contracts.plan import MOST_STEPS, Plan, PlanCard, PlanFault


def validate_plan(plan: Plan, cards: Iterable[PlanCard], *, most_steps: int = MOST_STEPS) -> list[PlanFault]:
    """All that is wrong with a plan."""
    return []

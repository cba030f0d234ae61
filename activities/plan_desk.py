"""Where a plan is checked, and its steps assigned, before it runs: rules change, histories must not, so it is asked."""

from baton.agents.planning.alternatives import rankings_of
from baton.agents.planning.checking import validate_plan
from baton.contracts.goal import CheckPlan, PlanChecked

from .capability import capability
from .retries import RULES


class PlanDesk:
    """Checks plans."""

    @capability(agent="Plan check (rules)", retry=RULES, attempt_s=30)
    async def check_plan(self, given: CheckPlan) -> PlanChecked:
        """Check a plan against the cards that it may use; of one that may run, say who takes each step."""
        faults = validate_plan(given.plan, given.usable, most_steps=given.most_steps)
        return PlanChecked(faults=faults, rankings=[] if faults else rankings_of(given.plan, given.usable.values()))

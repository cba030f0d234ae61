"""A review as it is shown; that of a plan with who takes each step and what that costs, as `plan` shows it."""

from collections.abc import Mapping
from contextlib import suppress

from rich.console import RenderableType
from rich.text import Text

from baton.cli.planning import cards_for_plans
from baton.cli.presenting.goals import plan_tree, rankings_in
from baton.cli.presenting.review import review_panel
from baton.cli.problems import Problem
from baton.cli.runs import Runs
from baton.contracts.agents import Choice
from baton.contracts.plan import Plan, PlanCard
from baton.contracts.review import Review


async def shown_review(runs: Runs, review: Review, enquiry_id: str) -> RenderableType:
    """The review in its frame."""
    if review.kind != "plan" or review.left_out or not review.choice("approve"):
        return review_panel(review, enquiry_id=enquiry_id)
    known: Mapping[str, PlanCard] = {}
    with suppress(Problem):  # agents that cannot be read here: the plan is shown all the same
        known = cards_for_plans(runs.settings)
    rankings = [each for each in rankings_in(await runs.record(enquiry_id)) if each.order]
    chosen = {
        each.step: (Choice(known[first.capability], first.why), [other.capability for other in others])
        for each in rankings
        for first, *others in [each.order]
        if first.capability in known
    }
    plan = Plan.model_validate(review.subject)
    drawn = list(plan_tree(plan, known, chosen))
    if all(step.capability in known and not known[step.capability].cost for step in plan.steps):
        drawn.append(Text("It costs nothing.", "quiet"))  # what it costs else stands at its top
    return review_panel(review, enquiry_id=enquiry_id, plan=drawn)

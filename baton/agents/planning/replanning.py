"""A plan under way is planned anew: what began stays as it is, what has not may change, and the whole is checked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from baton.contracts.goal import carried_cards
from baton.contracts.plan import Budget, Health, Plan, PlanCard, PlanStep
from baton.contracts.plan_builtin import BUILT_IN
from baton.contracts.planning import Candidates, NotPlanned
from baton.contracts.replanning import Replan, Replanned

from .alternatives import rankings_of, with_alternatives
from .checking import validate_plan
from .detour import NoDetour, detour
from .goal import plan_goal, plan_reading
from .merging import Anew, merged


def replan(
    given: Replan,
    installed: Iterable[PlanCard],
    today: date | None = None,
    *,
    health: Mapping[str, Health] | None = None,
    now: datetime | None = None,
) -> Replanned:
    """The plan from now on. It passes the check as a whole, or it is none.

    `installed`: what plans may use here and now; of what the run carries already its own cards count. `health`: how
    each did of late. `now`: as in `validate_plan`.
    """
    here = {card.name: card for card in (*BUILT_IN, *installed)}
    known = {**here, **given.usable}
    usable = [card for name, card in {**given.usable, **here}.items() if name not in given.failed]
    if given.step:
        try:
            anew = detour(given, known, usable)
        except NoDetour as none:
            return Replanned(outcome="impossible", reasons=[str(none)])
    else:
        made = (
            plan_reading(given.goal, given.reading, usable) if given.reading else plan_goal(given.goal, usable, today)
        )
        if isinstance(made, Candidates):
            return Replanned(outcome="unsure", question=made.question, choices=made.choices)
        if isinstance(made, NotPlanned):
            return Replanned(outcome="impossible", reasons=made.reasons)
        anew = merged(given, made.plan, known)
    granted = anew.plan.model_copy(update={"budget": _with_more(anew.plan.budget, given.more)})
    faults = validate_plan(granted, known, most_steps=given.most_steps, now=now)
    if faults:
        reasons = [f"{each.place or 'plan'}: {each.message}" for each in faults]
        return Replanned(outcome="impossible", reasons=reasons)
    return _assigned(anew, given, usable, health)


def cards_to_come(
    steps: Sequence[PlanStep],
    usable: Iterable[PlanCard],
    carried: Mapping[str, PlanCard],
    health: Mapping[str, Health] | None = None,
) -> list[PlanCard]:
    """What a run has to carry for these steps beside what it carries: their cards, and those that may stand in."""
    if not steps:
        return []
    plan, known = Plan(goal="cards", steps=list(steps)), list(usable)
    ranked = with_alternatives(plan, known, rankings_of(plan, known, health))
    return [card for card in carried_cards(plan, ranked, ()) if card.name not in carried]


def _assigned(anew: Anew, given: Replan, usable: Sequence[PlanCard], health: Mapping[str, Health] | None) -> Replanned:
    new = [step for step in anew.plan.steps if step.id in anew.added]
    ours = {card.name: card for card in given.cards}
    mine = [ours.get(card.name, card) for card in usable]
    to_come = cards_to_come(new, mine, ours, health)
    able = [card for card in (*given.cards, *to_come) if card.name not in given.failed]
    return Replanned(
        outcome="planned",
        plan=anew.plan,
        cards=to_come,
        added=anew.added,
        rankings=rankings_of(Plan(goal="added", steps=new), able, health) if new else [],
        dropped=anew.dropped,
        past=anew.past,
    )


def _with_more(budget: Budget, more: Budget) -> Budget:
    """The budget, with what a person granted besides."""
    limits = {
        name: limit + (getattr(more, name) or 0)
        for name in Budget.model_fields
        if (limit := getattr(budget, name)) is not None
    }
    return budget.model_copy(update=limits)

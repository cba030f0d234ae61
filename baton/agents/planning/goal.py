"""A goal in words to a plan: understood, planned, and asked about where either is unsure."""

from collections.abc import Iterable
from datetime import date

from baton.contracts.plan import PlanCard
from baton.contracts.planning import Candidates, NotPlanned, Planned, Reading, Understood, Wanted

from .glossary import stems_of
from .planner import make_plan
from .understanding import label_of, understand
from .widening import widened

FAR = 5.0
"""How far apart readings may lie, where the likeliest cannot be had."""


def plan_goal(goal: str, cards: Iterable[PlanCard], today: date | None = None) -> Planned | Candidates | NotPlanned:
    """A plan; or readings for a person to choose among; or what cannot be had, and why. Never a guess."""
    known = list(cards)
    understood = understand(goal, known, today)
    if isinstance(understood, Candidates):
        return _of_those_that_can_be_had(understood, known)
    wanted, beyond = understood.wanted, ""
    outcome = plan_reading(goal, wanted, known)
    if isinstance(outcome, NotPlanned):
        loosened, beyond = _loosened(wanted, {card.name for card in known if card.writes})
        if beyond and isinstance(without := plan_reading(goal, loosened, known), Planned):
            wanted, outcome = loosened, without
    if isinstance(outcome, NotPlanned):
        return _further(outcome, known, today)
    outcome = outcome.model_copy(update={"unsure": understood.unsure})
    doubt = _doubt(understood, outcome, beyond, known)
    if not doubt:
        return outcome
    reading = Reading(label=label_of(_used_by(outcome, wanted)), wanted=wanted)
    return Candidates(goal=goal, question=doubt, choices=[reading], given=understood.given, unsure=understood.unsure)


def plan_reading(goal: str, wanted: list[Wanted], cards: Iterable[PlanCard]) -> Planned | NotPlanned:
    """The plan for a reading that a person chose, or that is the only one."""
    return make_plan(goal, wanted, cards)


def _of_those_that_can_be_had(candidates: Candidates, cards: list[PlanCard]) -> Planned | Candidates | NotPlanned:
    """A reading that cannot be had, or that leaves out what is given, is no equal of one that can."""
    outcomes = [(each, make_plan(candidates.goal, each.wanted, cards)) for each in candidates.choices]
    said = frozenset(stems_of(candidates.goal))
    good = [
        (each, plan) for each, plan in outcomes if isinstance(plan, Planned) and _is_no_more_than(said, plan, cards)
    ]
    if len(good) == 1 and not candidates.unsure and len(outcomes) > 1:
        return good[0][1]
    if good:
        return candidates.model_copy(update={"choices": [each for each, _ in good]})
    failed = [plan for _, plan in outcomes if isinstance(plan, NotPlanned)]
    if failed and len(failed) == len(outcomes):
        reasons = list(dict.fromkeys(reason for plan in failed for reason in plan.reasons))
        return NotPlanned(goal=candidates.goal, reasons=reasons)
    return candidates


def _further(refusal: NotPlanned, cards: list[PlanCard], today: date | None) -> Candidates | NotPlanned:
    """What the words might mean besides, where what they mean most likely cannot be had."""
    wide = understand(refusal.goal, cards, today, nearly=FAR)
    if isinstance(wide, Understood) or refusal.bound:
        return refusal
    outcomes = [(each, make_plan(refusal.goal, each.wanted, cards)) for each in wide.choices]
    said = frozenset(stems_of(refusal.goal))
    good = [each for each, plan in outcomes if isinstance(plan, Planned) and _is_no_more_than(said, plan, cards)]
    if not good:
        return refusal
    question = f"{'; '.join(refusal.reasons)}. Is this wanted instead?"
    return wide.model_copy(update={"question": question, "choices": good})


def _is_no_more_than(said: frozenset[str], plan: Planned, cards: list[PlanCard]) -> bool:
    """Whether it uses all that is given, and neither does nor takes more than is said."""
    return not plan.unused and not plan.unasked and not widened(plan.plan, cards, said)


def _loosened(wanted: list[Wanted], writes: set[str]) -> tuple[list[Wanted], str]:
    """The wants without saying whose or by what look-up, and what was left out."""
    left_out: list[str] = []
    loosened = []
    for want in wanted:
        pinned = want.capability is not None and want.capability not in writes
        left_out += [f"of the {want.via}"] if want.via else []
        left_out += [f"by {want.capability}"] if pinned else []
        update = {"via": None, "capability": None if pinned else want.capability}
        loosened.append(want.model_copy(update=update))
    return loosened, " and ".join(dict.fromkeys(left_out))


def _used_by(plan: Planned, wanted: list[Wanted]) -> list[Wanted]:
    """The wants by what the plan uses alone: a label must not promise the rest."""
    unused = {each.words for each in plan.unused}
    return [
        want.model_copy(update={"given": [each for each in want.given if each.words not in unused]}) for want in wanted
    ]


def _doubt(understood: Understood, plan: Planned, beyond: str, cards: list[PlanCard]) -> str:
    """What a person should settle before this plan is taken for what was meant."""
    beside = [f"Nobody asked for {' and '.join(plan.unasked)}, and this would do it."] if plan.unasked else []
    if plan.unused:
        beside.append(f"Nothing in the plan uses {' and '.join(f'“{each.words}”' for each in plan.unused)}.")
        writes = {card.name for card in cards if card.writes}
        if any(step.for_each and step.capability in writes for step in plan.plan.steps):
            beside.append("It would be done to all that are found without it.")
    if beside:
        return f"{' '.join(beside)} Is this wanted all the same?"
    if wider := widened(plan.plan, cards, frozenset(stems_of(understood.goal))):
        return f"This would take all {wider}, not those that are named alone. Is it meant so?"
    if any(understood.goal.strip() in step.inputs.values() for step in plan.plan.steps):
        return ""  # a search is handed all words
    if beyond:
        return f"Nothing here gives this {beyond}. Is it wanted all the same?"
    if understood.unsure:
        named = " and ".join(f"“{each}”" for each in understood.unsure)
        return f"Nothing here answers to {named}. Is this what is wanted, without it?"
    return ""

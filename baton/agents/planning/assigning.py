"""Who takes a step: the capabilities that fit it, the most suitable first, each with the reason of its place.

Decided when a plan is accepted; when the first fails for good the next takes the step.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import IntEnum

from baton.contracts.plan import Health, PlanCard, PlanStep
from baton.contracts.planning import Ranked, Ranking
from baton.contracts.types import fits

ENOUGH_TRIED = 3
"""Fewer calls than this say nothing about a capability."""

STEADY = 0.8
SHAKY = 0.5


class Standing(IntEnum):
    """How a capability did of late, in three steps: a failure in twenty is no reason for a dearer one."""

    WELL = 0
    SHAKY = 1
    FAILING = 2


def rank(
    step: PlanStep,
    cards: Iterable[PlanCard],
    health: Mapping[str, Health] | None = None,
    granted: Collection[str] | None = None,
) -> Ranking:
    """Everyone who could take the step: the planned one, then by cost and duration, its declared fallbacks last.

    Who failed of late comes after all who did not, the planned one too.

    `granted`: names of those that may be used; None: all cards are. A write is taken by the planned one and the
    fallbacks that it declares alone: two writes of the same types are two different deeds.
    """
    known = {card.name: card for card in cards}
    own = known.get(step.capability)
    if own is None:
        return Ranking(
            step=step.id, order=[], left_out=[Ranked(capability=step.capability, why="no card of it is here")]
        )
    states = health or {}
    able: list[PlanCard] = []
    left_out: list[Ranked] = []
    for card in sorted(known.values(), key=lambda card: card.name):
        why = _unfit(card, own, step)
        if why is None and granted is not None and card.name not in granted:
            why = "it is not granted"
        if why is None:
            able.append(card)
        elif card.name == own.name or card.name in own.fallbacks or _does_the_same(card, own):
            left_out.append(Ranked(capability=card.name, why=why))
    able.sort(
        key=lambda card: (
            standing(states.get(card.name)),
            card is not own,
            own.fallbacks.index(card.name) + 1 if card.name in own.fallbacks else 0,
            card.cost,
            card.typical_s,
            card.name,
        )
    )
    return Ranking(
        step=step.id,
        order=[Ranked(capability=card.name, why=_why(card, able, states, own)) for card in able],
        left_out=left_out,
    )


def standing(health: Health | None) -> Standing:
    """Well, shaky or failing; who was hardly tried is taken to be well."""
    if health is None or health.tried < ENOUGH_TRIED:
        return Standing.WELL
    share = health.succeeded / health.tried
    return Standing.WELL if share >= STEADY else Standing.SHAKY if share >= SHAKY else Standing.FAILING


def _does_the_same(card: PlanCard, own: PlanCard) -> bool:
    return card.gives == own.gives and not card.writes and not own.writes


def _unfit(card: PlanCard, own: PlanCard, step: PlanStep) -> str | None:
    """Why a capability cannot stand in for the step's own; None: it can."""
    if card.name == own.name:
        return None
    if card.gives != own.gives:
        return f"it gives {card.gives}, not {own.gives}"
    if any(card.parts.get(type_, fields) != fields for type_, fields in own.parts.items()):
        return f"its {own.gives} has other parts"
    if card.writes and not own.writes:
        return "it changes something, and a read does not"
    if own.writes and card.name not in own.fallbacks:
        return "it is no declared fallback, and another write is another deed"
    return _untaken(card, own, step)


def _untaken(card: PlanCard, own: PlanCard, step: PlanStep) -> str | None:
    """Which input of the step it does not take, or what it lacks."""
    for name in step.inputs:
        if name not in card.inputs:
            return f"it does not take {name}"
        if name in own.inputs and not fits(own.inputs[name].type, card.inputs[name].type):
            return f"it takes {name} as {card.inputs[name].type}, not as {own.inputs[name].type}"
    lacking = [name for name, need in sorted(card.inputs.items()) if need.required and name not in step.inputs]
    return f"it also needs {', '.join(lacking)}" if lacking else None


def _why(card: PlanCard, able: list[PlanCard], states: Mapping[str, Health], own: PlanCard) -> str:
    state = states.get(card.name)
    counted = (
        f"{state.succeeded} of {state.tried} calls succeeded of late" if state and state.tried else "not tried of late"
    )
    tried = counted if states else ""  # where nobody counts nothing is said
    failing = f", last failure: {state.last_failure}" if state and state.last_failure and standing(state) else ""
    planned = "planned; " if card is own else "declared fallback; " if card.name in own.fallbacks else ""
    only = "the only one that fits; " if len(able) == 1 else ""
    usual = f"costs {card.cost.normalize():f} a call, takes {card.typical_s:g} s"
    return f"{planned}{only}{tried}{failing}{'; ' if tried else ''}{usual}"

"""Why each step is in a plan, which other capabilities would have done, and why they came after."""

from decimal import Decimal

from baton.contracts.plan import PlanCard
from baton.contracts.planning import OtherWay, StepReason

from .assembling import Assembly, Use
from .keys import gives_key, key_of, shown
from .roots import ways_to_want
from .steps import Step
from .world import World

MOST_OTHERS = 5
_WITHOUT = "it changes something, and this can be had without"


def reasons_for(assembly: Assembly) -> list[StepReason]:
    """A reason for each step, in the plan's order."""
    return [_reason(use, assembly) for use in assembly.uses]


def _reason(use: Use, assembly: Assembly) -> StepReason:
    others = _others(use)
    asked = next((want for want in use.wanted if want.capability), None)
    gives = " and ".join(use.gives)
    needed = "is asked for" if use.wanted else f"is needed for {' and '.join(use.for_whom)}"
    if asked:
        why = f"the goal's words name it (“{asked.words}”)" if asked.words else "it is asked for by name"
    elif use.step.asks:
        why = (
            f"{shown(use.step.asks)} is needed for {' and '.join(use.for_whom)}, and nothing here gives it but a person"
        )
    elif not others:
        why = f"{gives} {needed}; nothing else here gives it"
    else:
        best = "the cheapest" if use.step.card.cost < _cost(use, others) else "the best"
        why = f"{gives} {needed}; {best} of {len(others) + 1} ways"
    return StepReason(
        step=assembly.ids[id(use)],
        capability=use.step.name,
        gives=use.gives,
        why=why,
        others=[] if asked else others[:MOST_OTHERS],
    )


def _cost(use: Use, others: list[OtherWay]) -> Decimal:
    costs = {card.name: card.cost for card in _all_cards(use.world)}
    return min(costs[other.capability] for other in others)


def _all_cards(world: World) -> list[PlanCard]:
    return [*world.cards.values(), *world.passed_over]


def _others(use: Use) -> list[OtherWay]:
    """Other capabilities that give something that is taken from this one: those that could run, then the others."""
    world, own = use.world, use.step
    able: dict[str, Step] = {}
    wanted = [way for want in use.wanted for way in ways_to_want(want, world)[1]]
    for way in [*wanted, *(way for key in use.keys for way in world.ways_to(key))]:
        if way.step.name != own.name and not way.step.asks:
            able.setdefault(way.step.name, way.step)
    found = [(_rank(step), OtherWay(capability=name, why=_behind(step, use))) for name, step in able.items()]
    for card in _all_cards(world):
        if card.name in able or card.name == own.name:
            continue
        if any(gives_key(place, key) for key in use.keys for place in world.places_of(card)):
            found.append(((1, 0, 0, card.name), OtherWay(capability=card.name, why=_out_of_reach(card, world))))
    return [other for _, other in sorted(found, key=lambda each: each[0])]


def _rank(step: Step) -> tuple[int, int, int, str]:
    return 0, step.effort, step.millis, step.name


def _behind(step: Step, use: Use) -> str:
    card, own = step.card, use.step.card
    more = sorted({key for _, key in step.needs} - {key for _, key in use.step.needs})
    reasons = [
        (card.writes and not own.writes, _WITHOUT),
        (step.stands_in and not use.step.stands_in, "it is declared as a fallback, for when another fails"),
        (card.cost > own.cost, f"costs {(card.cost - own.cost).normalize():f} more a call"),
        (bool(step.each) and not use.step.each, f"would be done for each {step.each}"),
        (
            card.cost == own.cost and card.typical_s > own.typical_s,
            f"takes {card.typical_s - own.typical_s:g} s longer",
        ),
        (bool(more), f"also needs {', '.join(shown(key) for key in more)}"),
        ((step.effort, step.millis) == (use.step.effort, use.step.millis), "as good, but later by name"),
    ]
    return next((reason for holds, reason in reasons if holds), "the plan as a whole takes more with it")


def _out_of_reach(card: PlanCard, world: World) -> str:
    """What it needs and cannot have."""
    lacking = lacking_for(card, world)
    if lacking:
        return f"needs {', '.join(lacking)}, which nothing here gives"
    return _WITHOUT if card.name not in world.cards else "would have to wait for itself"


def lacking_for(card: PlanCard, world: World) -> list[str]:
    """The inputs of a capability that cannot be had, as a person reads them."""
    return [
        shown(key)
        for name, need in sorted(card.inputs.items())
        for key in [key_of(name, need.type)]
        if need.required and not world.reached(key)
    ]

"""The typed planner: from wanted facts backwards over cards to the cheapest plan that gives them all.

Cheapest: fewest writes that nobody asked for, then least cost, then shortest typical duration along the longest chain,
then fewest steps, then by name. So the same cards in whatever order give the same plan.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import product

from baton.contracts.plan import Plan, PlanCard
from baton.contracts.planning import Bound, Given, NotPlanned, Planned, Wanted

from .assembling import Assembly
from .explaining import reasons_for
from .missing import why_not
from .roots import ways_to_want
from .search import MOST_NODES, MOST_STEPS, search
from .steps import A_FEW
from .world import World


def make_plan(
    goal: str,
    wanted: Sequence[Wanted],
    cards: Iterable[PlanCard],
    *,
    most_steps: int = MOST_STEPS,
    most_nodes: int = MOST_NODES,
) -> Planned | NotPlanned:
    """The cheapest plan for all that is wanted, or what of it cannot be had. Deterministic, and never long."""
    known = list(cards)
    assembly, expanded, bound = Assembly(), 0, None
    failed: list[str] = []
    for given, wants in _together(wanted):
        world = _world(known, given, wants)
        roots = {f"want {place}": ways_to_want(want, world) for place, want in enumerate(wants)}
        missing = [want for want, (_, ways) in zip(wants, roots.values(), strict=True) if not ways]
        if missing:
            failed += [why_not(want, world) for want in missing]
            continue
        must_use = sum(1 << place for place, each in enumerate(given) if not each.loose)
        ways = {root: ways for root, (_, ways) in roots.items()}
        found = search(world, ways, must_use, most_steps=most_steps, most_nodes=max(0, most_nodes - expanded))
        expanded += found.expanded
        bound = found.bound or bound
        if found.chosen is None:
            failed.append(_too_far(wants, found.bound, most_steps))
            continue
        assembly.add(found.chosen, {root: form for root, (form, _) in roots.items()}, world, wants)
    if not failed and len(assembly.uses) > most_steps:
        bound = "steps"
        failed = [f"it takes {len(assembly.uses)} steps, and a plan made here has at most {most_steps}"]
    if failed or not assembly.uses:
        return NotPlanned(
            goal=goal, reasons=list(dict.fromkeys(failed)) or ["nothing is wanted"], expanded=expanded, bound=bound
        )
    steps = assembly.steps()
    plan = Plan(goal=goal, wanted=assembly.wanted, steps=steps)
    return Planned(
        plan=plan,
        reasons=reasons_for(assembly),
        cost=_money(sum((use.step.card.cost * (A_FEW if use.step.each else 1) for use in assembly.uses), Decimal(0))),
        seconds=assembly.seconds(),
        expanded=expanded,
        bound=bound,
        unused=assembly.unused(wanted),
    )


def _together(wanted: Sequence[Wanted]) -> list[tuple[tuple[Given, ...], list[Wanted]]]:
    """Wants that are found by the same parameters, together. `Orders W1 and W2` are two: one by each number."""
    groups: dict[tuple[str, ...], tuple[tuple[Given, ...], list[Wanted]]] = {}
    for want in wanted:
        kinds: dict[str, list[Given]] = {}
        for each in want.given:
            same = kinds.setdefault(each.types[0], [])
            if all(other.value != each.value for other in same):
                same.append(each)
        for given in product(*kinds.values()):
            key = tuple(each.model_dump_json() for each in given)
            wants = groups.setdefault(key, (given, []))[1]
            if want not in wants:
                wants.append(want)
    return list(groups.values())


def _world(cards: list[PlanCard], given: Sequence[Given], wants: Sequence[Wanted]) -> World:
    words = frozenset(word for want in wants for word in want.words.lower().split())
    deeds = frozenset(want.capability for want in wants if want.capability)
    each = frozenset(want.capability for want in wants if want.capability and want.many)
    return World(cards, given, hints=words, deeds=deeds, each=each)


def _too_far(wants: Sequence[Wanted], bound: Bound | None, most_steps: int) -> str:
    named = " and ".join(want.title for want in wants)
    if bound == "steps":
        return f"no plan of at most {most_steps} steps gives {named}"
    if bound == "nodes":
        return f"no plan for {named} was found within the bound of the search"
    return f"nothing here gives {named} without waiting for itself"


def _money(cost: Decimal) -> str:
    return f"{cost.normalize():f}"

"""The typed planner: from wanted facts backwards over cards to the cheapest plan that gives them all.

Without writes that nobody asked for, and with them only where that gives no plan. Cheapest: it leaves out least of
what is given, then has the fewest writes, then least cost, then shortest typical duration along the longest chain,
then fewest steps, then by name. So the same cards in whatever order give the same plan.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice, product

from baton.contracts.plan import Plan, PlanCard
from baton.contracts.planning import LONGEST_GOAL, Bound, Given, NotPlanned, Planned, Wanted
from baton.contracts.wire import canonical_json

from .assembling import Assembly
from .explaining import reasons_for
from .missing import why_not
from .roots import ways_to_want
from .search import MOST_NODES, MOST_STEPS, Found, search
from .steps import A_FEW
from .world import Way, World

Roots = dict[str, tuple[str, list[Way]]]
"""For each want the type in which it can be had, and the ways to it."""


def make_plan(
    goal: str,
    wanted: Sequence[Wanted],
    cards: Iterable[PlanCard],
    *,
    most_steps: int = MOST_STEPS,
    most_nodes: int = MOST_NODES,
) -> Planned | NotPlanned:
    """The cheapest plan for all that is wanted, or what of it cannot be had. Deterministic, and never long."""
    if not 1 <= len(goal) <= LONGEST_GOAL:
        return NotPlanned(goal=goal, reasons=[f"a goal has 1 to {LONGEST_GOAL} characters; this one has {len(goal)}"])
    groups = list(islice(_together(wanted), most_steps + 1))
    if len(groups) > most_steps:
        reason = f"more than {most_steps} things are wanted, and a plan made here has at most {most_steps} steps"
        return NotPlanned(goal=goal, reasons=[reason], bound="steps")
    planning = _Planning(list(cards), most_steps, most_nodes)
    for given, wants in groups:
        planning.add(given, wants)
    return planning.outcome(goal, wanted)


class _Planning:
    """One search for each group of wants; groups that differ in values alone are searched once."""

    def __init__(self, cards: list[PlanCard], most_steps: int, most_nodes: int) -> None:
        self._cards = cards
        self._most_steps = most_steps
        self._nodes_left = most_nodes
        self._assembly = Assembly()
        self._searched: dict[str, tuple[World, Roots, Found]] = {}
        self._failed: list[str] = []
        self._expanded = 0
        self._bound: Bound | None = None

    def add(self, given: Sequence[Given], wants: Sequence[Wanted]) -> None:
        """Puts the steps for some wants, which are found by the same parameters, into the plan."""
        shape = canonical_json(
            [
                [[each.loose, *each.types] for each in given],
                [want.model_dump(mode="json", exclude={"given"}) for want in wants],
            ]
        )
        if shape not in self._searched:
            self._searched[shape] = self._search(given, wants)
        world, roots, found = self._searched[shape]
        world = world.with_values(given)
        missing = [want for want, (_, ways) in zip(wants, roots.values(), strict=True) if not ways]
        if missing:
            self._failed += [why_not(want, world) for want in missing]
        elif found.chosen is None:
            self._failed.append(_too_far(wants, found.bound, self._most_steps))
        else:
            self._assembly.add(found.chosen, {root: form for root, (form, _) in roots.items()}, world, wants)

    def outcome(self, goal: str, wanted: Sequence[Wanted]) -> Planned | NotPlanned:
        """The plan, or all that cannot be had."""
        uses = self._assembly.uses
        if not self._failed and len(uses) > self._most_steps:
            self._bound = "steps"
            self._failed = [f"it takes {len(uses)} steps, and a plan made here has at most {self._most_steps}"]
        if self._failed or not uses:
            reasons = list(dict.fromkeys(self._failed)) or ["nothing is wanted"]
            return NotPlanned(goal=goal, reasons=reasons, expanded=self._expanded, bound=self._bound)
        cost = sum((use.step.card.cost * (A_FEW if use.step.each else 1) for use in uses), Decimal(0))
        return Planned(
            plan=Plan(goal=goal, wanted=self._assembly.wanted, steps=self._assembly.steps()),
            reasons=reasons_for(self._assembly),
            cost=f"{cost.normalize():f}",
            seconds=self._assembly.seconds(),
            expanded=self._expanded,
            bound=self._bound,
            found_at=self._assembly.found_at(),
            unused=self._assembly.unused(wanted),
            unasked=self._assembly.unasked(),
        )

    def _search(self, given: Sequence[Given], wants: Sequence[Wanted]) -> tuple[World, Roots, Found]:
        deeds = {want.capability for want in wants}
        unasked = [card for card in self._cards if card.writes and card.name not in deeds]
        if unasked:  # with them a text that nothing else takes would find one to take it
            asked = [card for card in self._cards if not card.writes or card.name in deeds]
            without = self._search_among(asked, given, wants, unasked)
            if without[-1].chosen is not None:
                return without
        return self._search_among(self._cards, given, wants)

    def _search_among(
        self,
        cards: Sequence[PlanCard],
        given: Sequence[Given],
        wants: Sequence[Wanted],
        passed_over: Sequence[PlanCard] = (),
    ) -> tuple[World, Roots, Found]:
        world = _world(cards, given, wants, passed_over)
        roots = {f"want {place}": ways_to_want(want, world) for place, want in enumerate(wants)}
        ways = {root: ways for root, (_, ways) in roots.items()}
        if not all(ways.values()):
            return world, roots, Found(None, 0)
        must_use = sum(1 << place for place, each in enumerate(given) if not each.loose)
        found = search(world, ways, must_use, most_steps=self._most_steps, most_nodes=self._nodes_left)
        self._expanded += found.expanded
        self._nodes_left -= found.expanded
        self._bound = found.bound or self._bound
        return world, roots, found


def _together(wanted: Sequence[Wanted]) -> Iterator[tuple[tuple[Given, ...], list[Wanted]]]:
    """Wants that are found by the same parameters, together. `Orders W1 and W2` are two: one by each number."""
    groups: dict[str, tuple[list[list[Given]], list[Wanted]]] = {}
    for want in wanted:
        kinds: dict[str, list[Given]] = {}
        for each in want.given:
            same = kinds.setdefault(each.types[0], [])
            if all(other.value != each.value for other in same):
                same.append(each)
        key = canonical_json([[each.model_dump(mode="json") for each in kind] for kind in kinds.values()])
        wants = groups.setdefault(key, (list(kinds.values()), []))[1]
        if want not in wants:
            wants.append(want)
    for chosen, wants in groups.values():
        for given in product(*chosen):
            yield given, wants


def _world(
    cards: Sequence[PlanCard], given: Sequence[Given], wants: Sequence[Wanted], passed_over: Sequence[PlanCard]
) -> World:
    words = frozenset(word for want in wants for word in want.words.lower().split())
    deeds = frozenset(want.capability for want in wants if want.capability)
    each = frozenset(want.capability for want in wants if want.capability and want.many)
    return World(cards, given, hints=words, deeds=deeds, each=each, passed_over=passed_over)


def _too_far(wants: Sequence[Wanted], bound: Bound | None, most_steps: int) -> str:
    named = " and ".join(want.title for want in wants)
    if bound == "steps":
        return f"no plan of at most {most_steps} steps gives {named}"
    if bound == "nodes":
        return f"no plan for {named} was found within the bound of the search"
    return f"nothing here gives {named} without waiting for itself"

"""A world of two hundred capabilities: five rival ways for each fact, chains, joins, lists, parts."""

from baton.contracts.plan import PlanCard
from baton.contracts.planning import Wanted

from .worlds import card, given, want

LAYERS, WIDTH, RIVALS = 8, 5, 5


def two_hundred() -> list[PlanCard]:
    """8 layers of 5 facts, each given by 5 capabilities of different cost and duration."""
    cards = []
    for layer in range(LAYERS):
        for place in range(WIDTH):
            gives = f"L{layer}P{place}"
            for rival in range(RIVALS):
                name = f"make_{layer}_{place}_{rival}"
                left, right = place, (place + rival) % WIDTH
                needs = f"a: L{layer - 1}P{left}" + (f", b: L{layer - 1}P{right}" if left != right else "")
                parts = {gives: {"items": f"list[I{layer}{place}]", "next": f"N{layer}{place}"}}
                cost = str((rival * 7 + layer * 3 + place) % 11)
                seconds = 1 + (rival * 5 + place) % 7
                cards.append(card(name, needs if layer else "start: Start", gives, parts=parts, cost=cost, s=seconds))
    return cards


def all_alike() -> list[PlanCard]:
    """The same without costs and with one duration: nothing but the names tells them apart."""
    return [each.model_copy(update={"cost": each.cost * 0, "typical_s": 1.0}) for each in two_hundred()]


START = given("Start", "s")
GOALS: dict[str, list[Wanted]] = {
    "a chain of six": [want("L5P2", START)],
    "two facts of the fourth layer": [want("L3P0", START), want("L3P3", START)],
    "five facts of the second layer": [want(f"L1P{place}", START) for place in range(WIDTH)],
    "a list, and a part": [want("I31", START, many=True), want("N24", START)],
    "eight layers": [want("L7P4", START)],
    "what cannot be had": [want("Nothing", START)],
}

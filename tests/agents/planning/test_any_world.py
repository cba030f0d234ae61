"""Properties of plans in worlds that nobody thought of: well-typed, acyclic, cheapest, and the same in any order."""

from decimal import Decimal
from itertools import combinations

from hypothesis import given as for_all
from hypothesis import strategies as st

from baton.agents.planning.planner import make_plan
from baton.contracts.agents import Effect
from baton.contracts.plan import PlanCard
from baton.contracts.planning import Planned, Wanted

from .big import GOALS, all_alike, two_hundred
from .worlds import card, faultless, given, want

NAMES = "ABCDEF"
TYPES = [*NAMES, *(f"list[{name}]" for name in NAMES), "A | null", "F | null", "city: str"]
EFFECTS: list[Effect] = ["read", "read", "read", "idempotent_write"]


@st.composite
def worlds(draw: st.DrawFn) -> list[PlanCard]:
    """Up to ten cards: needs of any type, results with parts, lists and what may be null."""
    cards = []
    for number in range(draw(st.integers(1, 10))):
        needs = draw(st.lists(st.sampled_from(TYPES), max_size=2))
        inputs = [each if ": " in each else f"in{place}: {each}" for place, each in enumerate(needs)]
        optional = draw(st.lists(st.sampled_from(NAMES), max_size=1))
        inputs += [f"extra?: {each}" for each in optional]
        fields = draw(st.lists(st.sampled_from([*TYPES[:-1], "str"]), max_size=3))
        gives = draw(st.sampled_from([*NAMES, f"R{number}"]))
        parts = {gives: {"city" if type_ == "str" else f"f{place}": type_ for place, type_ in enumerate(fields)}}
        parts = {gives: parts[gives]} if gives.startswith("R") else {}
        cards.append(
            card(
                f"c{number}",
                ", ".join(dict.fromkeys(inputs)),
                gives,
                parts=parts,
                cost=str(draw(st.integers(0, 3))),
                s=draw(st.integers(1, 4)),
                effect=draw(st.sampled_from(EFFECTS)),
            )
        )
    return cards


WANTS = st.lists(
    st.builds(
        lambda type_, many, start: want(type_, given(start), many=many),
        st.sampled_from(NAMES),
        st.booleans(),
        st.sampled_from("AB"),
    ),
    min_size=1,
    max_size=2,
)


@for_all(worlds(), WANTS, st.randoms())
def test_any_plan_is_well_typed_and_acyclic_and_the_same_in_any_order_of_the_cards(
    cards: list[PlanCard], wants: list[Wanted], random: object
) -> None:
    outcome = make_plan("a goal", wants, cards)
    if isinstance(outcome, Planned):
        faultless(outcome.plan, cards)
        assert len(outcome.plan.steps) <= 12
        assert [each.step for each in outcome.reasons] == [each.id for each in outcome.plan.steps]
    shuffled = list(cards)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' own Random
    assert make_plan("a goal", wants, shuffled) == outcome


@st.composite
def plain_worlds(draw: st.DrawFn) -> list[PlanCard]:
    """Up to eight cards that need and give single named facts."""
    return [
        card(
            f"c{number}",
            ", ".join(f"i{each}: {each}" for each in draw(st.sets(st.sampled_from(NAMES), max_size=2))),
            draw(st.sampled_from(NAMES)),
            cost=str(draw(st.integers(0, 3))),
            s=draw(st.integers(1, 4)),
        )
        for number in range(draw(st.integers(1, 8)))
    ]


def by_trying_all(cards: list[PlanCard], start: str, wanted: set[str]) -> tuple[Decimal, float, int] | None:
    """Least cost, then time, then number of steps, of all sets of cards that give what is wanted."""
    found = []
    for size in range(1, len(cards) + 1):
        for chosen in combinations(cards, size):
            there = {start: 0.0}
            for _ in chosen:
                for each in chosen:
                    needs = [need.type for need in each.inputs.values()]
                    if all(need in there for need in needs):
                        until = each.typical_s + max((there[need] for need in needs), default=0.0)
                        if each.gives != start:
                            there[each.gives] = min(until, there.get(each.gives, until))
            if wanted <= there.keys():
                cost = sum((each.cost for each in chosen), Decimal(0))
                found.append((cost, max(there[each] for each in wanted), size))
    return min(found, default=None)


@for_all(plain_worlds(), st.sets(st.sampled_from(NAMES[1:]), min_size=1, max_size=3))
def test_no_other_set_of_steps_is_cheaper_or_as_cheap_and_shorter(cards: list[PlanCard], wanted: set[str]) -> None:
    start = given("A").model_copy(update={"loose": True})
    outcome = make_plan("a goal", [want(each, start) for each in sorted(wanted)], cards)
    best = by_trying_all(cards, "A", wanted)
    if best is None:
        assert not isinstance(outcome, Planned)
    else:
        assert isinstance(outcome, Planned)
        assert (Decimal(outcome.cost), outcome.seconds, len(outcome.plan.steps)) == best


def test_among_two_hundred_capabilities_few_partial_plans_are_looked_at() -> None:
    for cards, most in ((two_hundred(), 300), (all_alike(), 15)):
        for goal, wants in GOALS.items():
            outcome = make_plan("a goal", wants, cards)
            assert outcome.bound is None, goal
            assert outcome.expanded <= most, (goal, outcome.expanded)
            assert isinstance(outcome, Planned) is (goal != "what cannot be had")
            if isinstance(outcome, Planned):
                faultless(outcome.plan, cards)


def test_two_hundred_capabilities_in_any_order_give_the_same_plan() -> None:
    cards = two_hundred()
    for wants in GOALS.values():
        assert make_plan("a goal", wants, cards) == make_plan("a goal", wants, cards[::-1])


def test_a_search_that_is_cut_short_goes_straight_on_to_a_plan() -> None:
    outcome = make_plan("a goal", GOALS["eight layers"], two_hundred(), most_nodes=20)
    assert isinstance(outcome, Planned)
    assert (outcome.bound, outcome.expanded) == ("nodes", 20)
    faultless(outcome.plan, two_hundred())

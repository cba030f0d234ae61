"""The cards of tools: whole, of one mind on every type, and apart from the enquiry's."""

import inspect
from collections.abc import Callable

import pytest

from activities.capability import steps_of
from activities.cards import AGENTS, TOOLS, all_cards, goal_cards, plan_cards, tool_cards
from activities.own_cards import RESERVED
from baton.contracts.agents import able
from baton.contracts.plan import PlanCard
from baton.contracts.plan_builtin import BUILT_IN
from baton.contracts.tools.write import KEY_FIELDS
from baton.contracts.types import element_of

CARDS = {card.name: card for card in plan_cards()}
PLAIN = {"str", "int", "number", "bool", "date", "datetime", "json"}


def core_of(type_: str) -> str:
    """The type without null and lists."""
    core = type_.removesuffix(" | null")
    inner = element_of(core)
    return core if inner is None else core_of(inner)


def test_there_are_at_least_fifteen_over_all_systems_and_topics() -> None:
    assert len(CARDS) >= 15
    assert {card.agent for card in CARDS.values()} >= {"order system", "CRM", "mail", "Policy (rules)", "clock"}


def test_no_name_is_taken_twice_or_by_the_enquiry_or_by_the_run_itself() -> None:
    assert len(tool_cards()) == len({card.name for card in tool_cards()})
    assert not set(CARDS) & {card.name for card in all_cards()}
    assert not set(CARDS) & {*RESERVED, *(card.name for card in (*goal_cards(), *BUILT_IN))}


def test_the_enquirys_cards_are_no_plan_cards() -> None:
    assert [card.name for card in all_cards() if isinstance(card, PlanCard)] == []


def test_a_card_is_the_activity_of_its_name() -> None:
    agents: list[object] = [object.__new__(each) for each in (*AGENTS, *TOOLS)]
    names = [step.__temporal_activity_definition.name for step in steps_of(agents)]  # type: ignore[attr-defined]
    assert sorted(names) == sorted([*(card.name for card in all_cards()), *CARDS])


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_a_card_is_whole(card: PlanCard) -> None:
    assert card.description.endswith(".")
    assert card.gives in card.parts
    assert not KEY_FIELDS & set(card.inputs), "the run fills the key in: it is no input"
    assert bool(card.undo or card.no_undo) == card.writes
    assert card.cost >= 0
    assert 0 < card.typical_s < card.attempt_s <= 600
    assert card.retry.attempts <= 2000


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_every_type_on_a_card_is_plain_or_named_or_made_of_known_parts(card: PlanCard) -> None:
    within = [type_ for fields in card.parts.values() for type_ in fields.values()]
    models = {name for other in CARDS.values() for name in other.parts}
    for type_ in [*within, *(need.type for need in card.inputs.values())]:
        assert core_of(type_) in PLAIN | set(card.named) | models, type_


def test_all_cards_are_of_one_mind_on_every_type() -> None:
    parts: dict[str, dict[str, str]] = {}
    named: dict[str, str] = {}
    for card in CARDS.values():
        for name, fields in card.parts.items():
            assert parts.setdefault(name, fields) == fields, name
        for name, plain in card.named.items():
            assert named.setdefault(name, plain) == plain, name


def test_what_takes_and_gives_the_same_does_the_same() -> None:
    """Such capabilities stand in for each other: that must be meant."""
    groups = {tuple(able(name, dict(CARDS))) for name, card in CARDS.items() if not card.writes}
    assert {group for group in groups if len(group) > 1} == {
        ("find_customer_by_email", "find_contact_by_email"),
        ("find_customer_by_name", "find_contact_by_name"),
        ("get_order", "recall_order"),
    }


def test_the_policy_of_a_write_is_told_by_a_capability_that_every_goal_carries() -> None:
    reads = {card.name for card in goal_cards() if card.effect == "read"}
    assert {card.policy for card in CARDS.values() if card.policy} <= reads
    assert [card.name for card in CARDS.values() if card.policy and not card.writes] == []


def test_every_fallback_is_a_tool_that_can_stand_in() -> None:
    for name, card in CARDS.items():
        assert set(card.fallbacks) <= set(able(name, dict(CARDS)))


def test_the_worker_runs_every_tool() -> None:
    import worker  # noqa: PLC0415  the composition root

    made: Callable[..., object] = worker.tools_for
    source = inspect.getsource(made)
    assert [
        each.__name__ for each in TOOLS if f"{each.__name__}(" not in source and f"{each.__name__}." not in source
    ] == []

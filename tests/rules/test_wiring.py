"""Every name that a program relies on is answered by something: a card, an activity, a handler, an attribute."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from temporalio import workflow

from activities.by_model import MODEL_AGENTS
from activities.capability import cards_of, steps_of
from activities.cards import AGENTS, GOAL_AGENTS, all_cards, goal_cards, shadow_cards
from activities.model_critic import ModelCritic
from activities.model_planner import ModelPlanner
from activities.turn_taker import TurnTaker
from baton.contracts import names
from baton.contracts.agents import Capability, Card, able
from baton.contracts.models import ModelChains, Thinker, models_in
from baton.contracts.orders import ActionKind
from baton.temporal import search_attributes
from workflows.enquiry import EnquiryWorkflow

ROOT = Path(__file__).parents[2]
CARDS: dict[str, Card] = {card.name: card for card in (*all_cards(), *goal_cards())}


def constants(prefix: str = "") -> dict[str, object]:
    """What `names` defines in capitals."""
    return {name: value for name, value in vars(names).items() if name.isupper() and name.startswith(prefix)}


def capabilities() -> list[Capability[Any]]:
    """Every capability that a process may ask for."""
    asked = [value for value in constants().values() if isinstance(value, Capability)]
    return asked + [names.performing(kind) for kind in get_args(ActionKind)]


def workflow_classes() -> Iterator[type]:
    """Every class in workflows/ that Temporal may start."""
    for path in sorted((ROOT / "workflows").glob("*.py")):
        module = importlib.import_module(f"workflows.{path.stem}")
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and value.__module__ == module.__name__
                and hasattr(value, "__temporal_workflow_definition")
            ):
                yield value


@pytest.mark.parametrize("capability", capabilities(), ids=lambda capability: capability.name)
def test_every_capability_has_a_card_that_gives_what_it_promises(capability: Capability[Any]) -> None:
    cards = CARDS | {card.name: card for card in cards_of([TurnTaker, ModelPlanner, ModelCritic])}
    assert capability.name in cards
    assert cards[capability.name].gives == capability.gives.__name__


def test_no_two_cards_share_a_name() -> None:
    assert len(all_cards()) + len(cards_of(GOAL_AGENTS)) == len(CARDS)


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_every_fallback_and_undo_is_a_card_that_takes_and_gives_the_same(card: Card) -> None:
    for name in card.fallbacks:
        assert name in able(card.name, CARDS), f"{name} cannot stand in for {card.name}"
    assert card.undo is None or card.undo in CARDS


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_every_effect_names_its_undo_or_says_why_it_has_none(card: Card) -> None:
    assert bool(card.undo or card.no_undo) == (card.effect in ("idempotent_write", "irreversible"))
    if card.undo:
        undo = CARDS[card.undo]
        assert (undo.takes, undo.gives) == (card.takes, card.gives)


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_every_attempt_is_bounded_and_every_agent_says_what_it_does(card: Card) -> None:
    assert card.retry.attempts <= 2000
    assert 0 < card.attempt_s <= 600
    assert card.description.endswith(".")


def test_a_card_is_the_activity_of_its_name() -> None:
    agents: list[object] = [object.__new__(agent) for agent in (*AGENTS, *GOAL_AGENTS)]
    registered = {step.__temporal_activity_definition.name for step in steps_of(agents)}  # type: ignore[attr-defined]
    assert registered == set(CARDS)


def test_every_agent_that_asks_a_model_does_what_its_twin_does() -> None:
    two = models_in("openai:one,anthropic:two")
    chains = ModelChains(chains=dict.fromkeys(get_args(Thinker), two))
    in_use = {card.name: card for card in (*all_cards(chains, "baton"), *goal_cards(chains, "baton"))}
    beside = {card.name: card for card in shadow_cards(chains, "baton")}
    asked = {name for each in (in_use, beside) for card in each.values() for name in card.before}
    without_a_twin = {card.name for card in cards_of([TurnTaker, ModelPlanner, ModelCritic])}
    assert asked == {card.name for agent in MODEL_AGENTS.values() for card in cards_of([agent])} - without_a_twin
    for cards, card in [(each, card) for each in (in_use, beside) for card in each.values()]:
        for rung, name in enumerate(card.before):
            twin = cards[name]
            assert (twin.takes, twin.gives, twin.effect) == (card.takes, card.gives, "model")
            assert twin.queue == f"baton-model-{two[rung].provider}"
            assert twin.wait_s, "else a run whose model nobody asks would stand still"


def test_the_worker_runs_every_agent_and_every_process() -> None:
    named: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse((ROOT / "worker.py").read_text())):
        used = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
        if isinstance(node, ast.FunctionDef) and node.name == "agents_for":
            named["agents"] = used
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "WORKFLOWS" for t in node.targets):
            named["workflows"] = used - {"WORKFLOWS"}
    assert {agent.__name__ for agent in (*AGENTS, *GOAL_AGENTS)} <= named["agents"]
    assert {each.__name__ for each in workflow_classes()} == named["workflows"]


def test_every_signal_and_query_of_a_run_has_its_handler() -> None:
    definition = workflow._Definition.must_from_class(EnquiryWorkflow)
    signals = {names.DECIDE_REVIEW, names.ASSIGN_REVIEW, names.CUSTOMER_REPLIED, names.PAUSE, names.RESUME}
    assert {name for name in definition.signals if name is not None} == signals
    assert None in definition.signals, "an unknown signal would wait unseen for ever"
    assert set(definition.queries) == set(constants("QUERY_").values())


def test_every_process_notes_what_its_signals_could_not_bring() -> None:
    with_signals = [each for each in workflow_classes() if workflow._Definition.must_from_class(each).signals]
    assert with_signals
    assert all(callable(getattr(each, "signal_refused", None)) for each in with_signals)


def test_every_search_attribute_is_one_that_is_created() -> None:
    assert set(constants("SA_").values()) == set(search_attributes.TYPES)


def test_no_name_is_spelled_out_where_a_constant_stands() -> None:
    prefixes = ("QUERY_", "DECIDE_", "ASSIGN_", "CUSTOMER_", "PAUSE", "RESUME")
    spelled = {value for name, value in constants().items() if name.startswith(prefixes)}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} spells {node.value!r}"
        for place in ("workflows", "baton/cli")
        for path in (ROOT / place).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in {"signal", "query"}
        for node in call.args
        if isinstance(node, ast.Constant) and node.value in spelled
    ]
    assert not found, "\n".join(found)

"""What a goal's run takes along, and what its built-in capabilities promise."""

from activities.capability import cards_of
from activities.composer import Composer
from baton.contracts.agents import Card, Retry
from baton.contracts.goal import carried_cards, inputs_schema
from baton.contracts.plan import Need, Plan, PlanCard
from baton.contracts.plan_builtin import BUILT_IN, COMPOSE
from workflows.schema_check import misfit


def _card(name: str, takes: str = "Ask", **changed: object) -> PlanCard:
    card = PlanCard(
        name=name, agent=name, description=f"{name}.", takes=takes, gives="Number", gives_schema={}, effect="read",
        retry=Retry(attempts=1), attempt_s=1,
    )  # fmt: skip
    return card.model_copy(update=changed)


def test_a_run_takes_along_what_its_plan_names_and_all_that_may_stand_in() -> None:
    cards: list[Card] = [
        _card("named", fallbacks=["fallback"]),
        _card("fallback", takes="Else", fallbacks=["second"]),
        _card("second", takes="Third"),
        _card("same_shape"),
        _card("other", takes="Other"),
        _card("always", takes="Fourth"),
    ]
    plan = Plan.model_validate({"goal": "g", "steps": [{"id": "s", "capability": "named"}]})
    taken = [card.name for card in carried_cards(plan, cards, always=["always"])]
    assert sorted(taken) == sorted(
        ["always", "named", "fallback", "second", "same_shape", *(card.name for card in BUILT_IN)]
    )


def test_the_card_for_plans_and_the_activity_say_the_same() -> None:
    (activity,) = cards_of([Composer])
    (planned,) = [card for card in BUILT_IN if card.name == COMPOSE]
    same = {"retry", "inputs", "parts", "named", "cost", "typical_s", "source"}
    assert planned.model_dump(exclude=same) == activity.model_dump(exclude=same)


def test_what_a_person_writes_instead_is_checked_by_the_types_of_the_inputs() -> None:
    card = _card(
        "named",
        inputs={
            "order": Need(type="OrderNumber"),
            "count": Need(type="int | null", required=False),
            "lines": Need(type="list[str]", required=False),
            "what": Need(type="json", required=False),
        },
        named={"OrderNumber": "str"},
    )
    schema = inputs_schema(card)
    assert misfit({"order": "#1", "count": None, "lines": ["a"], "what": {"any": 1}}, schema) == ""
    for wrong in (
        {},
        {"order": 1},
        {"order": "#1", "count": "two"},
        {"order": "#1", "lines": "a"},
        {"order": "", "x": 1},
    ):
        assert misfit(wrong, schema)  # type: ignore[arg-type]  # each is JSON

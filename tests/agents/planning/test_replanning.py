"""A plan under way is planned anew: what began stays, what is had is used, and nothing is guessed."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from baton.agents.planning.checking import validate_plan
from baton.agents.planning.goal import plan_goal
from baton.agents.planning.replanning import replan
from baton.contracts.plan import Health, Plan, PlanCard, PlanStep, Reference
from baton.contracts.planning import Planned
from baton.contracts.replanning import Replan, Replanned

from .shop_cards import shop
from .test_goals_in_words import PLANNED, TODAY
from .worlds import card

B = {"B": {"b_id": "BId", "note": "str"}}
FIND = card("find", "a: A", "B", parts=B)
LOOK = card("look_up", "b: B", "C")


def _step(id_: str, capability: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "capability": capability, **more}


def _from(source: str) -> dict[str, str]:
    return {"from": source}


FOUND = _step("find", "find", inputs={"a": "a1"})
LOOKED = _step("look_up", "look_up", inputs={"b": _from("find")})


def _plan(*steps: dict[str, Any], **more: Any) -> Plan:
    return Plan.model_validate({"goal": "a goal", "steps": list(steps), **more})


def _around(
    failed: str, cards: Iterable[PlanCard], *steps: dict[str, Any], had: Sequence[str] = ("find",), **more: Any
) -> Replanned:
    plan, known = _plan(*steps), list(cards)
    capability = next(step.capability for step in plan.steps if step.id == failed)
    given = Replan(plan=plan, cards=[], begun=[*had, failed], had=list(had), step=failed, failed=[capability], **more)
    made = replan(given, known)
    if made.plan is not None:
        assert validate_plan(made.plan, {each.name: each for each in known}) == []
        there = {step.id: step for step in made.plan.steps}
        assert all(there[each.id] == each for each in plan.steps if each.id in given.begun)
    return made


def _steps(made: Replanned) -> dict[str, PlanStep]:
    assert made.plan is not None, made
    return {step.id: step for step in made.plan.steps}


def _why(made: Replanned) -> str:
    assert made.plan is None, made
    return "; ".join(made.reasons)


def test_what_is_had_leads_on_by_another_capability_and_is_not_asked_again() -> None:
    other = card("by_number", "b_id: BId", "C")
    check = card("check", "c: C", "D")
    made = _around(
        "look_up", [FIND, LOOK, other, check], FOUND, LOOKED, _step("check", "check", inputs={"c": _from("look_up")})
    )
    assert (made.added, made.dropped, made.past) == (["by_number"], [], ["look_up"])
    steps = _steps(made)
    assert steps["by_number"].inputs == {"b_id": Reference(source="find.b_id")}
    assert steps["check"].inputs == {"c": Reference(source="by_number")}


def test_where_the_very_result_cannot_be_had_what_was_made_of_it_may_be() -> None:
    cards = [FIND, LOOK, card("check", "c: C", "D"), card("direct", "b: B", "D"), card("last", "d: D", "E")]
    made = _around(
        "look_up",
        cards,
        FOUND,
        LOOKED,
        _step("check", "check", inputs={"c": _from("look_up")}),
        _step("last", "last", inputs={"d": _from("check")}, needs=["look_up"]),
    )
    assert (made.added, made.dropped) == (["direct"], ["check"])
    assert _steps(made)["last"].inputs == {"d": Reference(source="direct")}
    assert _steps(made)["last"].needs == ["direct"]


def test_a_list_that_was_gone_through_is_had_at_once() -> None:
    parts = {"B": {"b_id": "BId", "c_ids": "list[CId]"}}
    cards = [
        card("find", "a: A", "B", parts=parts),
        card("get", "c_id: CId", "C"),
        card("list_all", "b_id: BId", "All", parts={"All": {"items": "list[C]"}}),
        card("sum_up", "items: list[C]", "Sum"),
    ]
    made = _around(
        "get",
        cards,
        FOUND,
        _step("get", "get", inputs={"c_id": _from("each")}, for_each=_from("find.c_ids")),
        _step("sum_up", "sum_up", inputs={"items": _from("get")}),
    )
    assert _steps(made)["sum_up"].inputs == {"items": Reference(source="list_all.items")}


def test_no_new_step_has_an_id_that_one_ever_had() -> None:
    other = card("by_number", "b_id: BId", "C")
    made = _around(
        "by_hand",
        [FIND, other, card("hand", "b: B", "C")],
        FOUND,
        _step("by_hand", "hand", inputs={"b": _from("find")}),
        used=["by_number", "by_number_2"],
    )
    assert made.added == ["by_number_3"]


def test_a_parameter_of_the_step_that_failed_must_be_taken_again() -> None:
    look = card("look_up", "b: B, since: Since", "C")
    made = _around(
        "look_up",
        [FIND, look, card("other", "b: B", "C")],
        FOUND,
        _step("look_up", "look_up", inputs={"b": _from("find"), "since": "2026-01-01"}),
    )
    assert _why(made) == "nothing else takes “2026-01-01”"


def test_what_starts_from_nothing_is_no_way_to_what_was_named() -> None:
    made = _around("look_up", [FIND, LOOK, card("any_of_them", "", "C")], FOUND, LOOKED)
    assert _why(made) == "what else gives it starts from nothing that is known here"


def test_of_two_of_one_type_none_stands_for_the_other() -> None:
    orders = {"Order": {"order_id": "OrderNumber"}}
    cards = [
        card("get", "order_id: OrderNumber", "Order", parts=orders),
        card("replacement_of", "order: Order", "Order", parts=orders),
        card("track", "order: Order", "Tracking"),
        card("recall", "order_id: OrderNumber", "Order", parts=orders),
        card("track_by_number", "order_id: OrderNumber", "Tracking"),
    ]
    made = _around(
        "other",
        cards,
        _step("get", "get", inputs={"order_id": "W1"}),
        _step("other", "replacement_of", inputs={"order": _from("get")}),
        _step("track", "track", inputs={"order": _from("other")}),
        had=["get"],
    )
    assert _why(made) == "there is Order before it, and the type does not tell them apart"


@pytest.mark.parametrize(
    ("changed", "effect", "why"),
    [
        ({"review": True}, "idempotent_write", "look_up changes something: another deed is none in its place"),
        ({"review": True}, "read", "look_up is approved by a person"),
        ({"done_when": [{"fact": "x", "op": "not_null"}]}, "read", "look_up says what its result must be"),
    ],
)
def test_what_is_more_than_its_type_is_left_to_a_person(changed: dict[str, Any], effect: Any, why: str) -> None:
    look = card("look_up", "b: B", "C", effect=effect, parts={"C": {"x": "str"}})
    made = _around("look_up", [FIND, look, card("other", "b_id: BId", "C")], FOUND, {**LOOKED, **changed})
    assert _why(made) == why


def test_no_write_comes_in_by_itself_and_none_that_waits_is_replaced() -> None:
    cards = [
        FIND,
        LOOK,
        card("make", "b: B", "C", effect="idempotent_write"),
        card("send", "c: C", "Sent", effect="irreversible"),
        card("send_b", "b: B", "Sent"),
    ]
    sent = _step("send", "send", inputs={"c": _from("look_up")}, review=True)
    assert _why(_around("look_up", cards, FOUND, LOOKED, sent)).startswith("nothing here gives C")


def test_the_budget_with_what_a_person_granted_is_the_bound() -> None:
    cards = [FIND, LOOK, card("by_number", "b_id: BId", "C")]
    plan = _plan(FOUND, LOOKED, budget={"steps": 2})
    given = {
        "plan": plan,
        "cards": [],
        "begun": ["find", "look_up"],
        "had": ["find"],
        "step": "look_up",
        "failed": ["look_up"],
    }
    assert _why(replan(Replan(**given), cards)) == "budget/steps: steps: it takes 3 at least, and 2 are granted"
    assert replan(Replan(**given, more={"steps": 1}), cards).added == ["by_number"]


def test_what_failed_for_good_is_not_ranked_for_what_comes_in() -> None:
    ways = [card(name, "b_id: BId", "C") for name in ("by_hand", "by_number")]
    plan = _plan(FOUND, LOOKED)
    given = Replan(
        plan=plan,
        cards=[FIND, LOOK, *ways],
        begun=["find", "look_up"],
        had=["find"],
        step="look_up",
        failed=["look_up", "by_hand"],
    )
    lately = {"by_number": Health(capability="by_number", tried=10, succeeded=0)}
    made = replan(given, [FIND, LOOK, *ways], health=lately)
    assert made.added == ["by_number"]
    assert [each.capability for each in made.rankings[0].order] == ["by_number"]
    assert "by_hand" not in [each.name for each in made.cards]


# ── other words ──────────────────────────────────────────────────────────────────────────────────────────────────────

CARDS = shop()
W1 = "W1039954"


def _words(goal: str, steps: Sequence[dict[str, Any]], **more: Any) -> Replanned:
    return replan(Replan(plan=_plan(*steps), cards=[], goal=goal, **more), CARDS, TODAY)


READ = _step("read_order", "read_order", inputs={"order_id": W1})
TRACK = _step("track", "track_order", inputs={"order": _from("read_order")})


def test_what_is_had_already_is_part_of_the_new_plan() -> None:
    made = _words(f"the customer of order {W1}", [READ, TRACK], begun=["read_order"], had=["read_order"])
    assert (made.added, made.dropped, made.past) == (["find_customer_by_id"], ["track"], [])
    assert _steps(made)["find_customer_by_id"].inputs == {"customer_id": Reference(source="read_order.customer_id")}


def test_what_is_had_of_another_is_not_taken_for_it() -> None:
    made = _words("the customer of order W2", [READ, TRACK], begun=["read_order"], had=["read_order"])
    assert (made.added, made.dropped, made.past) == (["read_order_2", "find_customer_by_id"], ["track"], ["read_order"])


def test_what_has_not_begun_and_is_wanted_still_keeps_its_id() -> None:
    made = _words(f"For order {W1} show the customer and tracking numbers", [READ, TRACK], begun=["read_order"])
    assert (made.dropped, made.past) == ([], [])
    assert "track" in _steps(made)
    assert made.added == ["find_customer_by_id"]


def test_a_step_that_ended_without_a_result_is_tried_again_under_another_id() -> None:
    made = _words(f"Show order {W1}", [READ], begun=["read_order"], left_out=["read_order"])
    assert (made.added, made.past) == (["read_order_2"], ["read_order"])


CANCEL = _step("cancel", "cancel_order", inputs={"order_id": W1}, review=True)


def test_what_was_looked_up_before_a_write_began_is_looked_up_again_after_it() -> None:
    made = _words(f"the customer of order {W1}", [READ, CANCEL], begun=["read_order", "cancel"], had=["read_order"])
    assert (made.added, made.past) == (["read_order_2", "find_customer_by_id"], ["read_order", "cancel"])
    steps = _steps(made)
    assert steps["read_order_2"].needs == ["cancel"]
    assert steps["find_customer_by_id"].inputs == {"customer_id": Reference(source="read_order_2.customer_id")}
    assert made.plan is not None
    again = _words(
        f"tracking numbers of order {W1}",
        [each.model_dump(mode="json") for each in made.plan.steps],
        begun=["read_order", "cancel", "read_order_2"],
        had=["read_order", "cancel", "read_order_2"],
    )
    assert again.added == ["track_order"]
    assert _steps(again)["track_order"].inputs == {"order": Reference(source="read_order_2")}


def test_what_was_looked_up_after_the_write_is_had() -> None:
    made = _words(f"Show order {W1}", [CANCEL, {**READ, "needs": ["cancel"]}], begun=["cancel", "read_order"])
    assert (made.added, made.dropped, made.past) == ([], [], ["cancel"])


def test_a_write_is_not_made_anew_because_what_it_was_made_from_is_looked_up_again() -> None:
    find = _step("find", "find_customer_by_email", inputs={"email": "a@b.c"})
    log = _step(
        "log",
        "log_note",
        inputs={"text": "called back", "customer_id": _from("find.customer_id")},
        needs=["find"],
        review=True,
    )
    both = ["find", "log"]
    made = _words('Log a note for a@b.c: "called back"', [find, log], begun=both, had=both)
    assert (made.added, made.dropped, made.past) == ([], [], [])
    made = _words("Find the customer a@b.c", [find, log], begun=both, had=both)
    assert made.added == ["find_customer_by_email"]
    assert made.plan is not None
    made = _words(
        'Log a note for a@b.c: "called back"',
        [each.model_dump(mode="json") for each in made.plan.steps],
        begun=[*both, "find_customer_by_email"],
        had=[*both, "find_customer_by_email"],
    )
    assert (made.added, made.past) == ([], ["find_customer_by_email"])


def test_words_that_may_mean_several_things_give_the_readings_and_one_of_them_the_plan() -> None:
    words = f"number of order {W1}"
    unsure = _words(words, [READ])
    assert (unsure.outcome, unsure.plan) == ("unsure", None)
    assert len(unsure.choices) >= 1
    chosen = _words(words, [READ], reading=unsure.choices[0].wanted)
    assert chosen.outcome == "planned"


def test_what_cannot_be_had_is_said() -> None:
    made = _words("the shoe size of W1039954", [READ])
    assert made.plan is None


def test_what_failed_for_good_is_not_planned_again() -> None:
    made = _words(f"Show order {W1}", [READ], failed=["read_order"])
    assert made.plan is None or all(
        step.capability != "read_order" for step in made.plan.steps if step.id in made.added
    )


@pytest.mark.parametrize("goal", [goal for goal, _ in PLANNED])
def test_around_any_step_of_any_plan_whatever_comes_is_sound(goal: str) -> None:
    """Whatever is found passes the check, leaves what began as it was, and has new ids for new steps."""
    planned = plan_goal(goal, CARDS, TODAY)
    assert isinstance(planned, Planned)
    steps = planned.plan.steps
    known = {each.name: each for each in CARDS}
    for place, failed in enumerate(steps):
        had = [step.id for step in steps[:place]]
        given = Replan(
            plan=planned.plan, cards=[], begun=[*had, failed.id], had=had, step=failed.id, failed=[failed.capability]
        )
        made = replan(given, CARDS)
        if made.plan is None:
            assert made.reasons
            continue
        assert validate_plan(made.plan, known) == []
        there = {step.id: step for step in made.plan.steps}
        assert all(there[step.id] == step for step in steps if step.id in given.begun)
        assert not {*made.added} & {step.id for step in steps}
        assert all(there[each].capability != failed.capability for each in made.added)

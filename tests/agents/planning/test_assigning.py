"""Who takes a step: by type and effect, grants, health, cost and duration, and why."""

from baton.agents.planning.assigning import rank
from baton.contracts.plan import Health, PlanCard, PlanStep, Reference
from baton.contracts.planning import Ranking

from .worlds import card

STEP = PlanStep(id="find", capability="find", inputs={"a": "a1"})


def names(ranking: Ranking) -> list[str]:
    return [each.capability for each in ranking.order]


def left_out(ranking: Ranking) -> dict[str, str]:
    return {each.capability: each.why for each in ranking.left_out}


def health(name: str, succeeded: int, tried: int, failure: str = "") -> dict[str, Health]:
    return {name: Health(capability=name, tried=tried, succeeded=succeeded, last_failure=failure)}


def own(**more: str) -> PlanCard:
    return card("find", "a: A", "B", **more)  # type: ignore[arg-type]  # costs alone


def test_the_cheapest_that_fits_comes_first_then_the_quickest_then_the_planned_one() -> None:
    cards = [own(), card("dear", "a: A", "B", cost="2"), card("slow", "a: A", "B", s=9), card("alike", "a: A", "B")]
    assert names(rank(STEP, cards)) == ["find", "alike", "slow", "dear"]
    assert names(rank(STEP, cards[::-1])) == ["find", "alike", "slow", "dear"]


def test_one_that_failed_of_late_comes_after_a_dearer_one_that_did_not() -> None:
    cards = [own(), card("dear", "a: A", "B", cost="2")]
    ranking = rank(STEP, cards, health("find", 1, 10, "no answer"))
    assert names(ranking) == ["dear", "find"]
    assert ranking.order[1].why == (
        "planned; 1 of 10 calls succeeded of late, last failure: no answer; costs 0 a call, takes 1 s"
    )
    assert ranking.order[0].why == "not tried of late; costs 2 a call, takes 1 s"


def test_a_few_failures_and_a_few_calls_change_nothing() -> None:
    cards = [own(), card("dear", "a: A", "B", cost="2")]
    assert names(rank(STEP, cards, health("find", 9, 10))) == ["find", "dear"]
    assert names(rank(STEP, cards, health("find", 0, 2))) == ["find", "dear"]


def test_failing_comes_after_shaky() -> None:
    cards = [own(), card("other", "a: A", "B", cost="2")]
    assert names(rank(STEP, cards, health("find", 1, 10) | health("other", 6, 10))) == ["other", "find"]


def test_what_is_not_granted_is_left_out_with_the_reason() -> None:
    ranking = rank(STEP, [own(), card("other", "a: A", "B")], granted={"other"})
    assert names(ranking) == ["other"]
    assert left_out(ranking) == {"find": "it is not granted"}


def test_only_what_takes_the_inputs_of_the_step_and_gives_the_same_fits() -> None:
    cards = [
        own(),
        card("more", "a: A, b: B", "B"),
        card("other_input", "c: C", "B"),
        card("other_type", "a: C", "B"),
        card("optional", "a: A | null, b?: B", "B"),
        card("unlike", "a: A", "C"),
    ]
    ranking = rank(STEP, cards)
    assert names(ranking) == ["find", "optional"]
    assert left_out(ranking) == {
        "more": "it also needs b",
        "other_input": "it does not take a",
        "other_type": "it takes a as C, not as A",
    }


def test_a_result_of_the_same_name_with_other_parts_does_not_fit() -> None:
    parts = {"B": {"x": "X"}}
    cards = [card("find", "a: A", "B", parts=parts), card("other", "a: A", "B", parts={"B": {"y": "Y"}})]
    assert left_out(rank(STEP, cards)) == {"other": "its B has other parts"}


def test_a_write_is_taken_over_by_a_declared_fallback_alone() -> None:
    cancel = card("cancel", "a: A", "Done", effect="irreversible", fallbacks=["cancel_by_mail"])
    cards = [
        cancel,
        card("cancel_by_mail", "a: A", "Done", effect="irreversible"),
        card("refund", "a: A", "Done", effect="irreversible"),
        card("look", "a: A", "Done"),
    ]
    step = PlanStep(id="cancel", capability="cancel", inputs={"a": Reference(source="find.a")}, review=True)
    assert names(rank(step, cards)) == ["cancel", "cancel_by_mail"]


def test_a_declared_fallback_comes_after_the_others_unless_they_fail() -> None:
    cards = [
        card("find", "a: A", "B", fallbacks=["old_copy"], s=5),
        card("old_copy", "a: A", "B"),
        card("zed", "a: A", "B", s=9),
    ]
    assert names(rank(STEP, cards)) == ["find", "zed", "old_copy"]
    assert names(rank(STEP, cards, health("find", 0, 5) | health("zed", 0, 5)))[0] == "old_copy"
    assert rank(STEP, cards).order[2].why.startswith("declared fallback; ")


def test_a_write_never_stands_in_for_a_read() -> None:
    make = card("make", "a: A", "B", effect="idempotent_write")
    ranking = rank(STEP, [card("find", "a: A", "B", fallbacks=["make"]), make])
    assert names(ranking) == ["find"]
    assert left_out(ranking) == {"make": "it changes something, and a read does not"}


def test_a_step_whose_card_is_gone_has_nobody() -> None:
    ranking = rank(STEP, [card("other", "a: A", "B")])
    assert (names(ranking), left_out(ranking)) == ([], {"find": "no card of it is here"})

"""When a step fails: fallbacks in order, then a person, whose answer decides what happens next."""

from typing import Any

import pytest
from pydantic import BaseModel, JsonValue
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from baton.contracts.review import ReviewChoice

from .driver import enquiry
from .team import FOUND, PROPOSAL, USUAL, Answer, Team

SECRET = "sk_live_51H8xQz2eZvKYlo2C"


def fails(kind: str = "Rejected", *, again: bool = False, until: int = 10**6, then: Answer | None = None) -> Answer:
    """Fails with that kind of error until it was asked so often; then answers."""
    asked = 0

    def answer(handed: dict[str, Any]) -> BaseModel:
        nonlocal asked
        asked += 1
        if asked < until:
            raise ApplicationError("the system said no", 1, False, type=kind, non_retryable=not again)
        assert then is not None
        return then(handed) if callable(then) else then

    return answer


async def test_the_fallback_answers_and_the_record_says_why(client: Client) -> None:
    async with enquiry(client, Team(find_customer=fails())) as run:
        await run.open_review()
        record = await run.record()
        await run.decide("reject")
        await run.result()
    lines = [(line.kind, line.text) for line in record.record if line.step == "find_customer"]
    assert lines[0] == ("failed", "Rejected: the system said no")
    assert lines[1][0] == "fell_back"
    assert "after find_customer failed" in lines[1][1]
    (fact,) = [fact for fact in record.facts if fact.name == "find_customer"]
    assert fact.agent == "scripted find_customer_in_crm"


async def test_wrong_settings_are_never_hidden_by_a_fallback(client: Client) -> None:
    async with enquiry(client, Team(find_customer=fails("Misconfigured"))) as run:
        review = await run.open_review()
        assert review.kind == "failure"
        assert "find_customer_in_crm" not in run.team.steps
        await run.decide("abort")
        await run.result()


async def test_attempts_are_bounded_before_a_person_is_asked(client: Client) -> None:
    async with enquiry(client, Team(look_up_policy=fails("Unavailable", again=True)), attempts=3) as run:
        review = await run.open_review()
        assert review.kind == "failure"
        assert run.team.steps.count("look_up_policy") == 3
        assert "Unavailable: the system said no" in str(review.subject)
        await run.decide("abort")
        result = await run.result()
    assert result.outcome == "aborted"


async def test_when_every_agent_fails_a_person_sees_each_cause_in_order_and_a_retry_begins_at_the_top(
    client: Client,
) -> None:
    team = Team(
        find_customer=fails("Unavailable", again=True, until=5, then=FOUND),
        find_customer_in_crm=fails("Rejected"),
    )
    causes = [
        "scripted find_customer: Unavailable: the system said no",
        "scripted find_customer_in_crm: Rejected: the system said no",
    ]
    tried = ["find_customer"] * 2 + ["find_customer_in_crm"]
    async with enquiry(client, team, attempts=2) as run:
        review = await run.review_of("failure")
        assert isinstance(review.subject, dict)
        assert (review.subject["step"], review.subject["causes"]) == ("find_customer", causes)
        assert review.summary == "find_customer, then find_customer_in_crm failed, and no other agent stands in"
        assert [choice.id for choice in review.choices] == ["retry", "supply", "reroute", "abort"]
        assert [step for step in team.steps if step.startswith("find_customer")] == tried
        await run.decide("retry")
        again = await run.revision(2)
        assert isinstance(again.subject, dict)
        assert (again.review_id, again.subject["causes"]) == (review.review_id, causes * 2)
        await run.decide("retry")
        assert (await run.review_of("resolution")).revision == 1
        assert [step for step in team.steps if step.startswith("find_customer")] == [*tried, *tried, "find_customer"]
        record = await run.record()
        await run.decide("reject")
        await run.result()
    kinds = [(line.kind, line.agent) for line in record.record if line.step == "find_customer"]
    own, stand_in = "scripted find_customer", "scripted find_customer_in_crm"
    a_round = [("failed", own), ("fell_back", stand_in), ("failed", stand_in)]
    assert kinds == [*a_round, *a_round, ("done", own)]


async def test_a_retry_by_a_person_raises_the_round_and_names_the_earlier_key(client: Client) -> None:
    team = Team(cancel_order=fails(until=2, then=USUAL["cancel_order"]))
    async with enquiry(client, team) as run:
        await run.decide("approve")
        await run.review_of("failure")
        await run.decide("retry")
        assert (await run.result()).outcome == "answered"
    first, second = team.asked("cancel_order")
    assert first["key"].endswith("/a1/1/0")
    assert second["key"].endswith("/a1/1/1")
    assert second["earlier_keys"] == [first["key"]]


async def test_a_supplied_result_must_fit_and_then_counts_as_the_step(client: Client) -> None:
    team = Team(find_customer=fails(), find_customer_in_crm=fails())
    async with enquiry(client, team) as run:
        await run.review_of("failure")
        wrong = await run.became(await run.decide("supply", value={"outcome": "one"}))
        assert wrong.status == "refused"
        await run.decide("supply", value=FOUND.model_dump(mode="json"))
        review = await run.revision(1)
        assert review.kind == "resolution"
        record = await run.record()
        await run.decide("reject")
        await run.result()
    (fact,) = [fact for fact in record.facts if fact.name == "find_customer"]
    assert fact.agent == "nomsa"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"outcome": SECRET}, 'outcome: expected is one of "one", '),
        ({"customer": {"customer_id": 1, "note": SECRET}}, "customer"),
        ({"sender": SECRET}, "sender"),
        (SECRET, "the value: expected is object"),
    ],
)
async def test_a_supplied_value_that_does_not_fit_is_told_by_place_and_expectation_and_never_repeated(
    client: Client, changed: JsonValue, told: str
) -> None:
    async with enquiry(client, Team(find_customer=fails(), find_customer_in_crm=fails())) as run:
        await run.review_of("failure")
        value = FOUND.model_dump(mode="json") | changed if isinstance(changed, dict) else changed
        refused = await run.became(await run.decide("supply", value=value))
        assert refused.status == "refused"
        assert refused.reason.startswith("the value does not fit: ")
        assert told in refused.reason
        assert SECRET not in (await run.record()).model_dump_json()
        assert SECRET not in (await run.status()).model_dump_json()
        await run.decide("abort")
        await run.result()


async def test_a_person_may_reroute_to_a_named_capable_agent(client: Client) -> None:
    team = Team(
        propose_resolution=fails(),
        prepare_hand_over=fails(until=2, then=PROPOSAL),
    )
    async with enquiry(client, team) as run:
        review = await run.review_of("failure")
        assert _choice(review.choices, "reroute").value_schema == {"type": "string", "enum": ["prepare_hand_over"]}
        await run.decide("reroute", value="prepare_hand_over")
        assert (await run.open_review()).kind == "resolution"
        await run.decide("reject")
        await run.result()
    assert team.steps.count("propose_resolution") == 1
    assert team.steps.count("prepare_hand_over") == 2


async def test_only_an_optional_step_may_be_skipped(client: Client) -> None:
    async with enquiry(client, Team(look_up_policy=fails())) as run:
        review = await run.review_of("failure")
        assert "skip" not in [choice.id for choice in review.choices]
        await run.decide("abort")
        await run.result()


async def test_a_skipped_action_is_never_spoken_of_as_done(client: Client) -> None:
    async with enquiry(client, Team(cancel_order=fails())) as run:
        await run.decide("approve")
        await run.review_of("failure")
        await run.decide("skip")
        review = await run.revision(2)
        assert "was left out; it was not done" in review.notes[0]
        assert "send_reply" not in run.team.steps
        await run.decide("request_changes", comment="the order system is back, please propose it again")
        await run.revision(3)
        await run.decide("reject")
        assert (await run.result()).actions_done == []
    asked = run.team.asked("propose_resolution")
    before, after = asked[1]["setbacks"][0], asked[-1]["setbacks"][0]
    left_out = {"action_id": "a1", "action_kind": "cancel_order", "order_id": "#1", "text": review.notes[0]}
    assert before == {"kind": "given_up", **left_out}
    assert after == {**before, "heard": True}


async def test_two_steps_that_fail_side_by_side_are_answered_each(client: Client) -> None:
    team = Team(
        find_customer=fails(),
        find_customer_in_crm=fails(until=2, then=FOUND),
        look_up_policy=fails(until=2, then=USUAL["look_up_policy"]),
    )
    async with enquiry(client, team) as run:
        for _ in range(2):
            await run.review_of("failure")
            await run.became(await run.decide("retry"))
        review = await run.review_of("resolution")
        assert review
        await run.decide("reject")
        await run.result()


async def test_the_log_goes_on_by_itself_when_the_crm_is_down(client: Client) -> None:
    async with enquiry(client, Team(log_outcome=fails("Unavailable", again=True))) as run:
        await run.decide("approve")
        result = await run.result()
    assert (result.outcome, result.log_entry) == ("answered", "later")


@pytest.mark.parametrize("outcome", ["reject", "abort"])
async def test_giving_up_on_the_log_or_the_archive_ends_the_run_with_the_outcome_that_it_had(
    client: Client, outcome: str
) -> None:
    team = Team(look_up_policy=fails()) if outcome == "abort" else Team()
    team.answers |= {"log_outcome": fails(), "log_outcome_later": fails(), "archive_record": fails()}
    async with enquiry(client, team) as run:
        await run.decide(outcome)
        for _ in range(2):
            await run.review_of("failure")
            await run.became(await run.decide("abort"))
        result = await run.result()
    assert result.outcome == {"reject": "rejected", "abort": "aborted"}[outcome]


async def test_a_failure_review_survives_continuing_as_new(client: Client) -> None:
    team = Team(look_up_policy=fails(until=2, then=USUAL["look_up_policy"]))
    async with enquiry(client, team, continue_after_steps=1) as run:
        await run.review_of("failure")
        await run.decide("retry")
        await run.review_of("resolution")
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"
    assert team.steps.count("look_up_policy") == 2


def _choice(choices: list[ReviewChoice], wanted: str) -> ReviewChoice:
    return next(choice for choice in choices if choice.id == wanted)


async def test_no_other_action_is_offered_in_place_of_one_that_failed(client: Client) -> None:
    async with enquiry(client, Team(cancel_order=fails())) as run:
        await run.decide("approve")
        review = await run.review_of("failure")
        assert "reroute" not in [choice.id for choice in review.choices]
        await run.decide("abort")
        await run.result()

"""An effect that may have been carried out without anybody knowing: a person decides, and nothing is done twice."""

from typing import Any

import pytest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from baton.contracts.record import StepStatus
from baton.contracts.review import Review

from .driver import Run, enquiry
from .team import NOBODY, USUAL, Answer, Team


def lost(times: int = 10**6, *, then: Answer | None = None, kind: str = "OutcomeUnknown") -> Answer:
    """The request goes out and its answer is lost, so many times; then it answers."""
    asked = 0

    def answer(handed: dict[str, Any]) -> Any:
        nonlocal asked
        asked += 1
        if asked <= times:
            raise ApplicationError("the answer was lost", 1, True, type=kind, non_retryable=True)
        assert then is not None
        return then(handed) if callable(then) else then

    return answer


async def _ambiguous(run: Run) -> Review:
    await run.decide("approve")
    return await run.review_of("failure")


def _choices(review: Review) -> list[str]:
    return [choice.id for choice in review.choices]


async def _step(run: Run, key: str) -> StepStatus:
    return next(step for step in (await run.status()).steps if step.step == key)


async def test_the_step_is_ambiguous_and_a_person_is_told_what_to_look_for(client: Client) -> None:
    async with enquiry(client, Team(cancel_order=lost())) as run:
        review = await _ambiguous(run)
        assert review.title.startswith("Was it done? Nobody can tell")
        assert _choices(review) == ["done", "not_done", "retry", "supply", "skip", "abort"]
        (key,) = [handed["key"] for handed in run.team.asked("cancel_order")]
        assert any(key in note for note in review.notes)
        assert (await _step(run, "cancel_order/a1/1")).state == "ambiguous"
        kinds = [(line.kind, line.key) for line in (await run.record()).record if line.step == "cancel_order/a1/1"]
        assert kinds == [("ambiguous", key)]
        await run.decide("abort")
        await run.result()


async def test_an_effect_whose_attempt_was_cut_off_without_a_word_is_ambiguous(client: Client) -> None:
    def cut_off(handed: dict[str, Any]) -> Any:
        raise ApplicationError("the server has given this attempt up", type="Overtaken", non_retryable=True)

    async with enquiry(client, Team(cancel_order=cut_off)) as run:
        review = await _ambiguous(run)
        assert review.title.startswith("Was it done? Nobody can tell")
        await run.decide("abort")
        await run.result()


async def test_what_was_done_after_all_is_done_once_and_spoken_of(client: Client) -> None:
    async with enquiry(client, Team(cancel_order=lost())) as run:
        await _ambiguous(run)
        await run.decide("done")
        result = await run.result()
        record = await run.record()
    assert (result.outcome, result.actions_done) == ("answered", ["cancel_order"])
    assert run.team.steps.count("cancel_order") == 1
    (fact,) = [fact for fact in record.facts if fact.name == "cancel_order/a1/1"]
    assert fact.agent == "nomsa"


async def test_what_was_not_done_is_done_under_a_new_key(client: Client) -> None:
    async with enquiry(client, Team(cancel_order=lost(1, then=USUAL["cancel_order"]))) as run:
        await _ambiguous(run)
        await run.decide("not_done")
        assert (await run.result()).outcome == "answered"
    first, second = run.team.asked("cancel_order")
    assert second["key"] != first["key"]
    assert (second["earlier_keys"], second["unknown_keys"]) == ([first["key"]], [])


async def test_asking_again_keeps_the_key_and_says_that_it_is_in_doubt(client: Client) -> None:
    async with enquiry(client, Team(cancel_order=lost(2, then=USUAL["cancel_order"]))) as run:
        for _ in range(2):
            review = await run.review_of("failure") if run.team.asked("cancel_order") else await _ambiguous(run)
            await run.became(await run.decide("retry"))
        assert review.kind == "failure"
        assert (await run.result()).outcome == "answered"
    handed = run.team.asked("cancel_order")
    assert len({each["key"] for each in handed}) == 1
    assert [each["unknown_keys"] for each in handed] == [[], [handed[0]["key"]], [handed[0]["key"]]]


async def test_a_mail_that_may_have_left_is_never_sent_again_by_itself(client: Client) -> None:
    async with enquiry(client, Team(send_reply=lost())) as run:
        review = await _ambiguous(run)
        assert "done" in _choices(review)
        await run.decide("done")
        result = await run.result()
    assert run.team.steps.count("send_reply") == 1
    assert (result.outcome, result.reply_message_id) == ("answered", None)


async def test_a_lookup_that_never_answers_leaves_the_outcome_unknown(client: Client) -> None:
    async with enquiry(client, Team(cancel_order=lost(kind="Unavailable"))) as run:
        assert "not_done" in _choices(await _ambiguous(run))
        await run.decide("abort")
        await run.result()


async def test_an_effect_that_no_attempt_ended_is_ambiguous(client: Client) -> None:
    class Silent(Team):
        async def answer(self, name: str, handed: dict[str, Any]) -> Any:
            import asyncio  # noqa: PLC0415  a hanging step is this test's alone

            if name == "cancel_order":
                await asyncio.Event().wait()
            return await super().answer(name, handed)

    async with enquiry(client, Silent(), attempts=1, attempt_s=1) as run:
        assert "not_done" in _choices(await _ambiguous(run))
        await run.decide("abort")
        await run.result()


async def test_a_failure_that_does_not_vouch_for_it_leaves_the_outcome_unknown(client: Client) -> None:
    def not_registered(handed: dict[str, Any]) -> Any:
        raise ApplicationError("no such activity here", type="NotFoundError", non_retryable=True)

    async with enquiry(client, Team(cancel_order=not_registered)) as run:
        assert "not_done" in _choices(await _ambiguous(run))
        await run.decide("abort")
        await run.result()


async def test_a_question_that_was_sent_after_all_is_not_sent_again(client: Client) -> None:
    async with enquiry(client, Team(find_customer=NOBODY, send_question=lost())) as run:
        await run.review_of("question")
        await run.decide("approve")
        await run.review_of("failure")
        await run.decide("done")
        await run.asked_the_customer()
        await run.handle.cancel()
    assert run.team.steps.count("send_question") == 1


async def test_a_read_that_timed_out_is_only_a_failure(client: Client) -> None:
    async with enquiry(client, Team(look_up_policy=lost(kind="Unavailable"))) as run:
        review = await run.review_of("failure")
        assert "not_done" not in _choices(review)
        await run.decide("abort")
        await run.result()


async def test_only_a_fallback_that_settles_the_doubt_may_follow(client: Client) -> None:
    async with enquiry(client, Team(log_outcome=lost())) as run:
        await run.decide("approve")
        result = await run.result()
    assert result.log_entry == "later"
    (first,), (later,) = run.team.asked("log_outcome"), run.team.asked("log_outcome_later")
    assert (later["key"], later["unknown_keys"]) == (first["key"], [first["key"]])


@pytest.mark.parametrize("answer", ["done", "not_done"])
async def test_the_doubt_survives_continuing_as_new(client: Client, answer: str) -> None:
    team = Team(cancel_order=lost(1, then=USUAL["cancel_order"]))
    async with enquiry(client, team, continue_after_steps=1) as run:
        await run.review_of("resolution")
        review = await _ambiguous(run)
        assert "not_done" in _choices(review)
        await run.decide(answer)
        assert (await run.result()).outcome == "answered"
    assert team.steps.count("cancel_order") == (1 if answer == "done" else 2)


async def test_an_answer_that_makes_no_sense_after_an_effect_is_no_reason_to_do_it_again(client: Client) -> None:
    team = Team(cancel_order=USUAL["read_enquiry"])
    async with enquiry(client, team) as run:
        assert "not_done" in _choices(await _ambiguous(run))
        await run.decide("done")
        assert (await run.result()).outcome == "answered"
    assert team.steps.count("cancel_order") == 1


@pytest.mark.parametrize("answer", ["skip", "abort"])
async def test_a_run_that_ends_in_doubt_says_so_to_the_crm(client: Client, answer: str) -> None:
    team = Team(cancel_order=lost())
    async with enquiry(client, team) as run:
        await _ambiguous(run)
        await run.decide(answer)
        if answer == "skip":
            review = await run.revision(2)
            assert review.notes[0].endswith("was left out: see whether it was done")
            await run.decide("reject")
        result = await run.result()
    (key,) = [handed["key"] for handed in team.asked("cancel_order")]
    assert result.in_doubt == [key]
    (logged,) = team.asked("log_outcome")
    assert key in logged["entry"]["summary"]

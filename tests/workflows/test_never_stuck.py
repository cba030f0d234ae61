"""What could hang a run for ever, lose an accepted word, or hide an effect: each once met, each kept here."""

from typing import Any

import pytest
from pydantic import BaseModel
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from baton.contracts import enquiry as e
from baton.contracts import names
from baton.contracts.enquiry import EnquiryOptions
from baton.contracts.record import RunState
from baton.temporal import search_attributes

from .driver import Run, enquiry, eventually
from .gated import Gated
from .team import CANCEL, CUSTOMER, FOUND, NOBODY, ORDER, PROPOSAL, REPLY, Team
from .test_ladder import fails


def _refused() -> ApplicationError:
    return ApplicationError("the system said no", 1, type="Rejected", non_retryable=True)


def _customer_with(*order_ids: str) -> e.CustomerMatch:
    return FOUND.model_copy(update={"customer": CUSTOMER.model_copy(update={"order_ids": list(order_ids)})})


def _all_but_the_first(handed: dict[str, Any]) -> BaseModel:
    if handed["order_id"] == "#1":
        raise _refused()
    return ORDER.model_copy(update={"order_id": handed["order_id"]})


async def _cancelled(run: Run) -> None:
    with pytest.raises(WorkflowFailureError):
        await run.result()


async def test_a_due_time_without_a_zone_is_refused(client: Client) -> None:
    async with enquiry(client) as run:
        review = await run.open_review()
        naive = {"assignment_id": "a", "review_id": review.review_id, "due_at": "2027-01-01T00:00:00"}
        await run.handle.signal(names.ASSIGN_REVIEW, {**naive, "actor": {"id": "nomsa"}})
        await run.decide("approve")
        await run.result()
        assert "due_at" in (await run.record()).refusals[0].reason


async def test_a_cancelled_run_ends_while_a_step_beside_another_waits_to_continue_as_new(client: Client) -> None:
    team = Gated(
        lambda step, handed: step == "check_orders" and handed["order_id"] == "#3",
        find_customer=_customer_with("#1", "#2", "#3"),
        check_orders=_all_but_the_first,
        last_known_order=fails(),
    )
    async with enquiry(client, team, continue_after_steps=6, attempt_s=60) as run:
        await run.review_of("failure")
        await team.reached.wait()
        await run.handle.cancel()
        await _cancelled(run)
        team.gate.set()


async def test_a_run_that_a_person_ends_leaves_no_step_beside_it_that_asks_on(client: Client) -> None:
    team = Gated(
        lambda step, handed: step == "check_orders" and handed["order_id"] == "#3",
        find_customer=_customer_with("#1", "#3"),
        check_orders=_all_but_the_first,
        last_known_order=fails(),
    )
    async with enquiry(client, team, attempt_s=60) as run:
        await run.review_of("failure")
        await team.reached.wait()
        await run.decide("abort")
        assert (await run.result()).outcome == "aborted"
        team.gate.set()
        assert not [review for review in (await run.record()).reviews if review.status == "open"]


async def test_more_than_a_step_can_be_handed_goes_to_a_person(client: Client) -> None:
    heavy = [ORDER.items[0].model_copy(update={"name": "x" * 900_000})]

    def heavy_order(handed: dict[str, Any]) -> BaseModel:
        return ORDER.model_copy(update={"order_id": handed["order_id"], "items": heavy})

    team = Team(find_customer=_customer_with("#1", "#2", "#3"), check_orders=heavy_order)
    async with enquiry(client, team) as run:
        review = await run.review_of("failure")
        assert "more than a step can be handed" in review.summary
        await run.decide("abort")
        assert (await run.result()).outcome == "aborted"
    assert [(handed["part"], handed["parts"]) for handed in team.asked("archive_record")] == [(1, 3), (2, 3), (3, 3)]


async def test_replies_without_end_are_refused(client: Client) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        for _ in range(22):
            await run.reply("and another thing")
        await run.reply("x" * 33_000)
        await run.decide("reject")
        await run.result()
        assert (await run.record()).refused_count == 3


async def test_an_edit_that_acts_for_nobody_comes_back(client: Client) -> None:
    options = EnquiryOptions(question_rounds=0)
    async with enquiry(client, Team(find_customer=NOBODY), options=options) as run:
        await run.decide("edit", value=e.Resolution(actions=[CANCEL], reply=REPLY).model_dump(mode="json"))
        await run.revision(2)
        await run.decide("reject")
        await run.result()


async def test_an_order_that_is_listed_twice_is_read_once(client: Client) -> None:
    async with enquiry(client, Team(find_customer=_customer_with("#1", "#1"))) as run:
        await run.decide("approve")
        await run.result()
    assert run.team.steps.count("check_orders") == 1


async def test_an_answer_of_another_shape_is_a_failure_like_any_other(client: Client) -> None:
    async with enquiry(client, Team(find_customer=ORDER)) as run:
        await run.review_of("resolution")
        (failed,) = [line for line in (await run.record()).record if line.kind == "failed"]
        assert "no CustomerMatch" in failed.text
        await run.decide("reject")
        await run.result()


@pytest.mark.parametrize("action_id", ["x" * 3000, "a\nX-Evil: 1", "", "a/b"])
async def test_an_action_id_that_would_spoil_a_key_is_refused(client: Client, action_id: str) -> None:
    async with enquiry(client) as run:
        value = e.Resolution(actions=[CANCEL.model_copy(update={"action_id": action_id})], reply=REPLY)
        assert (await run.became(await run.decide("edit", value=value.model_dump(mode="json")))).status == "refused"
        await run.decide("reject")
        await run.result()


async def test_what_the_policy_forbids_is_never_there_to_be_approved(client: Client) -> None:
    def forbids(handed: dict[str, Any]) -> e.PolicyVerdict:
        actions = handed["resolution"]["actions"]
        judged = [e.Judgement(action_id=each["action_id"], allowed=False, rule="shipped") for each in actions]
        return e.PolicyVerdict(judgements=judged, version="1")

    async with enquiry(client, Team(check_policy=forbids)) as run:
        review = await run.open_review()
        assert review.choice("approve") is None
        assert any("shipped" in note for note in review.notes)
        await run.decide("reject")
        await run.result()


async def test_an_action_that_nobody_judged_is_not_allowed(client: Client) -> None:
    async with enquiry(client, Team(check_policy=e.PolicyVerdict(judgements=[], version="1"))) as run:
        assert (await run.open_review()).choice("approve") is None
        await run.decide("reject")
        await run.result()


async def test_what_was_altered_after_approval_does_not_pass_for_approved(client: Client) -> None:
    async with enquiry(client) as first:
        await first.decide("approve")
        await first.result()
        record = await first.record()
    later = ("cancel_order/a1/1", "send_reply", "log_outcome", "archive_record")
    facts = [fact for fact in record.facts if fact.name not in later]
    stolen = REPLY.model_copy(update={"to": "thief@mail.example"})
    altered = e.Resolution(actions=[CANCEL], reply=stolen).model_dump(mode="json")
    facts = [fact.model_copy(update={"value": altered}) if fact.name == "approved/1" else fact for fact in facts]
    state = RunState(facts=facts, record=record.record, reviews=record.reviews)
    async with enquiry(client, state=state) as second:
        await second.result()
    assert [handed["subject_digest"] for handed in second.team.asked("send_reply")] == [
        record.reviews[0].subject_digest
    ]


@pytest.mark.parametrize("every", [pytest.param(None, marks=pytest.mark.long), 1])
async def test_what_the_customer_writes_while_the_run_works_is_read_before_a_person_is_asked(
    client: Client, every: int | None
) -> None:
    team = Gated(lambda step, handed: step == "choose_orders")
    async with enquiry(client, team, attempt_s=60, continue_after_steps=every) as run:
        await team.reached.wait()
        await run.reply("Please do NOT cancel it after all")
        team.gate.set()
        review = await run.open_review()
        assert review.revision == 2
        assert len(team.asked("propose_resolution")[-1]["replies"]) == 1
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"


async def test_a_question_is_not_sent_to_a_customer_who_wrote_meanwhile(client: Client) -> None:
    def find(handed: dict[str, Any]) -> BaseModel:
        return FOUND if handed["replies"] else NOBODY

    async with enquiry(client, Team(find_customer=find)) as run:
        await run.review_of("question")
        await run.reply("I forgot to say: I am Thandi")
        await run.review_of("resolution")
        assert "send_question" not in run.team.steps
        await run.decide("approve")
        await run.result()


async def test_an_answer_that_is_here_before_the_run_knows_that_the_question_went_out_is_read(client: Client) -> None:
    def find(handed: dict[str, Any]) -> BaseModel:
        return FOUND if handed["replies"] else NOBODY

    team = Gated(lambda step, _: step == "send_question", find_customer=find)
    async with enquiry(client, team, options=EnquiryOptions(ask_customer="auto"), attempt_s=60) as run:
        await team.reached.wait()
        await run.reply("I am Thandi")
        team.gate.set()
        await run.review_of("resolution")
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"


async def test_a_reply_that_comes_too_late_is_read_and_loses_no_decision(client: Client) -> None:
    options = EnquiryOptions(ask_customer="auto", reply_deadline_hours=1 / 3600)
    async with enquiry(client, Team(find_customer=NOBODY), options=options, continue_after_steps=4) as run:
        await run.review_of("resolution")
        await run.reply("sorry, late")
        await run.revision(2)
        await run.decide("request_changes", comment="again")
        await run.revision(3)
        await run.decide("reject")
        await run.result()
    assert run.team.steps.count("send_question") == 1
    assert [len(handed["replies"]) for handed in run.team.asked("read_enquiry")] == [0, 1]


async def test_an_effect_in_flight_is_seen_through_and_recorded_before_a_cancelled_run_ends(client: Client) -> None:
    team = Gated(lambda step, _: step == "cancel_order")
    async with enquiry(client, team, attempt_s=60) as run:
        await run.decide("approve")
        await team.reached.wait()
        await run.handle.cancel()

        async def asked_to_stop() -> bool | None:
            history = await run.handle.fetch_history()
            wanted = "workflow_execution_cancel_requested_event_attributes"
            return any(event.HasField(wanted) for event in history.events) or None  # type: ignore[arg-type]

        await eventually(asked_to_stop)
        team.gate.set()
        await _cancelled(run)
        record = await run.record()
    assert any(line.kind == "done" and line.step == "cancel_order/a1/1" for line in record.record)


async def test_a_run_that_was_answered_stays_so_when_it_is_cancelled_at_the_very_end(client: Client) -> None:
    team = Gated(lambda step, _: step == "archive_record")
    async with enquiry(client, team, attempt_s=5) as run:
        await run.decide("approve")
        await team.reached.wait()
        await run.handle.cancel()
        team.gate.set()
        assert (await run.result()).outcome == "answered"
        record = await run.record()
    assert record.result
    assert record.result.outcome == "answered"


async def test_a_changed_order_is_noted_once_however_often_the_run_is_entered_again(client: Client) -> None:
    changed = e.ActionResult(outcome="changed", action_id="a1", order=ORDER, changes=["status was 'pending'"])

    def changed_at_first(handed: dict[str, Any]) -> BaseModel:
        if str(handed["key"]).endswith("/1/0"):
            return changed
        return e.ActionResult(outcome="done", action_id="a1", order=ORDER, statement="it was done")

    async with enquiry(client, Team(cancel_order=changed_at_first), continue_after_steps=1) as run:
        await run.decide("approve")
        await run.revision(2)
        await run.decide("approve")
        await run.result()
        assert len([line for line in (await run.record()).record if line.kind == "changed"]) == 1


async def test_a_reply_that_was_not_sent_is_not_called_an_answer(client: Client) -> None:
    async with enquiry(client, Team(send_reply=fails())) as run:
        await run.decide("approve")
        await run.review_of("failure")
        await run.decide("keep")
        assert (await run.result()).outcome == "done_without_reply"


async def test_failed_attempts_are_told_as_they_were(client: Client) -> None:
    async with enquiry(client, Team(find_customer=fails()), attempts=5) as run:
        await run.open_review()
        (line,) = [line for line in (await run.record()).record if line.kind == "failed"]
        assert line.attempt == 1
        await run.decide("reject")
        await run.result()


async def test_the_checklist_of_an_ended_run_waits_for_nothing_and_lists_say_that_it_ended(client: Client) -> None:
    await search_attributes.ensure(client)
    known = await search_attributes.existing(client)

    def find(handed: dict[str, Any]) -> BaseModel:
        return FOUND if handed["replies"] else NOBODY

    options = EnquiryOptions(review_due_hours=0.3 / 3600)
    async with enquiry(client, Team(find_customer=find), options=options, search_attributes=known) as run:

        async def overdue() -> bool | None:
            return (await run.status()).waiting.overdue or None

        await eventually(overdue)
        await run.decide("approve")
        await run.asked_the_customer()
        await run.reply("I am Thandi")
        await run.review_of("resolution")
        await run.decide("approve")
        await run.result()
        assert not [step for step in (await run.status()).steps if step.state == "waiting"]
        attributes = (await run.handle.describe()).typed_search_attributes
    assert {pair.key.name: pair.value for pair in attributes}["stage"] == "ended: answered"


async def test_a_question_can_be_changed_at_most_five_times(client: Client) -> None:
    async with enquiry(client, Team(find_customer=NOBODY)) as run:
        for number in range(1, 6):
            await run.revision(number)
            await run.decide("request_changes", comment="kinder")
        review = await run.revision(6)
        assert [choice.id for choice in review.choices] == ["approve", "edit", "reject"]
        await run.decide("reject")
        await run.review_of("resolution")
        await run.decide("reject")
        await run.result()


async def test_a_question_that_nobody_reviewed_goes_to_the_sender_alone(client: Client) -> None:
    elsewhere = e.Question(mail=REPLY.model_copy(update={"to": "someone@else.example"}), asks_for=["who is writing"])
    options = EnquiryOptions(ask_customer="auto")
    async with enquiry(client, Team(find_customer=NOBODY, ask_customer=elsewhere), options=options) as run:
        assert (await run.open_review()).kind == "question"
        assert "send_question" not in run.team.steps
        await run.decide("reject")
        await run.review_of("resolution")
        await run.decide("reject")
        await run.result()


async def test_an_unsure_proposal_is_handed_over_without_its_actions(client: Client) -> None:
    async with enquiry(client, Team(propose_resolution=PROPOSAL.model_copy(update={"unsure": ["which order"]}))) as run:
        review = await run.open_review()
        assert review.kind == "hand_over"
        assert isinstance(review.subject, dict)
        assert review.subject["actions"] == []
        await run.decide("reject")
        await run.result()

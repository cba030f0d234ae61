"""The process on a real server, with a team whose answers the test writes."""

from contextlib import suppress
from itertools import pairwise

import pytest
from temporalio.client import Client, WorkflowFailureError

from baton.contracts import enquiry as e
from baton.contracts.enquiry import EnquiryOptions
from baton.contracts.record import RunState
from baton.contracts.wire import digest_of

from .driver import enquiry
from .team import CANCEL, FOUND, NOBODY, ORDER, PROPOSAL, READING, REPLY, Team

UNSURE = PROPOSAL.model_copy(update={"unsure": ["which order"], "resolution": e.Resolution(reply=REPLY)})


async def test_an_approved_enquiry_is_acted_on_answered_logged_and_archived(client: Client) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        assert not {"cancel_order", "send_reply", "log_outcome"} & set(run.team.steps)
        await run.decide("approve")
        result = await run.result()
        record = await run.record()
    assert result.outcome == "answered"
    assert result.log_entry == "entry-1"
    assert run.team.steps[-4:] == ["cancel_order", "send_reply", "log_outcome", "archive_record"]
    (logged,) = run.team.asked("log_outcome")
    assert logged["entry"]["decided_by"] == "nomsa"
    assert [entry.key.split("/", 1)[1] for entry in record.record if entry.key] == ["a1/1/0", "reply/1/0", "log/1/0"]


async def test_what_is_performed_is_what_the_digest_was_made_from(client: Client) -> None:
    async with enquiry(client) as run:
        decision = await run.decide("approve")
        await run.result()
    (handed,) = run.team.asked("cancel_order")
    assert handed["subject_digest"] == decision.subject_digest == digest_of(handed["subject"])


async def test_a_message_that_needs_no_answer_is_closed_without_one(client: Client) -> None:
    reading = READING.model_copy(
        update={"not_an_enquiry": e.NotAnEnquiry(kind="automatic", reason="an out-of-office answer")}
    )
    async with enquiry(client, Team(read_enquiry=reading)) as run:
        result = await run.result()
    assert (result.outcome, result.summary) == ("not_an_enquiry", "an out-of-office answer")
    assert run.team.steps == ["read_enquiry", "log_outcome", "archive_record"]


async def test_a_rejected_proposal_changes_nothing_and_sends_nothing(client: Client) -> None:
    async with enquiry(client) as run:
        await run.decide("reject", comment="the customer phoned")
        result = await run.result()
    assert (result.outcome, result.summary) == ("rejected", "the customer phoned")
    assert not {"cancel_order", "send_reply"} & set(run.team.steps)


async def test_an_edit_goes_out_word_for_word(client: Client) -> None:
    async with enquiry(client) as run:
        review = await run.open_review()
        value = review.subject
        assert isinstance(value, dict)
        edited = {**value, "reply": {**REPLY.model_dump(mode="json"), "body": "Dankie!  It is done.\n"}}
        await run.decide("edit", value=edited)
        await run.result()
    (handed,) = run.team.asked("send_reply")
    assert handed["subject"] == edited


async def test_an_edit_that_the_policy_forbids_comes_back_as_a_new_revision(client: Client) -> None:
    def strict(handed: dict[str, object]) -> e.PolicyVerdict:
        text = str(handed["resolution"])
        judgement = e.Judgement(action_id="a1", allowed="just because" not in text, rule="a reason must be accepted")
        return e.PolicyVerdict(judgements=[judgement], version="1")

    async with enquiry(client, Team(check_policy=strict)) as run:
        bad = e.Resolution(actions=[CANCEL.model_copy(update={"reason": "just because"})], reply=REPLY)
        await run.decide("edit", value=bad.model_dump(mode="json"))
        review = await run.revision(2)
        assert review.notes == ["forbidden: a1: a reason must be accepted."]
        assert review.choice("approve") is None
        assert "cancel_order" not in run.team.steps
        await run.decide("edit", value=e.Resolution(actions=[CANCEL], reply=REPLY).model_dump(mode="json"))
        result = await run.result()
    assert result.outcome == "answered"
    (handed,) = run.team.asked("cancel_order")
    assert handed["key"].endswith("/a1/2/0")


async def test_requested_changes_bring_a_new_revision_at_most_five_times(client: Client) -> None:
    async with enquiry(client) as run:
        for revision in range(1, 6):
            review = await run.revision(revision)
            assert review.choice("request_changes")
            await run.decide("request_changes", comment=f"shorter, {revision}")
        review = await run.revision(6)
        assert review.choice("request_changes") is None
        await run.decide("approve")
        await run.result()
    assert run.team.asked("propose_resolution")[-1]["feedback"] == [f"shorter, {n}" for n in range(1, 6)]
    (handed,) = run.team.asked("cancel_order")
    assert handed["key"].endswith("/a1/6/0")


async def test_a_hand_over_is_completed_by_an_edit_and_cannot_be_approved(client: Client) -> None:
    async with enquiry(client, Team(propose_resolution=UNSURE)) as run:
        review = await run.open_review()
        assert review.kind == "hand_over"
        refused = await run.became(await run.decide("approve"))
        assert refused.status == "refused"
        await run.decide("edit", value=e.Resolution(actions=[CANCEL], reply=REPLY).model_dump(mode="json"))
        result = await run.result()
    assert result.outcome == "answered"
    assert "cancel_order" in run.team.steps


async def test_a_hand_over_may_be_handled_outside(client: Client) -> None:
    async with enquiry(client, Team(propose_resolution=UNSURE)) as run:
        await run.decide("handled_outside", comment="phoned her")
        result = await run.result()
    assert result.outcome == "handled_outside"
    assert "send_reply" not in run.team.steps


async def test_a_proposal_that_the_policy_forbids_twice_becomes_a_hand_over(client: Client) -> None:
    def no(handed: dict[str, object]) -> e.PolicyVerdict:
        has_actions = "a1" in str(handed["resolution"])
        judgement = e.Judgement(action_id="a1", allowed=not has_actions, rule="shipped already")
        return e.PolicyVerdict(judgements=[judgement], version="1")

    def propose(handed: dict[str, object]) -> e.Proposal:
        return UNSURE if handed["hand_over_because"] else PROPOSAL

    async with enquiry(client, Team(check_policy=no, propose_resolution=propose)) as run:
        review = await run.open_review()
        assert review.kind == "hand_over"
        asked = run.team.asked("propose_resolution")
        assert asked[1]["setbacks"] == [{"kind": "forbidden", "text": "a1: shipped already."}]
        assert asked[1]["feedback"] == []
        await run.decide("reject")
        await run.result()


async def test_an_order_that_changed_since_approval_comes_back_showing_old_and_new(client: Client) -> None:
    changed = e.ActionResult(
        outcome="changed", action_id="a1", order=ORDER, changes=["status was 'pending', is 'processed'"]
    )

    def first_changed_then_done(handed: dict[str, object]) -> e.ActionResult:
        if str(handed["key"]).endswith("/1/0"):
            return changed
        return e.ActionResult(outcome="done", action_id="a1", order=ORDER, statement="it was done")

    async with enquiry(client, Team(cancel_order=first_changed_then_done)) as run:
        await run.decide("approve")
        review = await run.revision(2)
        assert "status was 'pending', is 'processed'" in review.notes[0]
        assert "send_reply" not in run.team.steps
        await run.decide("approve")
        result = await run.result()
    assert result.outcome == "answered"
    assert len(run.team.asked("check_orders")) == 2


async def test_nobody_found_asks_first_and_the_answer_is_read_with_the_message(client: Client) -> None:
    def find(handed: dict[str, object]) -> e.CustomerMatch:
        return FOUND if handed["replies"] else NOBODY

    async with enquiry(client, Team(find_customer=find)) as run:
        review = await run.open_review()
        assert review.kind == "question"
        assert "send_question" not in run.team.steps
        await run.decide("approve")
        await run.asked_the_customer()
        await run.reply("I am Thandi")
        review = await run.open_review()
        assert review.kind == "resolution"
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"
    assert "check_orders" not in run.team.steps[: run.team.steps.index("send_question")]


async def test_automatic_questions_go_out_unreviewed_but_only_twice(client: Client) -> None:
    options = EnquiryOptions(ask_customer="auto", question_rounds=3)
    async with enquiry(client, Team(find_customer=NOBODY), options=options) as run:
        for number in (1, 2):
            await run.asked_the_customer(number)
            await run.reply("it is me")
        review = await run.open_review()
        assert review.kind == "question"
        assert [asked["fixed"] for asked in run.team.asked("ask_customer")] == [True, True, False]
        await run.decide("reject")
        assert (await run.open_review()).review_id == "resolution"
        await run.decide("reject")
        await run.result()


async def test_a_cancelled_run_leaves_no_open_review_and_is_kept(client: Client) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        await run.handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await run.result()
        record = await run.record()
    assert [review.status for review in record.reviews] == ["withdrawn"]
    assert run.team.steps[-2:] == ["log_outcome", "archive_record"]
    assert record.result and record.result.outcome == "cancelled"


@pytest.mark.parametrize("every", [1, 2, 3])
async def test_a_run_that_is_cancelled_stays_so_when_it_continues_as_new(client: Client, every: int) -> None:
    async with enquiry(client, continue_after_steps=every) as run:
        await run.open_review()
        await run.handle.cancel()
        with suppress(WorkflowFailureError):
            await run.result()
        record = await run.record()
    assert record.result
    assert record.result.outcome == "cancelled"
    assert run.team.steps.count("log_outcome") == run.team.steps.count("archive_record") == 1
    assert not {"cancel_order", "send_reply"} & set(run.team.steps)


async def test_every_fact_is_reachable_at_the_last_hand_off(client: Client) -> None:
    async with enquiry(client) as run:
        await run.decide("approve")
        await run.result()
        record = await run.record()
    (handed,) = run.team.asked("archive_record")
    archived = {fact["name"] for fact in handed["record"]["facts"]}
    given = {fact.name for fact in record.facts} - {"archive_record"}
    assert given == archived
    for fact in record.facts:
        assert fact.agent
        assert fact.attempt >= 1
    (proposing,) = run.team.asked("propose_resolution")
    by_name = {fact.name: fact.value for fact in record.facts}
    assert proposing["reading"] == by_name["read_enquiry"]
    assert proposing["orders"] == [by_name["check_orders/#1"]]


async def test_history_grows_in_proportion_to_the_steps(client: Client) -> None:
    async with enquiry(client) as run:
        sizes = []
        for revision in range(1, 6):
            await run.revision(revision)
            sizes.append((await run.handle.describe()).raw_description.workflow_execution_info.history_size_bytes)
            await run.decide("request_changes", comment="kinder")
        await run.revision(6)
        await run.decide("reject")
        await run.result()
    growth = [after - before for before, after in pairwise(sizes)]
    assert max(growth) < 1.2 * min(growth), growth


@pytest.mark.parametrize("every", [1, 2, 3, 5])
async def test_run_entered_again_from_the_top_after_each_step_does_nothing_twice(client: Client, every: int) -> None:
    def find(handed: dict[str, object]) -> e.CustomerMatch:
        return FOUND if handed["replies"] else NOBODY

    async with enquiry(client, Team(find_customer=find), continue_after_steps=every) as run:
        await run.decide("approve")
        await run.asked_the_customer()
        await run.reply("I am Thandi")
        await run.decide("request_changes", comment="kinder")
        await run.revision(2)
        await run.decide("approve")
        result = await run.result()
        record = await run.record()
    assert result.outcome == "answered"
    once = ("send_question", "check_orders", "cancel_order", "send_reply", "log_outcome", "archive_record")
    assert {step: run.team.steps.count(step) for step in once} == dict.fromkeys(once, 1)
    assert len(record.facts) == len({fact.name for fact in record.facts})
    assert [review.status for review in record.reviews] == ["decided"] * 3


async def test_a_state_taken_up_by_another_run_goes_on_where_it_stood(client: Client) -> None:
    async with enquiry(client) as first:
        await first.open_review()
        record = await first.record()
        state = RunState(facts=record.facts, record=record.record, reviews=record.reviews)
        await first.handle.terminate()
    async with enquiry(client, state=state) as second:
        await second.decide("approve")
        assert (await second.result()).outcome == "answered"
    assert second.team.steps == ["cancel_order", "send_reply", "log_outcome", "archive_record"]

"""What the customer writes after the approval is read before anything further of it begins, or its sender is told."""

import pytest
from temporalio.client import Client

from baton.contracts import enquiry as e
from baton.contracts import names
from baton.contracts.review import Review

from .driver import Run, enquiry, eventually
from .gated import Gated
from .team import READING, REPLY, USUAL, Answer
from .test_ladder import fails
from .test_pausing import _pause, _resume
from .test_undo import two_actions

STOP = "STOP, please do NOT cancel it"
TWO: dict[str, Answer] = two_actions().answers


def held_at(step: str, **answers: Answer) -> Gated:
    """Two actions, of which a test holds one, or what follows them."""
    return Gated(lambda name, handed: name == step and not handed.get("replies"), **{**TWO, **answers})


async def _takes(run: Run, text: str = STOP) -> None:
    """The customer writes, and the run has it."""
    before = len((await run.record()).replies)
    await run.reply(text)

    async def taken() -> bool | None:
        return len((await run.record()).replies) > before or None

    await eventually(taken)


async def _written_while(run: Run, team: Gated) -> None:
    """Approved; and the customer writes while the step that is held is on its way."""
    await run.decide("approve")
    await team.reached.wait()
    await _takes(run)
    team.gate.set()


async def _second_revision(run: Run) -> Review:
    review = await run.revision(2)
    assert [len(handed["replies"]) for handed in run.team.asked("read_enquiry")] == [0, 1]
    return review


@pytest.mark.parametrize("every", [pytest.param(None, marks=pytest.mark.long), 1])
async def test_a_reply_during_an_action_is_read_before_the_next_action_begins(
    client: Client, every: int | None
) -> None:
    team = held_at("change_address")
    async with enquiry(client, team, attempt_s=60, continue_after_steps=every) as run:
        await _written_while(run, team)
        review = await _second_revision(run)
        assert "the customer wrote again after revision 1 was approved" in review.notes
        assert "done already: it was done" in review.notes
        assert [done["action"]["action_id"] for done in team.asked("propose_resolution")[-1]["done"]] == ["a1"]
        record = await run.record()
        await run.decide("reject", comment="nothing more")
        result = await run.result()
    assert [line.text for line in record.record if line.kind == "superseded"] == [
        "the customer wrote again: a2 (cancel_order on #1) was not begun"
    ]
    assert team.steps.count("change_address") == 1
    assert "cancel_order" not in team.steps
    assert "send_reply" not in team.steps
    assert (result.outcome, result.actions_done) == ("rejected", ["it was done"])


async def test_a_reply_during_the_last_action_is_read_before_the_reply_mail_goes_out(client: Client) -> None:
    team = held_at("cancel_order")
    async with enquiry(client, team, attempt_s=60) as run:
        await _written_while(run, team)
        await _second_revision(run)
        assert "send_reply" not in team.steps
        await run.decide("edit", value=e.Resolution(reply=REPLY).model_dump(mode="json"))
        result = await run.result()
    assert team.steps.count("send_reply") == 1
    assert (result.outcome, len(result.actions_done)) == ("answered", 2)


async def test_a_reply_while_the_reply_mail_goes_out_leads_to_a_further_revision(client: Client) -> None:
    team = held_at("send_reply")
    async with enquiry(client, team, attempt_s=60) as run:
        await _written_while(run, team)
        review = await _second_revision(run)
        assert "a reply went out already" in review.notes
        assert "log_outcome" not in team.steps
        await run.decide("edit", value=e.Resolution().model_dump(mode="json"))
        result = await run.result()
    assert (result.outcome, result.reply_message_id) == ("answered", "<reply@shop.example>")
    assert team.steps.count("send_reply") == 1


async def test_a_reply_while_an_approved_run_is_paused_is_read_before_anything_is_done(client: Client) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        await _pause(run)
        await run.became(await run.decide("approve"))
        await _takes(run)
        await _resume(run)
        await _second_revision(run)
        assert "cancel_order" not in run.team.steps
        await run.decide("reject")
        await run.result()


async def test_a_reply_after_a_rejection_is_read_before_the_enquiry_is_closed(client: Client) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        await _pause(run)
        await run.became(await run.decide("reject"))
        await _takes(run)
        await _resume(run)
        await _second_revision(run)
        await run.decide("reject")
        assert (await run.result()).outcome == "rejected"


async def test_a_reply_while_automatic_mail_is_read_is_read_too(client: Client) -> None:
    automatic = READING.model_copy(update={"not_an_enquiry": e.NotAnEnquiry(kind="automatic", reason="a robot")})
    team = held_at("read_enquiry", read_enquiry=lambda handed: READING if handed["replies"] else automatic)
    async with enquiry(client, team, attempt_s=60) as run:
        await team.reached.wait()
        await _takes(run, "a person now")
        team.gate.set()
        await run.review_of("resolution")
        await run.decide("reject")
        assert (await run.result()).outcome == "rejected"


async def test_a_customer_who_closes_it_while_it_is_half_done_is_shown_to_a_person(client: Client) -> None:
    closed = READING.model_copy(
        update={"requests": [], "not_an_enquiry": e.NotAnEnquiry(kind="closed", reason="sorted already")}
    )
    team = held_at("change_address", read_enquiry=lambda handed: closed if handed["replies"] else READING)
    async with enquiry(client, team, attempt_s=60) as run:
        await _written_while(run, team)
        await _second_revision(run)
        assert team.asked("propose_resolution")[-1]["hand_over_because"] == "since then: sorted already"
        await run.decide("reject")
        assert len((await run.result()).actions_done) == 1


@pytest.mark.parametrize("every", [pytest.param(None, marks=pytest.mark.long), 1])
async def test_an_action_that_a_person_is_asked_about_is_not_abandoned_for_a_reply(
    client: Client, every: int | None
) -> None:
    team = two_actions(change_address=fails())
    async with enquiry(client, team, continue_after_steps=every) as run:
        await run.review_of("resolution")
        await run.decide("approve")
        await run.review_of("failure")
        await _takes(run)
        team.answers["change_address"] = USUAL["change_address"]
        await run.decide("retry")
        review = await _second_revision(run)
        assert "done already: it was done" in review.notes
        assert "cancel_order" not in team.steps
        await run.decide("reject")
        await run.result()


async def test_what_a_person_had_left_out_is_told_beside_the_reply(client: Client) -> None:
    team = two_actions(change_address=fails())
    async with enquiry(client, team) as run:
        await run.review_of("resolution")
        await run.decide("approve")
        await run.review_of("failure")
        await _takes(run)
        await run.decide("skip")
        review = await _second_revision(run)
        assert review.notes[:2] == [
            "a1 (change_address on #1) was left out; it was not done",
            "the customer wrote again after revision 1 was approved",
        ]
        await run.reply("Then please change the address after all.")
        await run.revision(3)
        await run.decide("reject")
        await run.result()
    asked = team.asked("propose_resolution")
    told = [e.ProposeResolution.model_validate(each).setbacks or [] for each in (asked[1], asked[-1])]
    assert [(setbacks[0].kind, setbacks[0].heard) for setbacks in told] == [("given_up", False), ("given_up", True)]


@pytest.mark.parametrize("step", ["log_outcome", "archive_record"])
async def test_an_enquiry_that_is_closing_takes_no_reply_and_says_what_to_do(client: Client, step: str) -> None:
    team = held_at(step)
    async with enquiry(client, team, attempt_s=60) as run:
        await run.open_review()
        await run.decide("approve")
        await team.reached.wait()
        await run.handle.signal(names.CUSTOMER_REPLIED, {"reply_id": "late", "message": {"text": STOP}})

        async def refused() -> bool | None:
            return bool((await run.record()).refusals) or None

        await eventually(refused)
        record = await run.record()
        team.gate.set()
        assert (await run.result()).outcome == "answered"
    assert record.replies == []
    assert [(each.signal, each.reply_id, each.reason) for each in record.refusals] == [
        ("customer_replied", "late", "the enquiry is closing: hand the message in as an enquiry of its own")
    ]


async def test_the_log_names_what_nobody_read_before_a_person_ended_it(client: Client) -> None:
    team = two_actions(change_address=fails())
    async with enquiry(client, team) as run:
        await run.review_of("resolution")
        await run.decide("approve")
        await run.review_of("failure")
        await _takes(run)
        await run.decide("abort")
        assert (await run.result()).outcome == "aborted"
    assert team.asked("log_outcome")[0]["entry"]["summary"].endswith("; not read: 1 that the customer wrote since")

"""First of two actions done, second refused: a person has the first taken back, keeps it, or tries again."""

from typing import Any

from temporalio.client import Client

from baton.agents.resolving_by_model import question
from baton.contracts import enquiry as e
from baton.contracts.orders import Address, ChangeAddress
from baton.contracts.review import Review

from .driver import Run, enquiry
from .team import CANCEL, PROPOSAL, REPLY, USUAL, Answer, Team
from .test_ladder import fails

ADDRESS = Address(address1="1 Long Street", city="Cape Town", country="ZA", postcode="8001")
FIRST = ChangeAddress(action_id="a1", order_id="#1", order_version="1", address=ADDRESS, summary="new address of #1")
SECOND = CANCEL.model_copy(update={"action_id": "a2"})
THIRD = FIRST.model_copy(update={"action_id": "a3", "summary": "another address of #1"})


def two_actions(**answers: Answer) -> Team:
    """A team that proposes both."""
    return Team(**{"propose_resolution": _proposing(FIRST, SECOND), **answers})


def _proposing(*actions: Any) -> e.Proposal:
    return PROPOSAL.model_copy(update={"resolution": e.Resolution(actions=list(actions), reply=REPLY)})


async def _refused(run: Run) -> Review:
    await run.decide("approve")
    return await run.review_of("failure")


async def test_the_person_sees_what_could_be_taken_back(client: Client) -> None:
    async with enquiry(client, two_actions(cancel_order=fails())) as run:
        review = await _refused(run)
        labels = {choice.id: choice.label for choice in review.choices}
        assert list(labels) == ["retry", "supply", "keep", "undo", "abort"]
        assert labels["undo"].endswith("new address of #1")
        await run.decide("abort")
        await run.result()


async def test_nothing_is_offered_where_nothing_was_done(client: Client) -> None:
    team = Team(cancel_order=fails())
    async with enquiry(client, team) as run:
        assert "undo" not in [choice.id for choice in (await _refused(run)).choices]
        await run.decide("abort")
        await run.result()


async def test_undo_takes_back_in_the_reverse_order_and_tells_the_next_reviewer(client: Client) -> None:
    team = Team(propose_resolution=_proposing(FIRST, THIRD, SECOND), cancel_order=fails())
    async with enquiry(client, team) as run:
        await _refused(run)
        await run.decide("undo")
        review = await run.revision(2)
        record = await run.record()
        await run.decide("reject")
        result = await run.result()
    assert [handed["action_id"] for handed in team.asked("undo_change_address")] == ["a3", "a1"]
    assert [line.text for line in record.record if line.kind == "undone"] == [
        "another address of #1: taken back",
        "new address of #1: taken back",
    ]
    assert any("new address of #1 was taken back" in note for note in review.notes)
    assert result.actions_done == []
    ask = e.ProposeResolution.model_validate(team.asked("propose_resolution")[-1])
    assert [each.kind for each in ask.setbacks or []][:3] == ["given_up", "taken_back", "taken_back"]
    asked = question(ask)
    for setback in ask.setbacks or []:
        assert (setback.text in asked.instructions, setback.text in asked.material) == (False, True)


async def test_an_undo_has_a_key_of_its_own_and_the_order_that_was_approved(client: Client) -> None:
    team = two_actions(cancel_order=fails())
    async with enquiry(client, team) as run:
        await _refused(run)
        await run.decide("undo")
        await run.revision(2)
        await run.decide("reject")
        await run.result()
    (done,), (undone,) = team.asked("change_address"), team.asked("undo_change_address")
    assert undone["key"] != done["key"]
    assert undone["basis"] == done["basis"]


async def test_what_is_kept_stays_done_and_is_spoken_of(client: Client) -> None:
    team = two_actions(cancel_order=fails())
    async with enquiry(client, team) as run:
        await _refused(run)
        await run.decide("keep")
        await run.revision(2)
        await run.decide("reject")
        result = await run.result()
    assert result.actions_done == ["it was done"]
    assert team.asked("undo_change_address") == []


async def test_a_retry_goes_on_with_what_is_done(client: Client) -> None:
    team = two_actions(cancel_order=fails(until=2, then=USUAL["cancel_order"]))
    async with enquiry(client, team) as run:
        await _refused(run)
        await run.decide("retry")
        result = await run.result()
    assert result.actions_done == ["it was done", "it was done"]
    assert team.steps.count("change_address") == 1


async def test_an_action_without_an_undo_says_so_and_stays(client: Client) -> None:
    team = Team(
        propose_resolution=_proposing(SECOND, FIRST, THIRD),
        change_address=fails(until=2, then=USUAL["change_address"]),
    )
    async with enquiry(client, team) as run:
        review = await _refused(run)
        assert any("cannot be taken back" in note and "it cannot be called back" in note for note in review.notes)
        assert "undo" not in [choice.id for choice in review.choices]
        await run.decide("keep")
        await run.revision(2)
        await run.decide("reject")
        assert (await run.result()).actions_done == ["it was done"]


async def test_a_mail_that_cannot_go_out_may_take_back_what_it_speaks_of(client: Client) -> None:
    team = Team(propose_resolution=_proposing(FIRST), send_reply=fails(until=2, then=USUAL["send_reply"]))
    async with enquiry(client, team) as run:
        await _refused(run)
        await run.decide("undo")
        review = await run.revision(2)
        assert any("was taken back" in note for note in review.notes)
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"
    assert team.steps.count("undo_change_address") == 1
    assert team.steps.count("change_address") == 2


async def test_an_undo_that_finds_another_change_is_told_and_nothing_is_overwritten(client: Client) -> None:
    changed = e.ActionResult(outcome="changed", action_id="a1", order=_order(), changes=["the address is another now"])
    team = two_actions(cancel_order=fails(), undo_change_address=changed)
    async with enquiry(client, team) as run:
        await _refused(run)
        await run.decide("undo")
        review = await run.revision(2)
        assert any("was not taken back: the address is another now" in note for note in review.notes)
        await run.decide("reject")
        assert (await run.result()).actions_done == ["it was done"]


async def test_an_undo_that_fails_is_asked_about_like_any_step(client: Client) -> None:
    team = two_actions(cancel_order=fails(), undo_change_address=fails(until=2, then=USUAL["undo_change_address"]))
    async with enquiry(client, team) as run:
        await _refused(run)
        await run.became(await run.decide("undo"))
        review = await run.open_review()
        assert review.review_id == "failure/undo_change_address/a1/1"
        await run.decide("retry")
        await run.revision(2)
        await run.decide("reject")
        assert (await run.result()).actions_done == []


async def test_taking_back_survives_continuing_as_new(client: Client) -> None:
    team = two_actions(cancel_order=fails())
    async with enquiry(client, team, continue_after_steps=1) as run:
        await _refused(run)
        await run.decide("undo")
        await run.revision(2)
        await run.decide("reject")
        assert (await run.result()).actions_done == []
    assert team.steps.count("undo_change_address") == 1


def _order() -> Any:
    return USUAL["check_orders"]

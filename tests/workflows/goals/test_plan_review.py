"""A person sees a plan before it starts: approves it, writes another, or ends the goal."""

import asyncio
from typing import Any

import pytest
from temporalio.client import Client

from baton.contracts import names
from baton.contracts.goal import GoalOptions
from baton.contracts.plan import Plan
from baton.contracts.review import Intervention, Review

from .driver import Goal, goal
from .histories import replays
from .parcels import ARRIVAL, parcels, to_the_parcel

REVIEWED = GoalOptions(review_plan=True)


def _written(plan: Plan) -> Any:
    return plan.model_dump(mode="json")


async def _refused(run: Goal, review: Review, choice: str, value: Any) -> str:
    decision = await run.decide("plan", choice, value=value, revision=review.revision)
    for _ in range(100):
        became = await run.handle.query("decision", decision.decision_id)
        if became["status"] != "unknown":
            break
    assert became["status"] == "refused"
    return str(became["reason"])


async def test_nothing_starts_before_a_person_has_approved_the_plan(client: Client) -> None:
    planned = to_the_parcel(
        {"id": "mail", "capability": "send", "inputs": {"parcel": {"from": "parcel"}}, "review": True}
    )
    async with goal(client, planned, parcels(), options=REVIEWED) as run:
        review = await run.review("plan")
        assert (review.kind, review.subject, run.tools.handed) == ("plan", _written(planned), [])
        assert [choice.id for choice in review.choices] == ["approve", "edit", "reject"]
        assert review.risk_reasons == ["mail changes something; a person approves it once more before"]
        assert (await run.status()).stage == "review of the plan"
        await run.decide("plan", "approve")
        await run.decide("approve/mail", "approve")
        assert (await run.result()).outcome == "reached"
    await replays(client, run)


async def test_another_plan_may_be_written_with_what_the_run_did_not_carry(client: Client) -> None:
    async with goal(client, to_the_parcel(), parcels(), options=REVIEWED) as run:
        another = _written(to_the_parcel(ARRIVAL, goal="When it comes"))
        await run.decide("plan", "edit", value=another)
        result = await run.result()
        assert await run.fact("arrival") == {"day": "Tuesday"}
    assert result.answer and result.answer.text.startswith("When it comes\n")


async def test_a_plan_with_faults_comes_back_with_them(client: Client) -> None:
    async with goal(client, to_the_parcel(), parcels(), options=REVIEWED) as run:
        review = await run.review("plan")
        assert "does not fit: " in await _refused(run, review, "edit", {"goal": "no steps", "steps": []})
        assert "does not fit: " in await _refused(run, review, "edit", {**review.subject, "stepz": []})  # type: ignore[dict-item]  # the subject is a plan
        faulty = _written(
            to_the_parcel(
                {**ARRIVAL, "inputs": {"parcel": {"from": "basket"}}}, {**ARRIVAL, "id": "x", "capability": "fly"}
            )
        )
        await run.decide("plan", "edit", value=faulty)
        again = await run.review("plan", 2)
        assert again.subject == faulty
        assert [note.partition(":")[0] for note in again.notes] == ["steps/arrival/inputs/parcel", "steps/x/capability"]
        assert [choice.id for choice in again.choices] == ["edit", "reject"]
        assert run.tools.handed == []
        await run.decide("plan", "edit", value=_written(to_the_parcel(ARRIVAL)), revision=2)
        assert (await run.result()).outcome == "reached"


async def test_a_rejected_plan_ends_the_goal_with_the_reason(client: Client) -> None:
    async with goal(client, to_the_parcel(), parcels(), options=REVIEWED) as run:
        await run.decide("plan", "reject", comment="too dear")
        result = await run.result()
        (record,) = run.tools.archived
    assert (result.outcome, result.summary) == ("aborted", "nomsa rejected the plan: too dear")
    assert run.tools.handed == []
    assert record.result == result


async def test_of_a_plan_with_faults_nobody_is_asked(client: Client) -> None:
    planned = to_the_parcel({"id": "x", "capability": "fly"})
    async with goal(client, planned, parcels(), options=REVIEWED) as run:
        assert (await run.result()).outcome == "refused"


async def test_of_two_changes_the_last_ones_plan_is_shown(client: Client) -> None:
    async with goal(client, to_the_parcel(ARRIVAL), parcels(), options=REVIEWED) as run:
        await run.review("plan")
        await run.handle.signal(names.PAUSE, Intervention(by="nomsa"))
        await run.change("the basket of code K7")
        await run.change("the shopper of code K8")
        await run.handle.signal(names.RESUME, Intervention(by="nomsa"))
        assert Plan.model_validate((await run.review("plan", 2)).subject).goal == "the shopper of code K8"
        await run.decide("plan", "approve", revision=2)
        assert (await run.result()).outcome == "reached"
    assert [handed["code"] for handed in run.tools.asked("find_shopper")] == ["K8"]
    assert not run.tools.asked("find_basket")


async def test_what_was_unclear_before_something_else_was_wanted_shows_no_outdated_plan(client: Client) -> None:
    async with goal(client, to_the_parcel(ARRIVAL), parcels(), options=REVIEWED) as run:
        await run.review("plan")
        await run.change("the weather and the parcel of code K7")
        await run.review("change/1")
        assert (await run.status()).stage == "change of the goal"
        await run.change("the basket of code K7")
        assert Plan.model_validate((await run.review("plan", 2)).subject).goal == "the basket of code K7"
        assert (await run.status()).stage == "review of the plan"
        await run.decide("plan", "reject", revision=2)
        await run.result()
    await replays(client, run)


@pytest.mark.parametrize("every", [pytest.param(None, marks=pytest.mark.long), 1])
async def test_when_something_else_is_wanted_the_new_plan_is_shown(client: Client, every: int | None) -> None:
    """Several at once: whether one goes on anew between the change and the new plan is a matter of luck."""

    async def one() -> None:
        async with goal(client, to_the_parcel(ARRIVAL), parcels(), options=REVIEWED, continue_after_steps=every) as run:
            await run.review("plan")
            await run.change("the basket of code K7")
            review = await run.review("plan", 2)
            shown = Plan.model_validate(review.subject)
            assert [step.id for step in shown.steps] == ["shopper", "basket"]
            await run.decide("plan", "approve", revision=2)
            assert (await run.result()).outcome == "reached"
            assert not run.tools.asked("find_parcel")

    await asyncio.gather(*(one() for _ in range(5)))

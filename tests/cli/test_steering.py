"""A goal under way is steered by command: its plan looked at first, a note, something else that is wanted."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client

from baton.cli.shapes import Reviews, Told
from baton.contracts.record import RunRecord
from baton.temporal import search_attributes as sa
from tests.cli.command_line import run
from tests.cli.test_goals import PLAN
from tests.workflows.driver import eventually
from tests.workflows.goals.driver import worker_for
from tests.workflows.goals.parcels import parcels


@asynccontextmanager
async def _started(
    place: Path, client: Client, monkeypatch: pytest.MonkeyPatch, *options: str, working: bool = True
) -> AsyncIterator[str]:
    await sa.ensure(client)
    queue, goal_id, file = f"queue-{uuid4().hex}", f"GOAL-{uuid4().hex[:8]}", place / "plan.json"
    monkeypatch.setenv("TASK_QUEUE", queue)
    file.write_text(json.dumps(PLAN), encoding="utf-8")
    said = await run("start", "plan", str(file), "--id", goal_id, *options)
    assert said.code == 0, said
    if working:
        async with worker_for(client, parcels(), queue):
            yield goal_id
    else:
        yield goal_id


async def _open_review(goal_id: str, review_id: str) -> None:
    async def look() -> bool | None:
        said = await run("review", goal_id, "--json")
        reviews = Reviews.model_validate_json(said.out).reviews if said.code == 0 else []
        return any(each.review_id == review_id and each.status == "open" for each in reviews) or None

    await eventually(look)


async def test_a_note_is_told_and_told_again_without_harm(
    connected: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _started(connected, client, monkeypatch) as goal_id:
        await _open_review(goal_id, "ask/colour")
        for _ in range(2):
            said = await run("note", goal_id, "She likes green")
            assert (said.code, said.out.strip()) == (0, f"{goal_id} has the note."), said
        assert "She likes green" in (await run("status", goal_id)).out
        told = Told.model_validate_json((await run("note", goal_id, "And red", "--json")).out)
        assert (told.status, told.outcome) == ("accepted", "")
        await run("decide", goal_id, "answer", "--value", '"blue"')

        async def answered() -> str | None:
            out = (await run("record", goal_id)).out
            return out if "The answer" in out else None

        assert "noted: She likes green (" in await eventually(answered)


async def test_something_else_is_wanted_and_what_came_of_it_is_said(
    connected: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _started(connected, client, monkeypatch) as goal_id:
        await _open_review(goal_id, "ask/colour")
        unsure = Told.model_validate_json((await run("change-goal", goal_id, "the weather in Paris", "--json")).out)
        assert (unsure.status, unsure.outcome, unsure.detail) == ("accepted", "asked", "change/1")
        said = await run("review", goal_id, "--review", "change/1")
        assert f"uv run starter.py decide {goal_id} words" in said.out
        kept = await run("decide", goal_id, "keep", "--review", "change/1")
        assert kept.code == 0, kept
        said = await run("change-goal", goal_id, "the basket of code K7", "--reason", "she asked")
        assert said.code == 0, said
        assert f"{goal_id} has it." in said.out
        assert "came in: find_shopper, find_basket" in " ".join(said.out.split())
        record = RunRecord.model_validate_json((await run("record", goal_id, "--json")).out)
        assert [line.kind for line in record.record if line.step.startswith("plan/goal/")] == ["noted", "noted"]


async def test_the_plan_is_looked_at_first_and_may_be_rejected(
    connected: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _started(connected, client, monkeypatch, "--review-plan") as goal_id:
        await _open_review(goal_id, "plan")
        shown = (await run("review", goal_id)).out
        assert "May this plan be carried out?" in shown
        assert "Wave 2" in shown
        assert f"uv run starter.py approve {goal_id}" in shown
        said = await run("reject", goal_id, "--comment", "not now")
        assert said.code == 0, said

        async def ended() -> str | None:
            out = (await run("record", goal_id)).out
            return out if "rejected the plan: not now" in " ".join(out.split()) else None

        await eventually(ended)


async def test_what_no_worker_took_is_said_to_be_delivered(
    connected: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _started(connected, client, monkeypatch, working=False) as goal_id:
        for words in (("note", goal_id, "x"), ("change-goal", goal_id, "the basket of code K7")):
            said = await run(*words)
            assert said.code == 3, said
            assert "Delivered, not yet taken" in said.complaint


async def test_what_would_be_refused_is_not_sent(connected: Path) -> None:
    for words, complaint in (
        (("note", "INQ-1", "x"), "INQ-1 is no goal. One looks like GOAL-7."),
        (("note", "GOAL-1", ""), "Nothing was sent: text: "),
        (("change-goal", "GOAL-1", "x" * 2_001), "Nothing was sent: goal: "),
        (("change-goal", "GOAL-nobody-has", "x"), "There is no enquiry GOAL-nobody-has"),
    ):
        said = await run(*words)
        assert said.code == 1, said
        assert complaint in said.complaint

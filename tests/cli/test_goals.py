"""A plan from a file is carried out, looked at and answered by command."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client

from baton.cli.goals import summary_of
from baton.cli.presenting.goals import answer_lines, plan_tree
from baton.cli.shapes import RunList, Started
from baton.contracts.agents import Choice
from baton.contracts.goal import GoalOptions, GoalStart
from baton.contracts.outcome import ComposedAnswer, GoalResult
from baton.contracts.plan import Plan
from baton.contracts.plan_builtin import BUILT_IN
from baton.contracts.record import RunRecord, RunStatus
from baton.temporal import search_attributes as sa
from tests.cli.command_line import run
from tests.workflows.driver import eventually
from tests.workflows.goals.driver import worker_for
from tests.workflows.goals.tools import Tools

PLAN = {
    "goal": "Ask after a moment",
    "steps": [
        {"id": "moment", "capability": "wait", "inputs": {"seconds": 0.1}, "intent": "Wait a moment"},
        {
            "id": "colour",
            "capability": "ask_person",
            "intent": "Choose a colour",
            "inputs": {"question": "Which?", "choices": ["red", "blue"]},
            "needs": ["moment"],
        },
    ],
}


def _written(place: Path, plan: dict[str, Any]) -> str:
    file = place / "plan.json"
    file.write_text(json.dumps(plan), encoding="utf-8")
    return str(file)


async def test_a_plan_is_started_watched_answered_and_read(
    connected: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sa.ensure(client)
    queue = f"queue-{uuid4().hex}"
    monkeypatch.setenv("TASK_QUEUE", queue)
    monkeypatch.setenv("MOST_STEPS", "7")
    monkeypatch.setenv("CURRENCY", "ZAR")
    monkeypatch.setenv("CURRENCY_PER_DOLLAR", "18.4")
    monkeypatch.setenv("QUEUE_WIDTHS", f"{queue}=2")
    async with worker_for(client, Tools(), queue):
        goal_id = f"GOAL-{uuid4().hex[:8]}"
        said = await run("start", "plan", _written(connected, PLAN), "--id", goal_id, "--wait")
        assert "Wait a moment" in said.out, said
        assert f"uv run starter.py review {goal_id}" in said.out

        async def listed() -> bool | None:
            runs = RunList.model_validate_json((await run("list", "--open", "--json", "--limit", "1000")).out).runs
            return any(each.enquiry_id == goal_id and each.waiting_on == "review" for each in runs) or None

        await eventually(listed)
        review = await run("review", goal_id)
        assert review.code == 0, review
        assert "Choose a colour" in review.out
        assert "Which?" in review.out
        answered = await run("decide", goal_id, "answer", "--value", '"blue"')
        assert (answered.code, "Accepted" in answered.out) == (0, True)

        async def ended() -> RunStatus | None:
            status = RunStatus.model_validate_json((await run("status", goal_id, "--json")).out)
            return status if status.result else None

        status = await eventually(ended)
        assert (status.process, status.result and status.result.outcome) == ("goal", "reached")
        record = RunRecord.model_validate_json((await run("record", goal_id, "--json")).out)
        assert [fact.value for fact in record.facts if fact.name == "colour"] == [{"text": "blue"}]
        for command in ("record", "watch", "status"):
            said = await run(command, goal_id)
            assert "Choose a colour" in said.out
            assert "The answer\n  Choose a colour: blue  ← colour" in said.out
        assert await _summary_of(client, goal_id) == PLAN["goal"]
        options = await _options_of(client, goal_id)
        assert (options.most_steps, options.on_queue) == (7, {queue: 2})
        assert options.per_dollar == Decimal("18.4")
        drawn = (await run("record", goal_id)).out.partition("```mermaid\n")[2].partition("\n```")[0]
        assert drawn == record.mermaid
        assert "  class s0,s1 done" in drawn
        again = await run("start", "plan", _written(connected, PLAN), "--id", goal_id)
        assert again.code == 4
        other = Started.model_validate_json((await run("start", "plan", _written(connected, PLAN), "--json")).out)
        assert other.workflow_id == f"goal/{other.enquiry_id}"


async def _options_of(client: Client, goal_id: str) -> GoalOptions:
    history = await client.get_workflow_handle(f"goal/{goal_id}").fetch_history()
    given = history.events[0].workflow_execution_started_event_attributes.input.payloads
    start: GoalStart = (await client.data_converter.decode(given, [GoalStart]))[0]
    return start.options


async def _summary_of(client: Client, goal_id: str) -> str:
    described = await client.get_workflow_handle(f"goal/{goal_id}").describe()
    return str(await described.static_summary())


def test_a_summary_is_one_line_masked_and_within_what_a_server_takes() -> None:
    assert summary_of("the order\n of 4111 1111 1111 1111") == "the order of [card ending 1111]"
    for goal in ("x" * 2000, "ö" * 2000, "🥾" * 2000):
        assert len(json.dumps(summary_of(goal))) < 400
        assert summary_of(goal).endswith("…")


async def test_the_longest_goal_is_started_all_the_same(connected: Path, client: Client) -> None:
    await sa.ensure(client)
    goal_id = f"GOAL-{uuid4().hex[:8]}"
    said = await run("start", "plan", _written(connected, {**PLAN, "goal": "🥾" * 2000}), "--id", goal_id)
    assert said.code == 0, said
    assert (await _summary_of(client, goal_id)).startswith("🥾🥾")


async def test_a_plan_is_looked_at_first_with_who_takes_each_step_and_its_cost(
    connected: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sa.ensure(client)
    queue, goal_id = f"queue-{uuid4().hex}", f"GOAL-{uuid4().hex[:8]}"
    monkeypatch.setenv("TASK_QUEUE", queue)
    async with worker_for(client, Tools(), queue):
        said = await run("start", "plan", _written(connected, PLAN), "--id", goal_id, "--review-plan")
        assert f"uv run starter.py review {goal_id}" in said.out, said

        async def shown() -> str | None:
            looked = await run("review", goal_id)
            return looked.out if looked.code == 0 else None

        review = await eventually(shown)
        assert "└─ colour: Choose a colour [ask_person, by a person]" in review
        assert "It costs nothing." in review
        assert (await run("reject", goal_id)).code == 0


def test_a_plan_is_drawn_with_who_takes_a_step_and_who_does_when_that_one_fails() -> None:
    card = BUILT_IN[0]
    other = card.model_copy(update={"name": "other", "agent": "somebody else"})
    known = {each.name: each for each in (*BUILT_IN, other)}
    planned = Plan.model_validate({"goal": "g", "steps": [{"id": "s", "capability": card.name}]})
    drawn = "\n".join(map(str, plan_tree(planned, known, {"s": (Choice(card, "planned"), ["other"])})))
    assert "      planned\n      if it fails: other (somebody else)" in drawn


async def test_what_is_no_plan_is_refused_with_every_place(connected: Path) -> None:
    said = await run("start", "plan", _written(connected, {"goal": "", "steps": [{"id": "A B", "capability": "wait"}]}))
    assert said.code == 1
    assert "steps/A B/id" in said.out
    assert "it may not run" in said.out


async def test_a_goal_id_that_is_none_is_refused(connected: Path) -> None:
    said = await run("start", "plan", _written(connected, PLAN), "--id", "INQ-1")
    assert (said.code, said.complaint) == (1, "'INQ-1' is no goal id. One looks like GOAL-7.")


async def test_no_enquiry_takes_the_id_of_a_goal(connected: Path) -> None:
    said = await run("start", "enquiry", "--text", "Where is my order?", "--id", "GOAL-7")
    assert (said.code, said.complaint) == (1, "GOAL-7 would be a goal's id: no enquiry's begins with GOAL-.")


async def test_the_plan_on_the_page_about_goals_may_run(connected: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/how-it-works.md").read_text(encoding="utf-8")
    shown = page.partition("## One goal")[2].partition("```json\n")[2].partition("```")[0]
    said = await run("plan", "check", _written(connected, json.loads(shown)))
    assert said.code == 0, said.out


def test_what_is_missing_is_told_once() -> None:
    answer = ComposedAnswer(text="", missing=["no Order was found", "order: skipped by nomsa"], not_had=["Order"])
    shown = answer_lines(GoalResult(goal_id="GOAL-1", outcome="in_part", summary="", answer=answer))
    assert [str(line) for line in shown][2:] == ["  missing: no Order was found", "  missing: order: skipped by nomsa"]

"""A goal that the rules do not plan, from the command line to a real worker: a model plans, a person looks first."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from activities.cards import plan_cards
from baton.agents.planning.goal import plan_goal
from baton.cli.planning_by_model import ask_models
from baton.cli.runs import Runs
from baton.cli.shapes import GoalPlan, Reviews, Started
from baton.contracts import names
from baton.contracts.plan_builtin import BUILT_IN
from baton.contracts.planning import Candidates, PlannedBy
from baton.contracts.record import RunRecord, RunStatus
from baton.settings import Settings
from baton.temporal.embedded import ServerAddress
from baton.temporal.replaying import replay_failure
from tests.cli.command_line import Said, run
from tests.end_to_end.office import Office
from tests.workflows.driver import eventually, until
from workflows.goal import GoalWorkflow
from workflows.planning import PlanningWorkflow

from .scripted import KEY, Answer, Fails, Refuses, Says, ScriptedModel, scripted_model
from .thinking import all_words, thinking_office
from .written_plans import (
    AFRIKAANS,
    GOAL,
    OPEN_ORDERS,
    UNKNOWN,
    mail,
    written,
)


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with scripted_model() as served:
        yield served


Opens = Callable[..., AbstractAsyncContextManager[Office]]


@pytest.fixture
def shop_with(client: Client, tmp_path: Path, server: ServerAddress, monkeypatch: pytest.MonkeyPatch) -> Opens:
    """A shop with these settings, and the environment of whoever starts goals there: models by name, and no key."""

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[Office]:
        async with thinking_office(client, tmp_path, **settings) as shop:
            for name, value in {
                "TEMPORAL_ADDRESS": server.host_port,
                "STATE_DIR": str(shop.settings.state_dir),
                "TASK_QUEUE": shop.settings.task_queue,
                "BATON_MODEL": shop.settings.baton_model,
                "BATON_MODEL_PLANNER": shop.settings.baton_model_planner or "",
                "LOGNAME": "nomsa",
            }.items():
                monkeypatch.setenv(name, value)
            yield shop

    return opened


async def _asking_of(made: GoalPlan) -> RunRecord:
    """The record of the run in which the model was asked."""
    run_id = made.planned_by.run_id if made.planned_by else made.model_said.rpartition("(")[2].removesuffix(")")
    return RunRecord.model_validate_json((await run("record", run_id, "--json")).out)


async def _planned(*words: str) -> tuple[Said, GoalPlan]:
    said = await run("plan", *words, "--json")
    return said, GoalPlan.model_validate_json(said.out)


async def test_a_goal_that_the_rules_do_not_plan_is_planned_seen_and_carried_out(
    model: ScriptedModel, shop_with: Opens
) -> None:
    model.answers(Says(OPEN_ORDERS, tokens=(2100, 210)))
    async with shop_with(baton_model_planner=f"{model.url}#qwen3") as shop:
        shown = await run("plan", AFRIKAANS)
        assert shown.code == 0, shown
        for words in ("The rules made no plan", "Planner (qwen3) made this plan: 1 request, prompt plan_goal 1",
                      "Wave 3", "2,100 tokens in", "A person sees it", "a model chose it"):  # fmt: skip
            assert words in shown.out
        goal_id = f"GOAL-{uuid4().hex[:8]}"
        said = await run("start", "goal", AFRIKAANS, "--id", goal_id, "--json")
        assert said.code == 0, said
        assert Started.model_validate_json(said.out).enquiry_id == goal_id

        async def asked() -> Reviews | None:
            reviews = Reviews.model_validate_json((await run("review", goal_id, "--json")).out)
            return reviews if reviews.reviews else None

        (review,) = (await eventually(asked)).reviews
        assert (review.review_id, review.risk) == ("plan", "medium")
        assert review.notes[0].startswith("Planner (qwen3) made this plan: 1 request, prompt plan_goal 1; see plan/")
        assert review.risk_reasons == ["a model made this plan"]
        assert (await run("approve", goal_id)).code == 0

        async def ended() -> RunStatus | None:
            status = RunStatus.model_validate_json((await run("status", goal_id, "--json")).out)
            return status if status.stage.startswith("ended") else None

        status = await eventually(ended)
        assert status.result is not None
        assert status.result.outcome == "reached"
        record = RunRecord.model_validate_json((await run("record", goal_id, "--json")).out)
        (made,) = [fact for fact in record.facts if fact.name == "plan/made"]
        assert (made.type, made.agent) == ("PlannedBy", "Planner (qwen3)")
        by = PlannedBy.model_validate(made.value)
        (call,) = by.calls
        assert (call.model, call.input_tokens) == (f"{model.url}#qwen3", 2100)
        assert (call.prompt.name, call.prompt.version, len(call.prompt.digest)) == ("plan_goal", "1", 64)
        (line,) = [entry for entry in record.record if entry.step == "plan/made"]
        assert (line.agent, line.calls) == ("Planner (qwen3)", []), "paid once, and counted where it was asked"
        of_asking = RunRecord.model_validate_json((await run("record", by.run_id, "--json")).out)
        assert [len(entry.calls) for entry in of_asking.record if entry.calls] == [1]
        assert of_asking.result is not None
        for id_ in (f"goal/{goal_id}", by.run_id):
            history = await shop.client.get_workflow_handle(id_).fetch_history()
            assert await replay_failure(history, GoalWorkflow, PlanningWorkflow) is None
        assert of_asking.result.summary == "a plan of 3 steps"
    assert len(model.asked) == 2
    assert AFRIKAANS in model.asked[0].material


async def test_without_a_model_nothing_is_asked_and_nothing_changes(model: ScriptedModel, shop_with: Opens) -> None:
    async with shop_with(baton_model=f"{model.url}#qwen3", baton_model_planner="rules"):
        _, made = await _planned(AFRIKAANS)
        assert made.outcome in ("impossible", "unsure")
        assert (made.planned_by, made.model_said) == (None, "")
        _, by_rules = await _planned(GOAL)
        assert (by_rules.outcome, by_rules.planned_by) == ("planned", None)
    assert not model.asked


async def test_what_the_rules_plan_or_a_person_chose_is_asked_of_no_model(
    model: ScriptedModel, shop_with: Opens
) -> None:
    async with shop_with(baton_model_planner=f"{model.url}#qwen3"):
        for words in ([GOAL], ["number of order W1042207", "--choose", "2"]):
            _, made = await _planned(*words)
            assert (made.outcome, made.planned_by, made.model_said) == ("planned", None, "")
    assert not model.asked


async def test_faults_go_back_twice_then_the_rules_have_the_word(model: ScriptedModel, shop_with: Opens) -> None:
    by_rules = plan_goal(AFRIKAANS, [*BUILT_IN, *plan_cards()])
    assert isinstance(by_rules, Candidates)
    model.answers(Says("no JSON"), Says(UNKNOWN), Says(written({**mail(), "review": False})))
    async with shop_with(baton_model_planner=f"{model.url}#qwen3"):
        said, made = await _planned(AFRIKAANS)
        assert (said.code != 0, made.plan, made.planned_by) == (True, None, None)
        assert (made.outcome, made.why) == ("unsure", by_rules.question)
        assert "no answer that fits, also after 2 corrections" in made.model_said
        assert len([call for entry in (await _asking_of(made)).record for call in entry.calls]) == 3
    assert [len(asked.corrections) for asked in model.asked] == [0, 1, 2]
    assert "nothing here can “ask_oracle”" in model.asked[2].corrections[1]


async def test_a_corrected_plan_counts(model: ScriptedModel, shop_with: Opens) -> None:
    model.answers(Says(""), Says(UNKNOWN), Says(OPEN_ORDERS))
    async with shop_with(baton_model_planner=f"{model.url}#qwen3") as shop:
        _, made = await _planned(AFRIKAANS)
        assert made.planned_by is not None
        assert len(made.planned_by.calls) == 3
        assert made.faults == []
        history = await shop.client.get_workflow_handle(made.planned_by.run_id).fetch_history()
        assert '"today":"20' in all_words(history), "the day of whoever asks"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Refuses(), "will not answer"),
        (Says('{"steps": [', finish="length"), "cut off"),
        (Fails(400), "refuses the request as it stands"),
    ],
    ids=["refused", "cut off", "rejected"],
)
async def test_what_no_second_request_mends_goes_to_the_second_model_then_to_the_rules(
    model: ScriptedModel,
    shop_with: Opens,
    answer: Answer,
    words: str,
) -> None:
    def of_first(asked: Any) -> Answer | None:
        return answer if asked.model == "first" else None

    model.answers(Says(OPEN_ORDERS))
    model.rule(of_first)
    chain = f"{model.url}#first,{model.url}#second"
    async with shop_with(baton_model_planner=chain):
        _, made = await _planned(AFRIKAANS)
        assert made.planned_by is not None
        assert made.planned_by.agent == "Planner (second)"
        failed = [entry for entry in (await _asking_of(made)).record if entry.kind == "failed"]
        assert words in failed[0].text
        model.rule(lambda _: answer)
        said, made = await _planned(AFRIKAANS)
        assert (said.code != 0, made.planned_by) == (True, None)
        assert made.model_said.count(words) == 2


async def test_a_pause_is_kept(model: ScriptedModel, shop_with: Opens) -> None:
    model.answers(Fails(429, {"Retry-After": "2"}), Says(OPEN_ORDERS))
    async with shop_with(baton_model_planner=f"{model.url}#qwen3"):
        _, made = await _planned(AFRIKAANS)
        assert made.planned_by is not None
    assert model.asked[1].at - model.asked[0].at >= 2


async def test_a_wrong_key_stops_at_once_and_names_the_setting(model: ScriptedModel, shop_with: Opens) -> None:
    model.answers(Says(OPEN_ORDERS))
    model.wants_key()
    wrong = "sk-wrong-0a1b2c3d4e5f6a7b"
    chain = f"{model.url}#first,{model.url}#second"
    async with shop_with(baton_model_planner=chain, baton_model_key=wrong):
        said, made = await _planned(AFRIKAANS)
        assert (said.code != 0, made.planned_by) == (True, None)
        assert "BATON_MODEL_KEY" in made.model_said
        shown = await run("plan", AFRIKAANS)
        assert "BATON_MODEL_KEY" in shown.out
        assert wrong not in said.out + said.err + shown.out
    assert [asked.model for asked in model.asked] == ["first", "first"], "no fallback hides it"
    assert KEY not in made.model_dump_json()


async def test_without_a_server_the_rules_have_the_word(
    model: ScriptedModel, shop_with: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shop_with(baton_model_planner=f"{model.url}#qwen3"):
        monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
        _, made = await _planned(AFRIKAANS)
        assert (made.outcome, made.planned_by) == ("unsure", None)
        assert "it could not be asked" in made.model_said


async def test_without_a_worker_it_says_so_and_leaves_nothing_to_be_paid_later(
    client: Client, model: ScriptedModel, shop_with: Opens
) -> None:
    model.answers(Says(OPEN_ORDERS))
    queue, named = f"later-{uuid4().hex}", f"{model.url}#qwen3"
    settings = Settings(_env_file=None, task_queue=queue, baton_model_planner=named)
    asked = await ask_models(settings, AFRIKAANS, [], Runs(client, settings, ""), quiet=True)
    assert (asked.planned, asked.why) == (None, "it could not be asked: no worker is answering")
    of_queue = f"WorkflowType = '{names.PLANNING_WORKFLOW}' AND TaskQueue = '{queue}'"

    async def listed() -> WorkflowExecution | None:
        return next(iter([run async for run in client.list_workflows(of_queue)]), None)

    left = await eventually(listed)
    async with shop_with(task_queue=queue, baton_model_planner=named):

        async def ended() -> WorkflowExecutionStatus | None:
            status = (await client.get_workflow_handle(left.id).describe()).status
            return status if status is not WorkflowExecutionStatus.RUNNING else None

        assert await eventually(ended) is WorkflowExecutionStatus.CANCELED
    assert not model.asked


async def test_who_stops_waiting_ends_the_asking(client: Client, model: ScriptedModel, shop_with: Opens) -> None:
    model.answers(Says(OPEN_ORDERS, after_s=60))
    async with shop_with(baton_model_planner=f"{model.url}#qwen3") as shop:
        waiting = asyncio.create_task(
            ask_models(shop.settings, AFRIKAANS, [], Runs(client, shop.settings, ""), quiet=True)
        )
        await until(lambda: bool(model.asked), 30)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        of_queue = f"WorkflowType = '{names.PLANNING_WORKFLOW}' AND TaskQueue = '{shop.settings.task_queue}'"

        async def ended() -> bool | None:
            runs = [run async for run in client.list_workflows(of_queue)]
            return [run.status for run in runs] == [WorkflowExecutionStatus.CANCELED] or None

        await eventually(ended, 30)

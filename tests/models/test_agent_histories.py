"""An agent's conversation outlives workers, deploys and histories, and grows with its turns alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from baton.contracts.conversation import Answered, ToolAnswer, Utterance
from baton.contracts.sizes import MOST_ANSWERED
from baton.temporal.embedded import ServerAddress
from tests.end_to_end.office import ROOT, systems_only, worker_process
from tests.workflows.driver import until
from workflows.answers import few_utterances

from .errand_office import AGENTS, LONG_S, MODULE, ORDER, answers, ended, looks, office, record_of, start, writes
from .scripted import Asked, Fails, Says, ScriptedModel
from .thinking import thinking_workers, with_settings


async def test_a_kill_between_two_calls_repeats_neither(
    client: Client, server: ServerAddress, tmp_path: Path, model: ScriptedModel
) -> None:
    """Killed twice: while a write waits for a person, and while the model thinks about what came of it."""

    def by_what_it_heard(asked: Asked) -> Any:
        match len(asked.heard):
            case 0:
                return looks(ORDER)
            case 1:
                return writes("she asked")
            case _:
                return Says({"words": "noted"}, tool="give_answer", after_s=0 if model.asked[3:] else 30)

    model.rule(by_what_it_heard)
    named = f"{model.url}#qwen3"
    more = {"BATON_MODEL": named, "PROCESSES": MODULE, "AGENTS": AGENTS}
    async with systems_only(client, tmp_path) as opened:
        shop = with_settings(opened, baton_model=named, processes=MODULE, agents=AGENTS)
        async with worker_process(shop.settings, server, tmp_path / "one.log", ROOT, **more) as worker:
            handle = await start(shop)
            review = await shop.review(handle, LONG_S)
            worker.kill()
            await worker.wait()
        await shop.decide(handle, review, "approve")
        async with worker_process(shop.settings, server, tmp_path / "two.log", ROOT, **more) as worker:
            await until(lambda: len(model.asked) == 3, LONG_S)
            worker.kill()
            await worker.wait()
        async with worker_process(shop.settings, server, tmp_path / "three.log", ROOT, **more):
            assert (await ended(handle)).summary == "noted"
            record = await record_of(handle)
            assert len(await shop.entries(handle.id.replace("/", ":"))) == 1
    assert [len(asked.heard) for asked in model.asked] == [0, 1, 2, 2], "only what was in flight is asked again"
    attempts = {fact.name: fact.attempt for fact in record.facts if fact.name.startswith("errand/")}
    assert attempts == {"errand/1": 1, "errand/1/1": 1, "errand/2": 1, "errand/2/1": 1, "errand/3": 2}


async def test_a_conversation_outlives_a_new_history(client: Client, tmp_path: Path, model: ScriptedModel) -> None:
    def twelve_turns(asked: Asked) -> Any:
        return looks(ORDER) if len(asked.heard) < 12 else answers("read twelve times")

    model.rule(twelve_turns)
    async with office(client, tmp_path, model) as shop:
        handle = await start(shop, after=5, turns=20)
        assert (await ended(handle)).summary == "read twelve times"
        assert (await handle.describe()).run_id != handle.first_execution_run_id
    assert [len(asked.heard) for asked in model.asked] == list(range(13)), "none is asked twice, none forgets"


async def test_a_turn_under_way_goes_on_under_code_that_words_its_task_otherwise(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    model.rule(lambda asked: Fails(429, headers={"Retry-After": "1"}) if asked.heard else looks(ORDER))
    settings = {"baton_model": f"{model.url}#qwen3", "agents": AGENTS}
    async with systems_only(client, tmp_path) as opened:
        shop = with_settings(opened, processes=MODULE, **settings)
        async with thinking_workers(shop):
            handle = await start(shop)
            await until(lambda: len(model.asked) > 1, LONG_S)
        model.rule(lambda asked: answers("boots"))
        async with thinking_workers(with_settings(opened, processes=f"{MODULE}_reworded", **settings)):
            assert (await ended(handle)).summary == "boots"
            record = await record_of(handle)
    assert "Answer in one short sentence." in model.asked[-1].instructions
    assert "Hiking Boots" in model.asked[-1].heard[0]
    assert not [line for line in record.record if line.kind in ("failed", "fell_back")]


async def test_its_history_grows_with_its_turns_and_not_with_their_square(
    client: Client, tmp_path: Path, model: ScriptedModel
) -> None:
    turns: dict[str, int] = {}
    model.rule(lambda asked: looks(ORDER) if len(asked.heard) < turns["now"] else answers("enough"))
    size = {}
    async with office(client, tmp_path, model) as shop:
        for turns["now"] in (5, 10, 20, 40):
            handle = await start(shop, f"What is in {ORDER}?", turns=60)
            await ended(handle)
            size[turns["now"]] = (await handle.describe()).raw_description.workflow_execution_info.history_size_bytes
    print(json.dumps(size))
    per_turn = (size[40] - size[20]) / 20
    assert per_turn == pytest.approx((size[20] - size[10]) / 10, rel=0.1)


def test_a_long_conversation_is_told_in_parts_that_each_fit_into_an_answer() -> None:
    uttered: dict[str, Utterance] = {}
    last = ""
    for number in range(60):
        piece = Utterance(before=last, what=Answered(answers=[ToolAnswer(text=f"{number:02}" + "x" * 20_000)]))
        last, uttered[piece.digest] = piece.digest, piece
    seen, wanted, parts = list[Utterance](), last, 0
    while wanted:
        part = few_utterances(uttered, wanted)
        assert sum(len(each.model_dump_json()) for each in part) <= MOST_ANSWERED
        seen, wanted, parts = [*seen, *part], part[-1].before, parts + 1
    assert parts == 3
    assert seen[::-1] == list(uttered.values())

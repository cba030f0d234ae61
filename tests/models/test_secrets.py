"""Keys live in the worker's environment: looked for in every place where they must not be."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from baton.cli.planning_by_model import ask_models
from baton.cli.runs import Runs
from baton.contracts import names
from baton.contracts.enquiry import EnquiryOptions
from baton.settings import MODEL_KEYS, Settings, child_environment
from baton.temporal.embedded import EmbeddedServer, ServerAddress
from tests.end_to_end.office import ROOT, systems_only, worker_process

from .reading import AFRIKAANS, AFRIKAANS_READ, CANCELS
from .scripted import KEY, Fails, Says, ScriptedModel, scripted_model
from .thinking import all_words, was_read, with_settings
from .written_plans import GOAL, OPEN_ORDERS


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


PLANTED = {
    "OPENAI_API_KEY": "sk-openai-71c0ffee9d2b4a6e8f",
    "ANTHROPIC_API_KEY": "sk-ant-5eed0f1ce2b4d6a8c9",
    "GOOGLE_API_KEY": "AIzaPlanted3b5d7f9a1c2e4",
    "OLLAMA_API_KEY": "ollama-8a6c4e2f0b1d3f5a7c",
    "BATON_MODEL_KEY": KEY,
}


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with scripted_model() as served:
        yield served


async def test_keys_stand_nowhere_but_in_the_requests_to_their_provider(
    client: Client, server: ServerAddress, tmp_path: Path, model: ScriptedModel
) -> None:
    """One request is answered, one fails with words that quote the key, and one key is refused: all at level debug.

    A goal is planned likewise.
    """
    model.answers(Says(AFRIKAANS_READ))
    named = f"{model.url}#qwen3"
    log = tmp_path / "worker.log"
    async with systems_only(client, tmp_path) as opened:
        shop = with_settings(opened, baton_model_reader=named, baton_model_planner=named)
        planning = {"BATON_MODEL_READER": named, "BATON_MODEL_PLANNER": named}
        async with worker_process(shop.settings, server, log, ROOT, **{**planning, **PLANTED}):
            quoting = {"message": f"Your key {KEY} is over its limit", "type": "scripted"}
            handles = []
            for answers in (
                [Says(AFRIKAANS_READ)],
                [Fails(503, error=quoting), Fails(400, error=quoting)],
                [Fails(401, error={"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"})],
            ):
                model.answers(*answers)
                handle = await shop.receive(AFRIKAANS, options=EnquiryOptions(question_rounds=0))
                await was_read(shop, handle)
                handles.append(handle)
            for handle in handles[:2]:
                await shop.decide(handle, await shop.review(handle), "reject")
                await handle.result()
            refused = await shop.review(handles[2])
            assert "Misconfigured" in str(refused.subject)
            await shop.decide(handles[2], refused, "abort")
            await handles[2].result()
            said = []
            for answer in (Says(OPEN_ORDERS), Fails(400, error=quoting), Fails(401, error=quoting)):
                model.answers(answer)
                asked = await ask_models(shop.settings, GOAL, [], Runs(client, shop.settings, ""), quiet=True)
                said.append(repr(asked))
            assert "planned=None" in said[1]
            assert "BATON_MODEL_KEY" in said[2]
            planned = [
                run.id
                async for run in client.list_workflows(f"WorkflowType = '{names.PLANNING_WORKFLOW}'")
                if run.task_queue == shop.settings.task_queue
            ]
            assert len(planned) == 3
            histories = [all_words(await client.get_workflow_handle(id_).fetch_history()) for id_ in planned]
        histories += [all_words(await handle.fetch_history()) for handle in handles]
        assert all(CANCELS in told for told in histories[len(planned) :]), "payloads were looked through"
        shown = [*said, *histories]
        shown += [repr(await client.get_workflow_handle(handle.id).describe()) for handle in handles]
        shown += [repr(shop.settings), repr(with_settings(shop, baton_model_key=KEY).settings)]
    kept = await asyncio.to_thread(_files, tmp_path)
    assert any("archive" in str(path) for path in kept), "the archive was looked through"
    logged = kept[log].decode()
    assert "Working on task queue" in logged
    assert "total of the orders" not in logged.lower()
    assert "kanselleer" not in logged.lower(), "what a model is asked is not logged, at any level"
    assert {asked.key for asked in model.asked} == {KEY}
    for key in PLANTED.values():
        assert not [place for place, content in kept.items() if key.encode() in content]
        assert not [text for text in shown if key in text]


def test_every_setting_that_is_a_key_is_kept_from_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, key in PLANTED.items():
        monkeypatch.setenv(name, key)
    secret = {name.upper() for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)}
    assert secret - {"CONNECTOR_OPTIONS"} == set(MODEL_KEYS) == set(PLANTED)
    passed = child_environment({}, without=MODEL_KEYS)
    assert not set(passed) & set(PLANTED)


async def test_the_embedded_server_is_started_without_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, key in PLANTED.items():
        monkeypatch.setenv(name, key)
    async with EmbeddedServer(tmp_path) as server:
        environment = await asyncio.to_thread(Path(f"/proc/{server.pid}/environ").read_bytes)
    assert b"PATH=" in environment
    assert not [name for name, key in PLANTED.items() if key.encode() in environment]

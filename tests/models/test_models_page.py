"""docs/models.md: its process with an agent runs as it stands there, from the command line."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from baton.contracts.record import RunStatus
from baton.temporal.embedded import ServerAddress
from tests.cli.command_line import run
from tests.workflows.driver import eventually

from .scripted import CallsTools, Says, scripted_model
from .thinking import thinking_office

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
(CODE,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
RUN = "questions/Q-1"


@pytest.fixture
def my_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """my_shop/questions.py as the page says to write it."""
    place = tmp_path / "my_shop"
    place.mkdir()
    (place / "__init__.py").touch()
    (place / "questions.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield place
    for name in ("my_shop", "my_shop.questions"):
        sys.modules.pop(name, None)


def test_it_has_fewer_than_40_lines() -> None:
    assert len(CODE.splitlines()) < 40


async def test_it_looks_an_order_up_proposes_a_note_and_answers(
    client: Client, server: ServerAddress, tmp_path: Path, my_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted_model() as model:
        model.answers(
            CallsTools([("get_order", {"order_id": "W1042207"})]),
            CallsTools([("log_note", {"text": "call her back"})]),
            Says({"words": "Boots and a headlamp.", "order_ids": ["#W1042207"]}, tool="give_answer"),
        )
        named, module = f"{model.url}#qwen3", "my_shop.questions"
        async with thinking_office(client, tmp_path, baton_model=named, processes=module) as shop:
            for name, value in {
                "TEMPORAL_ADDRESS": server.host_port,
                "STATE_DIR": str(shop.settings.state_dir),
                "TASK_QUEUE": shop.settings.task_queue,
                "PROCESSES": module,
                "BATON_MODEL": named,
                "LOGNAME": "nomsa",
            }.items():
                monkeypatch.setenv(name, value)
            file = tmp_path / "asked.json"
            file.write_text(json.dumps({"message": "What did she buy with W1042207?"}), encoding="utf-8")
            said = await run("start", "process", "questions", str(file), "--id", "Q-1")
            assert said.code == 0, said

            async def asked() -> bool | None:
                return (await run("review", RUN)).code == 0 or None

            await eventually(asked)
            said = await run("approve", RUN)
            assert said.code == 0, said

            async def ended() -> RunStatus | None:
                status = RunStatus.model_validate_json((await run("status", RUN, "--json")).out)
                return status if status.stage.startswith("ended") else None

            status = await eventually(ended)
            assert status.result is not None
            assert status.result.summary == "Boots and a headlamp."
            shown = await run("record", RUN)
            assert "Agent (qwen3)" in shown.out
            (entry,) = await shop.entries(RUN.replace("/", ":"))
            assert "call her back" in str(entry)

"""`demo --model` as a real process: a model reads the customer's mail and drafts the answer, and the record says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.programs import needs_proc, nothing_left, started

from .reading import asks, read_as
from .resolving import acts, resolved
from .scripted import Says, ScriptedModel, scripted_model

pytestmark = needs_proc

WORDS = "Please cancel order #W1043118, I ordered it by mistake."


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with scripted_model() as served:
        yield served


async def test_the_demo_runs_with_a_model(tmp_path: Path, model: ScriptedModel) -> None:
    read = read_as(asks("cancel", WORDS, order_numbers=["#W1043118"]), order_numbers=["#W1043118"])
    cancelled = acts("cancel_order", "#W1043118", reason="ordered by mistake")
    model.answers(Says(read), Says(resolved(cancelled, reply="Dear Thandi,\n\nYour order is cancelled. All the best!")))
    mail = ["--text", WORDS, "--from", "thandi.nkosi@posbus.example"]
    async with started(tmp_path, "demo", "--yes", "--model", f"{model.url}#qwen3", *mail) as demo:
        assert await demo.ends(90) == 0, demo.said
    assert len(model.asked) == 2
    assert "Reader (qwen3)" in demo.said
    assert "Resolver (qwen3)" in demo.said
    assert "All the best!" in demo.said
    assert "120 tokens in" in demo.said
    await nothing_left(tmp_path)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("gpt", "--model gpt: is neither provider:model"),
        ("openai:gpt-5-mini", "openai:gpt-5-mini needs a key: OPENAI_API_KEY is not set"),
    ],
)
async def test_a_model_that_cannot_be_asked_is_told_before_anything_starts(
    tmp_path: Path, named: str, words: str
) -> None:
    async with started(tmp_path, "demo", "--yes", "--model", named, OPENAI_API_KEY="") as demo:
        assert await demo.ends() == 1
    assert words in " ".join(demo.said.split())
    await nothing_left(tmp_path)

"""What a model answered is kept without its key, and given again without the model."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from baton.contracts.asking import Said
from baton.contracts.systems import Misconfigured, SystemFault, Throttled, Unavailable
from bench.proxy import recorder, replayer
from tests.models.local_model import KEY
from tests.models.real_questions import CUT_OFF, PARCEL, asking
from tests.models.scripted import Fails, Says, scripted_model

ANSWER = {"carrier": "post", "pieces": 2, "fragile": True, "note": None, "stops": ["Cape Town"]}
ROOT = Path(__file__).parents[2]


async def answers(address: str, times: int) -> list[Said | type[SystemFault]]:
    """What comes of the same question, asked so often."""
    found: list[Said | type[SystemFault]] = []
    async with asking(address) as (models, name):
        for _ in range(times):
            try:
                said = await models.ask(name, PARCEL)
            except SystemFault as fault:
                found.append(type(fault))
            else:
                found.append(said.model_copy(update={"call": said.call.model_copy(update={"model": "", "seconds": 0})}))
    return found


async def test_what_was_recorded_is_given_again_in_its_order_and_then_the_last(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    with scripted_model() as model, recorder(file, model.url) as address:
        model.answers(Fails(429, {"Retry-After": "3"}), Says(ANSWER, tokens=(31, 17)))
        recorded = await answers(address, 2)
    with replayer(file) as address:
        again = await answers(address, 3)
    assert recorded[0] is Throttled
    assert isinstance(recorded[1], Said)
    assert (recorded[1].call.input_tokens, recorded[1].call.output_tokens) == (31, 17)
    assert again == [*recorded, recorded[1]]


async def test_the_key_reaches_the_model_and_never_the_file(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    with scripted_model() as model, recorder(file, model.url) as address:
        model.answers(Says(ANSWER))
        model.wants_key()  # another one: it refuses ours, and quotes it
        assert await answers(address, 1) == [Misconfigured]
        assert [asked.key for asked in model.asked] == [KEY]
    assert "Incorrect API key provided: (the key)." in file.read_text()
    assert KEY not in file.read_text()


async def test_what_was_not_recorded_is_said_to_be_so(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "answers.jsonl"
    with scripted_model() as model, recorder(file, model.url) as address:
        model.answers(Says(ANSWER))
        await answers(address, 1)
    with replayer(file) as address:
        async with asking(address) as (models, name):
            with pytest.raises(Misconfigured):
                await models.ask(name, CUT_OFF)
            with pytest.raises(Misconfigured):
                await models.ask(name, replace(PARCEL, material="Three boxes."))
    assert capfd.readouterr().err.count("not recorded in") == 2


async def test_a_model_that_is_not_there_is_not_recorded(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    with recorder(file, "http://127.0.0.1:9/v1") as address:
        assert await answers(address, 1) == [Unavailable]
    assert not file.exists()


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (["record", "--file", "answers.jsonl"], "--upstream https://"),
        (["replay", "--file", "missing.jsonl"], "missing.jsonl"),
        (["replay", "--file", str(ROOT / "README.md")], "README.md:1 is not an answer that was recorded"),
    ],
)
def test_what_it_cannot_begin_with_is_said_in_a_line(what: list[str], words: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "bench.proxy", *what], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (said.returncode, words in said.stderr.splitlines()[-1]) == (2, True), said.stderr

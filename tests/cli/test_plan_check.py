"""`plan check FILE`: what may run and what may not, with exit codes that a script can rely on."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .command_line import run

RIGHT = {
    "goal": "Ask, later",
    "steps": [
        {"id": "pause", "capability": "wait", "inputs": {"seconds": 60}},
        {"id": "ask", "capability": "ask_person", "inputs": {"question": "Now?"}, "needs": ["pause"]},
    ],
}
WRONG = {
    "goal": "Ask, later",
    "steps": [{"id": "pause", "capability": "wiat"}, {"id": "ask", "capability": "ask_person", "needs": ["puase"]}],
}


Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a plan's file, and says where."""

    def written(text: str) -> str:
        file = tmp_path / "plan.json"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return written


async def test_a_plan_that_may_run_is_shown_in_its_waves(write: Write) -> None:
    file = write(json.dumps(RIGHT))
    said = await run("plan", "check", file)
    assert said.code == 0
    assert "2 steps in 2 waves" in said.out
    assert "└─ ask: [ask_person, by a person]" in said.out
    assert said.out.rstrip().endswith("It may run.")


async def test_how_long_a_plan_may_be_is_set(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOST_STEPS", "1")
    said = await run("plan", "check", write(json.dumps(RIGHT)))
    assert (said.code, "2 steps, and at most 1 are allowed" in said.out) == (1, True)
    assert (await run("plan", "check", write(json.dumps(RIGHT)), "--most-steps", "2")).code == 0


async def test_each_fault_is_shown_with_its_place_and_what_to_do(write: Write) -> None:
    file = write(json.dumps(WRONG))
    said = await run("plan", "check", file)
    assert said.code == 1
    assert "steps/pause/capability: nothing here can “wiat”" in said.out
    assert "did you mean wait?" in said.out
    assert "steps/ask/needs: there is no step “puase”" in said.out
    assert "steps/ask/inputs/question" in said.out
    assert "3 faults: it may not run." in said.out


async def test_a_program_gets_all_of_it_as_json() -> None:
    said = await run("plan", "check", "-", "--json", typed=json.dumps(WRONG))
    told = json.loads(said.out)
    assert (said.code, told["ok"]) == (1, False)
    assert [(each["kind"], each["place"]) for each in told["faults"]] == [
        ("unknown_capability", "steps/pause/capability"),
        ("unknown_step", "steps/ask/needs"),
        ("missing_input", "steps/ask/inputs/question"),
    ]
    said = await run("plan", "check", "-", "--json", typed=json.dumps(RIGHT))
    assert said.code == 0
    assert json.loads(said.out) == {"ok": True, "goal": "Ask, later", "steps": 2, "waves": 2, "faults": []}


async def test_what_is_no_json_is_refused_with_the_line(write: Write) -> None:
    file = write('{"goal": "x",\n "goal": "y"}')
    said = await run("plan", "check", file)
    assert said.code == 1
    assert "“goal” stands twice" in said.out


async def test_a_longer_plan_is_refused_unless_it_is_allowed(write: Write) -> None:
    file = write(json.dumps(RIGHT))
    assert (await run("plan", "check", file, "--most-steps", "1")).code == 1
    assert (await run("plan", "check", file, "--most-steps", "2")).code == 0


async def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    said = await run("plan", "check", str(tmp_path / "nowhere.json"))
    assert said.code == 2
    assert "There is no file" in said.complaint
    said = await run("plan", "check", str(tmp_path))
    assert (said.code, "cannot be read" in said.complaint) == (2, True)


async def test_wrong_use_has_a_code_of_its_own() -> None:
    assert (await run("plan", "check")).code == 2

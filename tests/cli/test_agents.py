"""`agents`: every capability with its effect, where it comes from, its queue, and what is known of its health."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from activities.cards import all_cards, goal_cards, plan_cards
from baton.cli.shapes import AgentLine, AgentList
from baton.contracts.plan_builtin import BUILT_IN
from baton.health import HealthBook
from demo.servers import DemoSystems
from tests.cli.command_line import run
from tests.cli.programs import left, needs_proc, started

OWN = '''from pydantic import BaseModel
from baton.agents import agent


class Ask(BaseModel):
    text: str


class Told(BaseModel):
    text: str


@agent(by="order system")
async def look(given: Ask) -> Told:
    """Look."""
    return Told(text=given.text)
'''


@pytest.fixture
def own(alone: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module with an agent, named in the settings."""
    (alone / "own_shop.py").write_text(OWN, encoding="utf-8")
    monkeypatch.syspath_prepend(str(alone))
    monkeypatch.setenv("AGENTS", "own_shop")
    yield alone / "own_shop.py"
    sys.modules.pop("own_shop", None)


async def listed() -> dict[str, AgentLine]:
    """What programs are told, by name."""
    said = await run("agents", "--json")
    assert (said.code, said.err) == (0, "")
    lines = AgentList.model_validate_json(said.out).agents
    assert len({line.name for line in lines}) == len(lines)
    return {line.name: line for line in lines}


async def test_every_capability_is_listed_with_effect_source_and_queue(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASK_QUEUE", "ours")
    lines = await listed()
    cards = [*all_cards(), *plan_cards(["own_shop"]), *goal_cards(), *BUILT_IN]
    assert set(lines) == {card.name for card in cards}
    assert {line.queue for line in lines.values()} == {"ours"}
    mail, look = lines["send_mail"], lines["look"]
    assert (mail.used_by, mail.effect, mail.source, mail.gives) == (
        "plans",
        "irreversible",
        "built in",
        "MailHandedOver",
    )
    assert (look.used_by, look.effect, look.source) == ("plans", "read", "own_shop")
    assert lines["read_enquiry"].used_by == "enquiry"


async def test_health_is_what_the_systems_say_and_else_unknown(
    own: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with DemoSystems.started(tmp_path / "systems") as systems:
        monkeypatch.setenv("ORDER_SYSTEM_URL", systems.orders_url)
        monkeypatch.setenv("CRM_URL", "http://127.0.0.1:9")
        lines = await listed()
        shown = (await run("agents")).out
    assert (lines["get_order"].health, lines["check_orders"].health) == ("ok", "ok")
    assert (lines["recall_order"].health, lines["log_note"].health) == ("broken", "broken")
    assert lines["send_mail"].health == "broken"
    assert (lines["total_orders"].health, lines["look"].health) == ("unknown", "unknown")
    for line in lines.values():
        assert line.name in shown
    assert f"✗ CRM: {lines['log_note'].health_detail}"[:40] in shown
    assert max(map(len, shown.splitlines())) <= 100


async def test_health_is_how_each_did_of_late(own: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    state = tmp_path / "state"
    monkeypatch.setenv("STATE_DIR", str(state))
    of_late = {"look": (3, 7), "total_orders": (40, 0), "sort_orders": (6, 4), "make_table": (1, 1)}
    for name, (well, badly) in of_late.items():
        failing, answering = HealthBook(state), HealthBook(state)  # as two workers saw it
        for _ in range(badly):
            failing.note(name, f"{name} gave no answer")
        failing.write(failing.content())
        for _ in range(well):
            answering.note(name)
        answering.write(answering.content())
    lines = await listed()
    shown = (await run("agents")).out
    assert [lines[name].health for name in of_late] == ["failing", "ok", "shaky", "unknown"]
    look = lines["look"]
    assert (look.succeeded, look.tried, look.last_failure) == (3, 10, "look gave no answer")
    assert look.last_failure_at is not None
    rows = {words[0]: words for words in map(str.split, shown.splitlines()) if words}
    assert rows["look"][-2:] == ["failing", "3/10"]
    assert rows["total_orders"][-2:] == ["ok", "40/40"]
    assert rows["make_table"][-1] == "1/2"
    assert rows["wait"][-1] == "-"
    assert "✗ look: look gave no answer" in shown


@pytest.fixture
def wrong(own: Path) -> None:
    """The same module, in which the agent does not say what it gives."""
    own.write_text(OWN.replace(" -> Told", ""), encoding="utf-8")


async def test_a_wrong_agent_is_told_with_its_line(wrong: None) -> None:
    said = await run("agents")
    assert said.code == 1
    assert said.complaint.startswith("own_shop:14: look: its result has no annotation")


@needs_proc
async def test_up_starts_nothing_with_a_wrong_agent(wrong: None, alone: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    async with started(place, "up", AGENTS="own_shop", PYTHONPATH=str(alone)) as up:
        assert await up.ends() == 1
    assert "own_shop:14: look: its result has no annotation" in up.said
    assert left(place) == []

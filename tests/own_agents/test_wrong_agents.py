"""An agent of one's own that cannot be used stops the start, with module, line, and what to write there."""

import asyncio
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from activities.cards import own_agents
from activities.own_agents import WrongAgent

HEAD = """from pydantic import BaseModel
from baton.agents import Write, agent


class Ask(BaseModel):
    text: str


class Told(BaseModel):
    text: str


class Tell(Write):
    text: str


"""
GOOD = '''@agent()
async def look(given: Ask) -> Told:
    """Look."""
    return Told(text=given.text)
'''


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of the module `wrong_shop`."""
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path / "wrong_shop.py"
    sys.modules.pop("wrong_shop", None)


def said(file: Path, source: str, *, modules: str = "wrong_shop") -> str:
    """What stops the start."""
    file.write_text(source, encoding="utf-8")
    with pytest.raises(WrongAgent) as caught:
        own_agents(modules.split(","))
    return str(caught.value)


def changed(old: str, new: str) -> str:
    """The good agent with one thing changed."""
    assert old in GOOD
    return GOOD.replace(old, new)


WRITES = changed("agent()", 'agent(effect="idempotent_write")')
WRONG = [
    (changed("given: Ask", "given"), "def", "its argument `given` has no annotation"),
    (changed(" -> Told", ""), "def", "its result has no annotation"),
    (changed("given: Ask", "given: str"), "def", "its argument `given` is no pydantic model"),
    (changed("-> Told", "-> dict[str, str]"), "def", "its result is no pydantic model"),
    (changed("-> Told", "-> list[Told]"), "def", "its result is no pydantic model"),
    (changed("given: Ask", "given: 'Asks'"), "def", "an annotation cannot be read: name 'Asks' is not defined"),
    (changed("given: Ask", "given: Ask, more: Ask"), "def", "it takes 2 arguments"),
    (changed("async def", "def"), "def", "it is no async function"),
    (changed('    """Look."""\n', ""), "def", "it does not say what it does"),
    (changed("look", "get_order"), "def", "the name is taken: a capability that comes along"),
    (changed("look", "check_orders"), "def", "the name is taken: a capability that comes along"),
    (changed("look", "wait"), "def", "the name is taken: a capability that comes along"),
    (changed("look", "check_plan"), "def", "the name is taken: a capability that comes along"),
    (changed("look", "last_attempt"), "def", "the name is taken: reserved"),
    (changed("Told", "Waited"), "def", "there is another Waited, with other fields"),
    (changed("agent()", 'agent(effect="writes")'), "mark", "there is no effect 'writes'"),
    (changed("agent()", 'agent(\n    by="x",\n    effect="writes",\n)'), "    effect=", "there is no effect 'writes'"),
    (WRITES, "mark", "nothing says how that is taken back"),
    (WRITES, "def", "Ask carries no idempotency key"),
    (
        changed("agent()", 'agent(effect="irreversible")').replace("Ask", "Tell"),
        "mark",
        "nothing says how that is taken",
    ),
    (changed("agent()", 'agent(no_undo="it only looks")'), "mark", "nothing to take back"),
    (changed("agent()", 'agent(fallbacks=["look_away"])'), "mark", "there is no look_away to fall back on"),
    (changed("agent()", 'agent(fallbacks=["get_order"])'), "mark", "get_order cannot stand in"),
    (
        changed("agent()", 'agent(effect="idempotent_write", undo="look_away")').replace("Ask", "Tell"),
        "mark",
        "there is no look_away to take it back",
    ),
    (
        changed("agent()", 'agent(effect="idempotent_write", undo="get_order")').replace("Ask", "Tell"),
        "mark",
        "get_order cannot take it back",
    ),
    (changed("agent()", "agent(typical_s=0)"), "mark", "Input should be greater than 0"),
    (changed("Told", "Order"), "def", "there is another Order, with other fields"),
    (changed("Ask", "ByEmail"), "def", "there is another ByEmail, with other fields"),
]


@pytest.mark.parametrize(("source", "where", "why"), WRONG, ids=[f"{why[:40]}" for _, _, why in WRONG])
def test_a_wrong_agent_is_told_with_its_line_and_what_to_write(write: Path, source: str, where: str, why: str) -> None:
    head = HEAD
    for old, new in (("Told", "Order"), ("Told", "Waited"), ("Ask", "ByEmail")):
        head = head.replace(old, new) if new in source else head
    whole = head + source
    told = said(write, whole)
    assert why in told, told
    line = int(re.match(r"wrong_shop:(\d+): ", told.splitlines()[_nth(told, why)])[1])  # type: ignore[index]
    starts = {"def": ("async def", "def"), "mark": ("@agent",)}.get(where, (where,))
    assert whole.splitlines()[line - 1].startswith(starts), told
    assert whole.splitlines()[line - 1].strip() in told
    assert "→ " in told


def _nth(told: str, why: str) -> int:
    return next(number for number, each in enumerate(told.splitlines()) if why in each)


def test_all_faults_are_told_at_once(write: Path) -> None:
    told = said(write, HEAD + changed(" -> Told", "") + changed("look", "get_order"))
    assert len(re.findall(r"^wrong_shop:\d+: ", told, re.MULTILINE)) == 2


def test_two_agents_of_one_name_are_told_apart_by_their_module(write: Path, tmp_path: Path) -> None:
    (tmp_path / "other_shop.py").write_text(HEAD + GOOD, encoding="utf-8")
    told = said(write, HEAD + GOOD, modules="other_shop,wrong_shop")
    sys.modules.pop("other_shop")
    assert re.match(r"wrong_shop:\d+: look: the name is taken: other_shop has one", told)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (HEAD + "x = = 1\n", r"wrong_shop:17: invalid syntax\n    x = = 1"),
        (
            HEAD + "@agent(efect='read')\nasync def look(): ...\n",
            r"wrong_shop:17: TypeError: .*efect.*\n    @agent\(efect",
        ),
        (HEAD + "@agent\nasync def look(): ...\n", r"wrong_shop:17: TypeError: "),
        (HEAD, "AGENTS=wrong_shop: no function in it is marked"),
        ("import not_there_at_all\n", "AGENTS=wrong_shop: the module needs 'not_there_at_all', which is not installed"),
    ],
)
def test_a_module_that_cannot_be_used_says_where(write: Path, source: str, why: str) -> None:
    assert re.match(why, said(write, source))


def test_a_module_that_is_not_there_comes_with_a_valid_example(write: Path) -> None:
    told = said(write, "", modules="nowhere.agents")
    assert told == "AGENTS=nowhere.agents: there is no module 'nowhere'. Valid example: AGENTS=my_shop.agents"


def test_an_agent_that_a_module_takes_from_another_counts_once(write: Path) -> None:
    write.write_text(HEAD + GOOD + "\nseen = look\n", encoding="utf-8")
    assert [own.card.name for own in own_agents(["wrong_shop"])] == ["look"]


def test_a_marked_function_stays_a_function(write: Path) -> None:
    write.write_text(HEAD + GOOD, encoding="utf-8")
    own_agents(["wrong_shop"])
    module = sys.modules["wrong_shop"]
    assert asyncio.run(module.look(module.Ask(text="so"))) == module.Told(text="so")

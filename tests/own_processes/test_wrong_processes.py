"""A process of one's own that cannot be used stops the start, with module, line, and what to write there."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from activities.cards import plan_cards, process_cards
from baton.processes.loading import WrongProcess, load_processes

GOOD = '''from pydantic import BaseModel
from temporalio import workflow
from baton.contracts.orders import Order
from baton.processes import Capability, Process, ProcessResult, ProcessStart


class Ask(BaseModel):
    order_id: str


@workflow.defn(name="process/look")
class LookWorkflow(Process[Ask]):
    """Look."""

    uses = (Capability("get_order", Order),)

    @workflow.run
    async def run(self, start: ProcessStart) -> ProcessResult:
        return await self.carry_out(self.look)

    async def look(self, ask: Ask) -> str:
        return (await self.step(self.uses[0], ask)).order_id
'''
CLASS, USES = "class LookWorkflow", "    uses ="


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of the module `wrong_shop`."""
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path / "wrong_shop.py"
    for name in ("wrong_shop", "other_shop"):
        sys.modules.pop(name, None)


def write(file: Path, source: str) -> None:
    """The module has this source."""
    file.write_text(source, encoding="utf-8")


def said(file: Path, source: str, *modules: str) -> str:
    """What stops the start."""
    write(file, source)
    with pytest.raises(WrongProcess) as caught:
        load_processes(modules or ["wrong_shop"], process_cards(plan_cards()))
    return str(caught.value)


def changed(old: str, new: str) -> str:
    """The good process with one thing changed."""
    assert old in GOOD
    return GOOD.replace(old, new)


WRONG = [
    (changed('@workflow.defn(name="process/look")\n', ""), CLASS, "it is no workflow"),
    (changed("process/look", "look"), CLASS, "its name 'look' does not begin with 'process/'"),
    (changed("process/look", "process/Look at it"), CLASS, "no process can be called 'Look at it'"),
    (changed("process/look", "process/goal"), CLASS, "the name goal is taken"),
    (changed("(Process[Ask])", "(Process)"), CLASS, "it does not say what it is about"),
    (changed("(Process[Ask])", "(Process[str])"), CLASS, "it does not say what it is about"),
    (changed('    """Look."""\n', ""), CLASS, "it does not say what it does"),
    (changed('    uses = (Capability("get_order", Order),)\n', ""), CLASS, "it uses no capability"),
    (changed('Capability("get_order", Order)', '"get_order"'), USES, "'get_order' is no capability"),
    (changed('"get_order"', '"get_ordr"'), USES, "there is no capability get_ordr"),
    (changed("Order),)", "Ask),)"), USES, "get_order gives Order, not Ask"),
    (GOOD + "import httpx\n", CLASS, "a run of it cannot import wrong_shop"),
]


@pytest.mark.parametrize(("source", "where", "why"), WRONG, ids=[why[:40] for _, _, why in WRONG])
async def test_a_wrong_process_is_told_with_its_line_and_what_to_write(
    file: Path, source: str, where: str, why: str
) -> None:
    told = said(file, source)
    assert why in told
    found = re.match(r"wrong_shop:(\d+): LookWorkflow: ", told)
    assert found is not None, told
    line = source.splitlines()[int(found[1]) - 1]
    assert line.startswith(where)
    assert line.strip() in told
    assert "→ " in told


async def test_the_good_one_is_good(file: Path) -> None:
    write(file, GOOD)
    (found,) = load_processes(["wrong_shop"], process_cards(plan_cards()))
    assert (found.name, found.takes.__name__, found.uses) == ("look", "Ask", ["get_order"])


AGENT = '''import httpx
from pydantic import BaseModel
from baton.agents import agent


class Shelf(BaseModel):
    order_id: str


@agent()
async def find_shelf(given: Shelf) -> Shelf:
    """Find where it lies."""
    return given
'''


async def test_it_may_use_an_agent_of_ones_own_whose_module_reaches_outside(file: Path) -> None:
    write(file.with_name("other_shop.py"), AGENT)
    uses = 'Capability("find_shelf", Shelf)'
    source = changed('Capability("get_order", Order)', uses)
    line = "from baton.contracts.orders import Order\n"
    inside = "with workflow.unsafe.imports_passed_through():\n    from other_shop import Shelf\n"
    cards = process_cards(plan_cards(["other_shop"]))
    write(file, source.replace(line, inside))
    (found,) = load_processes(["wrong_shop"], cards)
    assert found.uses == ["find_shelf"]


async def test_two_processes_of_one_name_are_told_apart_by_their_module(file: Path) -> None:
    file.with_name("other_shop.py").write_text(GOOD, encoding="utf-8")
    told = said(file, GOOD, "other_shop", "wrong_shop")
    assert "wrong_shop:12: LookWorkflow: there is another look, in other_shop" in told


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (GOOD + "x = = 1\n", r"wrong_shop:23: invalid syntax\n    x = = 1"),
        (changed("    @workflow.run\n", ""), r"wrong_shop:11: ValueError: .*@workflow.run method\n    @workflow.defn"),
        ("import baton\n", "PROCESSES=wrong_shop: no class in it extends Process"),
        ("import not_there\n", "PROCESSES=wrong_shop: the module needs 'not_there', which is not installed"),
    ],
)  # fmt: skip
async def test_a_module_that_cannot_be_used_says_where(file: Path, source: str, why: str) -> None:
    assert re.match(why, said(file, source))


async def test_a_module_that_is_not_there_comes_with_a_valid_example(file: Path) -> None:
    told = said(file, "", "nowhere.returns")
    assert told == "PROCESSES=nowhere.returns: there is no module 'nowhere'. Valid example: PROCESSES=my_shop.returns"

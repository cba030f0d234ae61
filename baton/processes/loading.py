"""Processes of one's own: workflow classes in the modules that PROCESSES names, checked before a worker starts."""

import ast
import inspect
import linecache
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from temporalio import workflow

from activities.marked_line import Fault
from activities.own_modules import WrongModule, imported
from baton.contracts.agents import Capability, Card
from baton.contracts.names import TAKE_TURN
from baton.contracts.process import NAME, TAKEN, TYPE_PREFIX
from baton.temporal.worker_options import workflow_runner
from workflows.process import Process, model_of

SETTING = "PROCESSES"
EXAMPLE = "my_shop.returns"

_NO_MODEL = (
    "an agent with tools is a model: BATON_MODEL_AGENT=openai:gpt-5-mini, for the worker and for who starts runs"
)


class WrongProcess(WrongModule):
    """Processes of one's own that cannot be used: for each fault its module and line, and what to write there."""


@dataclass(frozen=True)
class OwnProcess:
    """One process: its name, its workflow, what a run of it is about, and the capabilities that it needs."""

    name: str
    workflow: type[Process[Any]]
    takes: type[BaseModel]

    @property
    def uses(self) -> list[str]:
        """The capabilities that it asks for."""
        return [each.name for each in self.workflow.uses]


def load_processes(modules: Iterable[str], cards: Iterable[Card]) -> list[OwnProcess]:
    """The processes in these modules, over these capabilities. Raises WrongProcess with all faults."""
    known = {card.name: card for card in cards}
    found: dict[str, OwnProcess] = {}
    faults: list[Fault] = []
    for name in modules:
        module = imported(name, SETTING, EXAMPLE, WrongProcess)
        classes = [each for each in vars(module).values() if _is_process(each) and each.__module__ == name]
        if not classes:
            raise WrongProcess(f"{SETTING}={name}: no class in it extends Process[…]")
        for each in classes:
            wrong = list(_shape(each)) or list(_uses(each, known)) or list(_in_the_sandbox(each))
            faults += wrong
            takes = model_of(each)
            if wrong or takes is None:
                continue
            process = OwnProcess(_type_of(each).removeprefix(TYPE_PREFIX), each, takes)
            if process.name in found:
                said = f"there is another {process.name}, in {found[process.name].workflow.__module__}"
                faults.append(_fault(each, said, "give it another name"))
            found.setdefault(process.name, process)
    if faults:
        raise WrongProcess("\n".join(map(str, faults)))
    return list(found.values())


def _is_process(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, Process) and found is not Process


def _type_of(process: type) -> str:
    """The workflow type; empty where the class is none."""
    definition = workflow._Definition.from_class(process)
    return (definition.name or "") if definition else ""


def _shape(process: type[Process[Any]]) -> Iterator[Fault]:
    type_ = _type_of(process)
    name = type_.removeprefix(TYPE_PREFIX)
    write = f'write above it: @workflow.defn(name="{TYPE_PREFIX}returns")'
    if not type_:
        yield _fault(process, "it is no workflow", write)
    elif not type_.startswith(TYPE_PREFIX):
        yield _fault(
            process, f"its name {type_!r} does not begin with {TYPE_PREFIX!r}, and no list would show it", write
        )
    elif not NAME.fullmatch(name):
        yield _fault(process, f"no process can be called {name!r}", "lower-case letters, digits, - and _, at most 31")
    elif name in TAKEN:
        yield _fault(process, f"the name {name} is taken: a process that comes along", "give it another name")
    if model_of(process) is None:
        said = "it does not say what it is about"
        yield _fault(process, said, f"write: class {process.__name__}(Process[YourModel]):, with a pydantic model")
    if not (process.__doc__ or "").strip() or process.__doc__ == Process.__doc__:
        yield _fault(process, "it does not say what it does", 'write """What it does.""" below the class')


def _uses(process: type[Process[Any]], known: dict[str, Card]) -> Iterator[Fault]:
    uses: Sequence[object] = process.uses
    if not uses:
        yield _fault(process, "it uses no capability", "write: uses = (GET_ORDER,), with what its steps ask for")
    for each in uses:
        if not isinstance(each, Capability):
            yield _fault(process, f"{each!r} is no capability", 'write Capability("get_order", Order)', "uses")
        elif each.name not in known:
            said = f"there is no capability {each.name}"
            mend = _NO_MODEL if each == TAKE_TURN else "`uv run starter.py agents` lists them"
            yield _fault(process, said, mend, "uses")
        elif known[each.name].gives != each.gives.__name__:
            said = f"{each.name} gives {known[each.name].gives}, not {each.gives.__name__}"
            yield _fault(process, said, f'write Capability("{each.name}", {known[each.name].gives})', "uses")


def _in_the_sandbox(process: type[Process[Any]]) -> Iterator[Fault]:
    """A run imports the module again, where nothing may reach outside."""
    definition = workflow._Definition.must_from_class(process)
    try:
        workflow_runner().prepare_workflow(definition)
    except Exception as refused:
        deepest: BaseException = refused
        while deepest.__cause__ is not None:
            deepest = deepest.__cause__
        said = f"a run of it cannot import {process.__module__}: {str(deepest).splitlines()[0]}"
        mend = "import it within `with workflow.unsafe.imports_passed_through():`, or let an agent do it"
        yield _fault(process, said, mend)


def _fault(process: type, said: str, mend: str, name: str | None = None) -> Fault:
    """A fault at the class, or at what it assigns to this name."""
    try:
        lines, first = inspect.getsourcelines(process)
        (defined,) = ast.parse(textwrap.dedent("".join(lines))).body
    except (OSError, SyntaxError, ValueError):
        return Fault(f"{process.__module__}:1", f"{process.__name__}: {said}", f"class {process.__name__}", mend)
    assert isinstance(defined, ast.ClassDef)
    targets = {
        target.id: each.lineno
        for each in defined.body
        if isinstance(each, ast.Assign | ast.AnnAssign)
        for target in (each.targets if isinstance(each, ast.Assign) else [each.target])
        if isinstance(target, ast.Name)
    }
    line = first + targets.get(name or "", defined.lineno) - 1
    source = linecache.getline(inspect.getsourcefile(process) or "", line).strip()
    return Fault(f"{process.__module__}:{line}", f"{process.__name__}: {said}", source, mend)

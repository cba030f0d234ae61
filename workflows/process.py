"""What a process of one's own is made from: steps, approvals and waits that outlive every worker, and an end."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import to_jsonable_python
from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception

from baton.contracts.agents import Capability
from baton.contracts.names import TAKE_TURN
from baton.contracts.outcome import ProcessResult
from baton.contracts.process import ProcessStart
from baton.contracts.review import Risk
from baton.contracts.wire import JsonObject, canonical_json

from .agent_loop import AgentLoop, Task
from .agent_parts.unfinished import MOST_TURNS, Allowed
from .continuing import Continuing
from .handlers import Handlers
from .pausing import Pausing
from .process_parts.approvals import Approvals, NotApproved
from .process_parts.process_closing import ProcessClosing
from .process_parts.process_run import ProcessRun
from .review_desk import ReviewDesk
from .step import USUAL, Effect, RunAborted, StepSkipped, Terms
from .step_runner import StepRunner

Given = TypeVar("Given", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)
Subject = TypeVar("Subject", bound=BaseModel)

_WRITES = ("idempotent_write", "irreversible")
GIVEN = "process/given"


class Process(Handlers, Generic[Given]):
    """A process of one's own: `class ReturnsWorkflow(Process[Parcel])`, with a `run` that carries its steps out.

    People answer, pause, cancel and look at it as at every run. `steps` and `desk` are the parts beneath `step` and
    `approve`, for what these do not offer.
    """

    uses: ClassVar[Sequence[Capability[Any]]] = ()
    """Every capability that its steps ask for: a run takes their cards along, of the day it started."""

    @workflow.init
    def __init__(self, start: ProcessStart) -> None:
        self._run: ProcessRun = ProcessRun(start)
        self._pausing = Pausing(self._run)
        self._continuing = Continuing(self._run, self._pausing)
        self._desk = self.desk = ReviewDesk(self._run, self._continuing)
        self.steps = StepRunner(self._run, self.desk, self._continuing)
        self._agents = AgentLoop(self._run, self.steps, self.desk)
        self._approvals = Approvals(self._run, self.desk)
        self._closing = ProcessClosing(self._run, self.steps, self.desk, self._continuing)
        self._asked: set[str] = set()

    async def carry_out(self, steps: Callable[[Given], Awaitable[str]]) -> ProcessResult:
        """How the run ended: as these steps say in words, or as a person or an operator ended it."""
        if self._run.state.is_closing:
            return await self._closing.finish()
        try:
            given = self._given()
        except ValidationError as wrong:
            return await self._closing.close("refused", f"what it was handed does not fit: {_first_fault(wrong)}")
        try:
            self._run.stage("working")
            return await self._closing.close("done", await steps(given))
        except NotApproved as why:
            return await self._closing.close("rejected", str(why))
        except StepSkipped as left_out:
            return await self._closing.close("aborted", f"{left_out} was left out")
        except RunAborted as stop:
            return await self._closing.close("aborted", str(stop))
        except BaseException as stop:
            if not is_cancelled_exception(stop):
                raise
            await self._closing.cancel()
            raise

    def stage(self, words: str) -> None:
        """Where the run stands, for lists."""
        self._run.stage(words)

    async def step(
        self,
        capability: Capability[Out],
        given: BaseModel | Mapping[str, object],
        *,
        key: str | None = None,
        summary: str = "",
        terms: Terms = USUAL,
    ) -> Out:
        """What that capability gives, asked once: attempts, then whoever stands in for it, then a person.

        `key` names the step: the same capability asked twice needs two. What changes something outside is done under
        an idempotency key made from it. Raises StepSkipped where a person leaves the step out.
        """
        if capability not in self.uses:
            raise ValueError(f"{type(self).__name__} does not say that it uses {capability.name}")
        name = key or capability.name
        self._only_once(name)
        card = self.steps.card(capability.name)
        return await self.steps.run(
            capability,
            key=name,
            given=_json_of(given),
            effect=Effect(name, 1) if card is not None and card.effect in _WRITES else None,
            summary=summary or (card.description.rstrip(".") if card else name),
            terms=terms,
        )

    async def approve(
        self,
        key: str,
        subject: Subject,
        *,
        title: str,
        summary: str = "",
        notes: Sequence[str] = (),
        risk: Risk = "medium",
    ) -> Subject:
        """What a person wants done of this: as it stands, or as they wrote it. What they see is all that is bound.

        Raises NotApproved where they want none of it: unless the steps catch it, the run ends so.
        """
        self._only_once(f"approve/{key}")
        return await self._approvals.of(key, subject, title=title, summary=summary, notes=notes, risk=risk)

    async def think(
        self,
        key: str,
        task: str,
        given: BaseModel | Mapping[str, object],
        gives: type[Out],
        *,
        tools: Sequence[Capability[Any]],
        bound: Mapping[str, object] | None = None,
        turns: int = MOST_TURNS,
        calls: int | None = None,
        cost: Decimal | float | None = None,
    ) -> Out:
        """What a model answers that has these tools. What changes something is a proposal: a person decides first.

        `task` is yours alone; words of others belong into `given`. `bound`: inputs that you set, as
        `{"customer_id": "C-1"}`: every tool that takes one of that name gets this value, the model neither sees nor
        sets it, and what a tool answers with another `…_id` is not told to it. `turns`, `calls` (requests to models)
        and `cost` (in dollars, where prices are known) are what it may use before it has to answer. A person is asked
        where it cannot, and where its answer names what it was told nowhere: raises StepSkipped where they go on
        without its answer.
        """
        self._only_once(key)
        for each in (TAKE_TURN, *tools):
            if each not in self.uses:
                raise ValueError(f"{type(self).__name__} does not say that it uses {each.name}")
        takes = {each.name: self._takes(each.name) for each in tools}
        allowed = Allowed(turns, calls, None if cost is None else Decimal(str(cost)))
        pinned = self._bound(bound or {}, takes)
        answer = await self._agents.carry_out(Task(key, task, _json_of(given), gives, takes, allowed, pinned))
        return gives.model_validate(answer)

    async def wait(self, key: str, length: timedelta, summary: str = "") -> None:
        """Let so much time pass; it stands still while the run is paused."""
        title = summary or f"Wait {length}"
        self._only_once(key)
        if self._run.fact(key) is not None:
            return
        await self._continuing.point()
        self._run.state.deadlines.setdefault(key, workflow.now() + length)
        self._run.note_once("waiting", title, step=key, title=title)
        while True:
            await self._continuing.point()
            until = self._run.state.deadlines[key]
            if until <= workflow.now():
                break
            try:
                left = until - workflow.now()
                await workflow.wait_condition(self._continuing.calls, timeout=left, timeout_summary=title)
            except TimeoutError:
                continue
        del self._run.state.deadlines[key]
        self._run.know(key, until.isoformat(), type_="datetime", agent="clock")
        self._run.note("done", title, step=key, title=title, agent="clock")

    def _given(self) -> Given:
        model = model_of(type(self))
        assert model is not None  # a worker refuses a process without one
        given = model.model_validate(self._run.start.given)
        if self._run.fact(GIVEN) is None:
            self._run.know(GIVEN, self._run.start.given, type_=model.__name__, agent="whoever handed it in")
            self._run.note("received", "it was handed in", step=GIVEN, title="Handed in")
        return given  # type: ignore[return-value]  # the model is that of Given

    def _takes(self, name: str) -> JsonObject:
        takes = self._run.start.tools.get(name)
        if takes is None:
            raise ValueError(f"{name} cannot be handed to an agent as a tool: it is none of those that plans may use")
        return takes

    def _bound(self, bound: Mapping[str, object], takes: Mapping[str, JsonObject]) -> JsonObject:
        """A name that no tool knows is misspelt: it would leave the agent free in silence."""
        for name in bound:
            known = [takes[tool] for tool in takes] + [self._run.cards[tool].gives_schema for tool in takes]
            if not any(f'"{name}":' in canonical_json(each) for each in known):
                raise ValueError(f"no tool of {', '.join(takes) or 'none'} takes or gives {name}, which is bound")
        return _json_of(bound)

    def _only_once(self, key: str) -> None:
        """Another call under a key that was used would get the first one's result in silence."""
        if key in self._asked:
            raise ValueError(f"the step {key!r} is asked for twice: give each a key of its own")
        self._asked.add(key)


def model_of(process: type[Process[Any]]) -> type[BaseModel] | None:
    """What a run of this process is about: the model in `Process[…]`; None where it names none."""
    bases = [base for base in getattr(process, "__orig_bases__", ()) if get_origin(base) is Process]
    found = get_args(bases[0])[0] if bases else None
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def _json_of(given: BaseModel | Mapping[str, object]) -> JsonObject:
    found: JsonObject = to_jsonable_python(given if isinstance(given, BaseModel) else dict(given))
    return found


def _first_fault(wrong: ValidationError) -> str:
    first = wrong.errors(include_url=False)[0]
    return f"{'/'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}"

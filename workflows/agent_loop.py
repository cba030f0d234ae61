"""An agent with tools: a model says what to ask next, the run asks it as steps, until there is an answer.

    a turn of the model -> the tools that it asks for, side by side, each a step of the run -> the next turn -> …

Every turn and every tool is a step: known once, never asked again by whoever goes through this anew. What was said is
kept in the run, each piece once; a turn is handed the digest of the last. A tool that writes is a proposal: a person
approves it first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from pydantic import BaseModel, JsonValue, RootModel, ValidationError

from baton.contracts.agents import Capability, Card
from baton.contracts.conversation import (
    MOST_SHOWN,
    NOT_FINISHED,
    Answered,
    Asked,
    Opening,
    TakeTurn,
    ToolAnswer,
    ToolCall,
    ToolOffered,
    Turn,
    Utterance,
)
from baton.contracts.names import TAKE_TURN
from baton.contracts.wire import JsonObject, canonical_json

from .agent_parts.proposals import NotWanted, Proposals
from .agent_parts.unfinished import Allowed, Unfinished
from .review_desk import ReviewDesk
from .run_state import Run
from .schema_check import closed_schema, first_faults, misfit
from .step import Effect, StepSkipped, Terms
from .step_runner import StepRunner
from .together import together

Out = TypeVar("Out", bound=BaseModel)

WRITES = ("idempotent_write", "irreversible")


class ToolResult(RootModel[JsonValue]):
    """What a tool gives: its card's schema says what that must be."""


@dataclass(frozen=True)
class Task:
    """What an agent is to find out or to do. `key` names it in the record.

    `tools`: the JSON schema of what each takes, by its capability's name. `allowed`: turns and requests to models, and
    what these may cost in dollars, before it has to answer.
    """

    key: str
    words: str
    given: JsonObject
    gives: type[BaseModel]
    tools: Mapping[str, JsonObject]
    allowed: Allowed


class AgentLoop:
    """Carries out tasks by turns of a model and the steps that it asks for."""

    def __init__(self, run: Run, steps: StepRunner, desk: ReviewDesk) -> None:
        self._run = run
        self._steps = steps
        self._proposals = Proposals(run, desk)
        self._unfinished = Unfinished(run, desk)

    async def carry_out(self, task: Task) -> JsonValue:
        """The answer, which fits what the task gives.

        Raises StepSkipped and RunAborted where a person ends it without one.
        """
        last = self._utter("", _opening(task, self._run.cards))
        allowed, number, warnings = task.allowed, 0, dict[str, None]()
        while True:
            number += 1
            answer_now = self._unfinished.why_answer_now(task.key, number, allowed)
            turn = await self._turn(task, number, TakeTurn(last=last, answer_now=bool(answer_now)))
            warnings |= dict.fromkeys(turn.warnings)
            if turn.answer is not None:
                return turn.answer
            if turn.calls[0].tool == NOT_FINISHED:
                said = str(turn.calls[0].arguments.get("why", ""))
                decided = await self._unfinished.ask(task.key, number, task.gives, said, answer_now)
                if decided.answer is not None:
                    return decided.answer
                allowed = allowed + decided.more
                answers = [ToolAnswer(note=decided.words)]
            else:
                answers = await together(
                    *(
                        self._call(task, f"{task.key}/{number}/{place}", call, list(warnings))
                        for place, call in enumerate(turn.calls, 1)
                    )
                )
            last = self._utter(self._utter(last, Asked(calls=turn.calls)), Answered(answers=answers))

    async def _turn(self, task: Task, number: int, given: TakeTurn) -> Turn:
        return await self._steps.run(
            TAKE_TURN,
            key=f"{task.key}/{number}",
            given=given.model_dump(mode="json"),
            summary=f"{task.key}: turn {number}",
            terms=Terms(check=partial(self._why_not, task, given)),
        )

    def _why_not(self, task: Task, given: TakeTurn, value: JsonValue) -> str:
        """Whoever took the turn, a model or a person: it asks for no tool that was not granted, handed nothing else."""
        turn = Turn.model_validate(value)
        if turn.answer is not None:
            try:
                task.gives.model_validate(turn.answer)
            except ValidationError as error:
                return first_faults(error)
            return ""
        if any(call.tool == NOT_FINISHED for call in turn.calls):
            return "" if len(turn.calls) == 1 else f"{NOT_FINISHED} stands alone"
        granted = {} if given.answer_now else task.tools
        for call in turn.calls:
            if call.tool not in granted:
                return f"it has no tool {call.tool[:60]!r} in this turn"
            wrong = misfit(call.arguments, granted[call.tool])
            if wrong:
                return f"{call.tool}: {wrong}"
        return ""

    async def _call(self, task: Task, key: str, call: ToolCall, warnings: Sequence[str]) -> ToolAnswer:
        """What came of one call. Reading that fails is told to the model; about a write a person is asked."""
        card = self._run.cards[call.tool]
        writes, handed, note = card.effect in WRITES, call.arguments, ""
        if writes:
            try:
                handed = await self._proposals.approved(key, card, call, task.tools[call.tool], warnings)
            except NotWanted as why:
                return ToolAnswer(note=str(why))
            if handed != call.arguments:
                note = f"A person had it done otherwise: {canonical_json(handed)}"
        try:
            result = await self._steps.run(
                Capability(call.tool, ToolResult),
                key=key,
                given=handed,
                effect=Effect(key, 1) if writes else None,
                summary=card.description.rstrip("."),
                terms=Terms(check=lambda value: misfit(value, card.gives_schema), may_skip=True, optional=not writes),
            )
        except StepSkipped:
            return ToolAnswer(note="It could not be had.", text=self._last_word(key))
        text = canonical_json(result.root)
        if len(text) > MOST_SHOWN:
            note = " ".join(filter(None, (note, f"Only the first {MOST_SHOWN:,} of {len(text):,} characters:")))
        return ToolAnswer(note=note, text=text[:MOST_SHOWN])

    def _utter(self, before: str, what: Opening | Asked | Answered) -> str:
        piece = Utterance(before=before, what=what)
        self._run.uttered[piece.digest] = piece
        return piece.digest

    def _last_word(self, key: str) -> str:
        lines = [line.text for line in self._run.state.record if line.step == key and line.kind == "skipped"]
        return lines[-1] if lines else ""


def _opening(task: Task, cards: Mapping[str, Card]) -> Opening:
    return Opening(
        task=task.words,
        given=task.given,
        tools=[
            ToolOffered(name=name, description=_described(cards[name]), takes=takes)
            for name, takes in task.tools.items()
        ],
        gives=ToolOffered(
            name=task.gives.__name__,
            description=(task.gives.__doc__ or task.gives.__name__).strip(),
            takes=closed_schema(task.gives),
        ),
    )


def _described(card: Card) -> str:
    return f"{card.description} (A proposal: a person decides first.)" if card.effect in WRITES else card.description

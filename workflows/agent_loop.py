"""An agent with tools: a model says what to ask next, the run asks it as steps, until there is an answer.

    a turn of the model -> the tools that it asks for, side by side, each a step of the run -> the next turn -> …

Every turn and every tool is a step: known once, never asked again by whoever goes through this anew. What was said is
kept in the run, each piece once; a turn is handed the digest of the last. A tool that writes is a proposal: the policy
is asked where it has a word on that, and a person approves it first. Inputs that the process set are neither shown to
a model nor taken from it, and an answer about somebody else is not told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from pydantic import BaseModel, JsonValue, RootModel
from temporalio import workflow

from baton.contracts.agents import Capability, Card
from baton.contracts.asking import ANSWER_TOOL
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

from .agent_parts.answer_faults import misfit_of, sent_back
from .agent_parts.background import Background
from .agent_parts.binding import handed, left_to_agent, pinned
from .agent_parts.proposals import NotWanted, Proposal, Proposals
from .agent_parts.told_of_another import TOLD_OF_A_WRITE, another_told
from .agent_parts.unfinished import Allowed, Unfinished, Why
from .agent_parts.unfounded_answers import UnfoundedAnswer, UnfoundedAnswers
from .review_desk import ReviewDesk
from .run_state import Run
from .schema_check import closed_schema, first_faults, misfit
from .step import Effect, StepSkipped, Terms
from .step_runner import StepRunner
from .together import together

Out = TypeVar("Out", bound=BaseModel)

MOST_SENT_BACK = 2
"""Answers of one task that go back because they are not what it gives; then the ladder goes on with the next."""

WRITES = ("idempotent_write", "irreversible")


class ToolResult(RootModel[JsonValue]):
    """What a tool gives: its card's schema says what that must be."""


@dataclass(frozen=True)
class Task:
    """What an agent is to find out or to do. `key` names it in the record.

    `tools`: the JSON schema of what each takes, by its capability's name. `allowed`: turns and requests to models, and
    what these may cost in dollars, before it has to answer. `bound`: inputs that the process sets, of every tool that
    takes one of that name.
    """

    key: str
    words: str
    given: JsonObject
    gives: type[BaseModel]
    tools: Mapping[str, JsonObject]
    allowed: Allowed
    bound: JsonObject = field(default_factory=dict)

    @property
    def left(self) -> dict[str, JsonObject]:
        """What of each tool's inputs the agent says itself."""
        if not self.bound:
            return dict(self.tools)
        return {name: left_to_agent(takes, self.bound) for name, takes in self.tools.items()}


class AgentLoop:
    """Carries out tasks by turns of a model and the steps that it asks for."""

    def __init__(self, run: Run, steps: StepRunner, desk: ReviewDesk) -> None:
        self._run = run
        self._steps = steps
        self._proposals = Proposals(run, steps, desk)
        self._unfinished = Unfinished(run, desk)
        self._unfounded = UnfoundedAnswers(desk)

    async def carry_out(self, task: Task) -> JsonValue:
        """The answer, which fits what the task gives.

        Raises StepSkipped and RunAborted where a person ends it without one.
        """
        last = self._utter("", _opening(task, self._run.cards))
        allowed, number, went_back, background = task.allowed, 0, 0, Background(task.key, task.bound)
        while True:
            number += 1
            answer_now = self._unfinished.why_answer_now(task.key, number, allowed)
            given = TakeTurn(last=last, turn=f"{task.key}/{number}", answer_now=bool(answer_now))
            self._run.said_before[given.turn] = last
            turn = await self._turn(task, number, given, may_go_back=went_back < MOST_SENT_BACK)
            self._take_note(f"{task.key}/{number}", turn, background)
            wrong = misfit_of(task.gives, turn.answer)
            if turn.answer is not None and wrong is None:
                return await self._as_it_may_stand(task, number, turn, background)
            if wrong is not None:
                went_back += 1
                background.went_back(f"{ANSWER_TOOL}: {first_faults(wrong)}")
                asked, answered = sent_back(turn.answer, wrong)
                last = self._utter(self._utter(last, asked), answered)
                continue
            if turn.calls[0].tool == NOT_FINISHED:
                why = Why(str(turn.calls[0].arguments.get("why", "")), answer_now, background.notes([]))
                decided = await self._unfinished.ask(task.key, number, task.gives, allowed, why)
                if decided.answer is not None:
                    return decided.answer
                allowed = decided.allowed
                answers = [ToolAnswer(note=decided.words)]
            else:
                answers = await together(
                    *(
                        self._call(task, f"{task.key}/{number}/{place}", call, turn.unfounded_of(place), background)
                        for place, call in enumerate(turn.calls, 1)
                    )
                )
                for place, call in enumerate(turn.calls, 1):
                    background.has_read(f"{task.key}/{number}/{place}", call)
            last = self._utter(self._utter(last, Asked(calls=turn.calls)), Answered(answers=answers))

    async def _turn(self, task: Task, number: int, given: TakeTurn, *, may_go_back: bool) -> Turn:
        why_not = partial(self._why_not, task, given)
        return await self._steps.run(
            TAKE_TURN,
            key=f"{task.key}/{number}",
            given=given.model_dump(mode="json"),
            summary=f"{task.key}: turn {number}",
            terms=Terms(check=partial(why_not, may_go_back=may_go_back), check_supplied=why_not),
        )

    def _take_note(self, key: str, turn: Turn, background: Background) -> None:
        taken = self._run.fact(key)
        background.turn_taken(turn, taken.agent if taken else "")
        if turn.warnings:
            self._run.note_once("warned", "; ".join(turn.warnings), step=key, title="What the agent read")

    async def _as_it_may_stand(self, task: Task, number: int, turn: Turn, background: Background) -> JsonValue:
        """The answer; where it names what stands nowhere, as a person lets it stand."""
        unfounded = turn.unfounded_of(1)
        if not unfounded:
            return turn.answer
        said = UnfoundedAnswer(task.gives, turn.answer, unfounded)
        return await self._unfounded.looked_at(f"{task.key}/{number}", said, background)

    def _why_not(self, task: Task, given: TakeTurn, value: JsonValue, *, may_go_back: bool = False) -> str:
        """Whoever took the turn, a model or a person: it asks for no tool that was not granted, handed nothing else.

        An answer that is not what the task gives may go back to a model, which is no failure of the turn.
        """
        turn = Turn.model_validate(value)
        if turn.answer is not None:
            fault = misfit_of(task.gives, turn.answer)
            if fault is None or (may_go_back and workflow.patched("a-misfit-goes-back")):
                return ""
            return first_faults(fault)
        if any(call.tool == NOT_FINISHED for call in turn.calls):
            return "" if len(turn.calls) == 1 else f"{NOT_FINISHED} stands alone"
        granted = {} if given.answer_now else task.left
        for call in turn.calls:
            if call.tool not in granted:
                return f"it has no tool {call.tool[:60]!r} in this turn"
            wrong = misfit(call.arguments, granted[call.tool])
            if wrong:
                return f"{call.tool}: {wrong}"
        return ""

    async def _call(
        self, task: Task, key: str, call: ToolCall, unfounded: list[str], background: Background
    ) -> ToolAnswer:
        """What came of one call. Reading that fails is told to the model.

        About a write that fails, and about wrong settings, a person is asked.
        """
        card, takes = self._run.cards[call.tool], task.tools[call.tool]
        writes, note = card.effect in WRITES, ""
        given = handed(takes, call.arguments, task.bound)
        if writes:
            try:
                proposal = Proposal(card, call, given, pinned(takes, task.bound), task.bound, unfounded)
                approved = await self._proposals.approved(key, proposal, background)
            except NotWanted as why:
                return ToolAnswer(note=str(why), text=why.text)
            if approved.wanted != given:
                told = {name: each for name, each in approved.wanted.items() if name not in task.bound}
                note = f"A person had it done otherwise: {canonical_json(told)}"
            given = approved.handed
        try:
            result = await self._steps.run(
                Capability(call.tool, ToolResult),
                key=key,
                given=given,
                effect=Effect(key, 1) if writes else None,
                summary=card.description.rstrip("."),
                terms=Terms(
                    check=lambda value: misfit(value, card.gives_schema),
                    may_skip=True,
                    optional=not writes,
                    asks_about_settings=True,
                ),
            )
        except StepSkipped:
            return ToolAnswer(note="It could not be had.", text=self._last_words(key, writes=writes))
        another = another_told(result.root, task.bound, writes=writes)
        if another:
            other = f"its {another} is not the one that this is about"
            self._run.note_once(
                "warned", f"not told to the agent: {other}", step=key, title=card.description.rstrip(".")
            )
            done = "It was done, and what came of it" if writes else "It"
            return ToolAnswer(note=" ".join(filter(None, (note, f"{done} is not told: {other}."))))
        text = canonical_json(result.root)
        if len(text) > MOST_SHOWN:
            note = " ".join(filter(None, (note, f"Only the first {MOST_SHOWN:,} of {len(text):,} characters:")))
        return ToolAnswer(note=note, text=text[:MOST_SHOWN])

    def _utter(self, before: str, what: Opening | Asked | Answered) -> str:
        piece = Utterance(before=before, what=what)
        self._run.uttered[piece.digest] = piece
        return piece.digest

    def _last_words(self, key: str, *, writes: bool) -> str:
        """Why a step came to nothing; of a write also what failed, as the order that is not what it was."""
        told = ("failed", "skipped") if writes and workflow.patched(TOLD_OF_A_WRITE) else ("skipped",)
        lines = [line.text for line in self._run.state.record if line.step == key and line.kind in told]
        return "; ".join(lines[-len(told) :])


def _opening(task: Task, cards: Mapping[str, Card]) -> Opening:
    return Opening(
        task=task.words,
        given=task.given,
        tools=[
            ToolOffered(name=name, description=_described(cards[name]), takes=takes)
            for name, takes in task.left.items()
        ],
        gives=ToolOffered(
            name=task.gives.__name__,
            description=(task.gives.__doc__ or task.gives.__name__).strip(),
            takes=closed_schema(task.gives),
        ),
    )


def _described(card: Card) -> str:
    return f"{card.description} (A proposal: a person decides first.)" if card.effect in WRITES else card.description

"""An agent's question to a model, one request an attempt: what is said is kept, checked, and sent back at most twice.

The answers of an attempt are kept by Temporal the moment they are here: the next one, which sends an answer back, or
comes after a death or a pause, goes on with them and does not pay for them again. What is lost is a request in flight,
and an answer in the instant before it is kept.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import JsonValue, ValidationError

from baton.connectors.model_misfits import CutOff, Misfit, Refused, SentBack
from baton.contracts.asking import (
    ANSWER_TOOL,
    MOST_FAULTS,
    AsksModels,
    Correction,
    Exchange,
    Out,
    Question,
    Said,
    TurnAsked,
    misfits_in_words,
)
from baton.contracts.conversation import Turn
from baton.contracts.models import ModelName
from baton.contracts.sizes import MOST_INLINE
from baton.contracts.systems import Rejected
from baton.contracts.wire import digest_of
from baton.temporal.heartbeats import leave_word, word_known

from .standing import standing

Answer = TypeVar("Answer")

MOST_CORRECTIONS = 2
"""How often an answer that does not fit is sent back: each costs as much as the first."""

MODEL_ATTEMPT_S = 140.0
"""One attempt: the time that a request has, and some."""

MODEL_WAIT_S = 600.0
"""How long a step waits for its turn with a model; then the next in its line takes it, for nobody may ask there."""


@dataclass(frozen=True)
class Thinking:
    """The models of one agent, in order, and whoever carries requests to them. `agent`: as the record calls it."""

    agent: str
    models: AsksModels
    chain: Sequence[ModelName]

    async def ask(self, rung: int, question: Question[Out], faults_in: Callable[[Out], list[str]]) -> Out:
        """The answer of the model on this rung that fits its form and has no faults; else a fault that names why."""
        return await self._exchange(
            rung,
            [question.prompt.digest, question.instructions, question.material],
            lambda model, corrections: self.models.ask(model, question, corrections),
            lambda said: _read(said, question, faults_in),
        )

    async def take_turn(self, rung: int, asked: TurnAsked, read: Callable[[Said], Turn | Correction]) -> Turn:
        """The turn of the model on this rung that has no faults; else a fault that names why."""
        return await self._exchange(
            rung,
            [asked.prompt.digest, asked.instructions, asked.material, len(asked.since)],
            lambda model, corrections: self.models.take_turn(model, asked, corrections),
            lambda said: read(_whole(said, asked.longest)),
        )

    async def _exchange(
        self,
        rung: int,
        about: list[JsonValue],
        request: Callable[[ModelName, Sequence[Correction]], Awaitable[Said]],
        read: Callable[[Said], Answer | Correction],
    ) -> Answer:
        if rung >= len(self.chain):
            raise Rejected(f"the {self.agent} has fewer models here than when the run started")
        model = self.chain[rung]
        standing().by = f"{self.agent} ({model.name})"
        exchange = _left(model, about)
        corrections: list[Correction] = []
        for said in exchange.said:
            found = read(said)
            if not isinstance(found, Correction):
                return found
            corrections.append(found)
        if len(corrections) <= MOST_CORRECTIONS:
            said = await request(model, corrections)
            standing().calls.append(said.call)
            kept = await _kept(exchange.model_copy(update={"said": [*exchange.said, said]}))
            found = read(said)
            if not isinstance(found, Correction):
                return found
            if not kept:
                raise Misfit(f"{model.name} gave an answer that does not fit, and that is too large to be sent back")
            if len(corrections) < MOST_CORRECTIONS:
                raise SentBack(f"the answer of {model.name} does not fit")
        raise Misfit(f"{model.name} gave no answer that fits, also after {MOST_CORRECTIONS} corrections")


def _left(model: ModelName, about: list[JsonValue]) -> Exchange:
    """What an earlier attempt was told; where that asked something else, only what it cost."""
    fresh = Exchange(question=digest_of([str(model), *about]))
    try:
        left = Exchange.model_validate_json(word_known() or "{}")
    except ValidationError:
        return fresh
    return left if left.question == fresh.question else fresh.model_copy(update={"before": left.calls})


async def _kept(exchange: Exchange) -> bool:
    """Whether the next attempt will know it."""
    word = exchange.model_dump_json()
    if len(word) > MOST_INLINE:
        return False
    await leave_word(word)
    standing().word = word
    return True


def _whole(said: Said, longest: int) -> Said:
    """What was said, to its end. Raises Refused and CutOff."""
    if said.ended == "refused":
        raise Refused("the model will not answer this")
    if said.ended == "cut off":
        raise CutOff(f"the answer was cut off at {longest} tokens")
    return said


def _read(said: Said, question: Question[Out], faults_in: Callable[[Out], list[str]]) -> Out | Correction:
    """The answer, or what is wrong with it in words for the model. Raises Refused and CutOff."""
    _whole(said, question.longest)
    if said.tool and said.tool != ANSWER_TOOL:
        return Correction(said.text, [f"there is no tool “{said.tool[:60]}”"])
    if not said.text.strip():
        return Correction(said.text, ["the answer is empty"])
    try:
        answer = question.gives.model_validate_json(_without_fence(said.text))
    except ValidationError as error:
        return Correction(said.text, misfits_in_words(error))
    faults = faults_in(answer)
    return Correction(said.text, faults[:MOST_FAULTS]) if faults else answer


def _without_fence(text: str) -> str:
    """JSON that a model set between three backticks, as they like to."""
    stripped = text.strip()
    if stripped.startswith("```") and stripped.endswith("```"):
        return stripped.removesuffix("```").split("\n", 1)[-1]
    return stripped

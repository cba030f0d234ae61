"""One question to a model and what it said: what agents that ask models share with whoever carries the request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, Field, ValidationError

from .conversation import Answered, Asked, ToolOffered
from .models import ModelCall, ModelName, PromptUsed
from .wire import Wire

Out = TypeVar("Out", bound=BaseModel)


@dataclass(frozen=True)
class Question(Generic[Out]):
    """What a model is asked. `instructions` are ours alone; whatever others wrote stands in `material`, fenced.

    `gives`: the form of the answer; `longest`: most tokens of it, and of what a model thinks before.
    """

    prompt: PromptUsed
    instructions: str
    material: str
    gives: type[Out]
    longest: int = 16_000


@dataclass(frozen=True)
class TurnAsked:
    """One turn of a model that has tools. `since`: what it asked for and what came of that, fenced, turn by turn.

    Without `tools` it can only call `gives`, or say that it is not finished.
    """

    prompt: PromptUsed
    instructions: str
    material: str
    tools: Sequence[ToolOffered]
    gives: ToolOffered
    since: Sequence[tuple[Asked, Answered]] = ()
    longest: int = 16_000


class CallSaid(Wire):
    """A tool that a model called, word for word: the arguments are JSON where it did as it was asked."""

    tool: str
    arguments: str


class Said(Wire):
    """What a model answered, word for word, before anybody looked whether it fits; and what that took."""

    text: str = Field(description="JSON where it did as it was asked")
    tool: str = Field(default="", description="the tool that it called with this; empty: it called none")
    calls: list[CallSaid] = Field(default=[], description="all tools that it called, in a turn of one that has tools")
    ended: Literal["whole", "cut off", "refused"] = "whole"
    call: ModelCall


MOST_FAULTS = 12
"""Faults of one answer that a model is told."""


def misfits_in_words(error: ValidationError) -> list[str]:
    """What does not fit its form, a line each, for the model that said it: the lines may repeat its words."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return [f"{'/'.join(map(str, fault['loc'])) or 'the whole'}: {fault['msg']}" for fault in faults[:MOST_FAULTS]]


class Exchange(Wire):
    """What a model said so far to one question: the last word of an attempt."""

    question: str
    said: list[Said] = []
    before: list[ModelCall] = Field(
        default=[], description="requests of earlier attempts, which put another question: under an older prompt, say"
    )

    @property
    def calls(self) -> list[ModelCall]:
        """Every request of this step that was answered, the earliest first."""
        return [*self.before, *(said.call for said in self.said)]


def calls_in(*word: object) -> list[ModelCall]:
    """The requests to models that the last word of an attempt tells of; none where it is a word of another kind."""
    if not word or not isinstance(word[0], str):
        return []
    try:
        return Exchange.model_validate_json(word[0]).calls
    except ValidationError:  # the word of a write
        return []


@dataclass(frozen=True)
class Correction:
    """An answer that does not fit, and why, in words for the model."""

    said: str
    faults: Sequence[str]


ANSWER_TOOL = "give_answer"
"""What a model calls to answer where its provider takes no schema for answers."""


class AsksModels(Protocol):
    """Whoever carries a request to a model. Raises the faults of baton/contracts/systems.py and nothing else."""

    async def ask(self, model: ModelName, question: Question[Out], corrections: Sequence[Correction] = ()) -> Said:
        """One request, never repeated here."""
        ...

    async def take_turn(self, model: ModelName, asked: TurnAsked, corrections: Sequence[Correction] = ()) -> Said:
        """The same for one turn of a model that has tools."""
        ...

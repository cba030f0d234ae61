"""What an agent and a model say to each other over the turns of one task: each piece once, known by its digest."""

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from .wire import JsonObject, Wire, digest_of

MOST_CALLS = 8
"""Tools that a model may ask for in one turn."""

MOST_SHOWN = 20_000
"""Characters of a tool's answer that a model is shown: each is read again, and paid for, at every turn after it."""

NOT_FINISHED = "not_finished"
"""What a model calls where it cannot answer: a person is asked then."""


class ToolOffered(Wire):
    """A tool that a model may ask for. `takes`: the JSON schema of its arguments."""

    name: str
    description: str
    takes: JsonObject


class ToolCall(Wire):
    """A tool that a model asks for."""

    tool: str
    arguments: JsonObject = {}


class ToolAnswer(Wire):
    """What came of a call. `note` is ours; `text` is what the tool gave, and whatever others wrote into that."""

    note: str = ""
    text: str = ""


class Opening(Wire):
    """What a task begins with: everything that stays the same over its turns."""

    kind: Literal["opening"] = "opening"
    task: str
    given: JsonObject
    tools: list[ToolOffered]
    gives: ToolOffered = Field(description="the answer: its name, what it is, its JSON schema")


class Asked(Wire):
    """What a model asked for in one turn."""

    kind: Literal["asked"] = "asked"
    calls: list[ToolCall]


class Answered(Wire):
    """What came of that, in the same order."""

    kind: Literal["answered"] = "answered"
    answers: list[ToolAnswer]


class Utterance(Wire):
    """One piece of a conversation. It names the one before by its digest: so the last one stands for all."""

    before: str = Field(default="", description="digest of the one before; empty: it is the first")
    what: Annotated[Opening | Asked | Answered, Field(discriminator="kind")]

    @cached_property
    def digest(self) -> str:
        """sha256 (hex) of this piece, and with it of all before."""
        return digest_of(self.model_dump(mode="json"))


class TakeTurn(Wire):
    """What a model is asked for in one turn. What was said so far is asked of the run, by the digest of the last."""

    last: str
    turn: str = Field(default="", description="its key, by which the run tells it where it words that otherwise now")
    answer_now: bool = Field(default=False, description="it gets no tools any more: it answers, or says it cannot")


class Turn(Wire):
    """What came of one turn: tools that the model asks for, or its answer.

    `warnings`: what in the words of others, read in this turn for the first time, tries to steer whoever reads them.
    `unfounded`: of each call, else of the answer: links, addresses, amounts, codes and long numbers in it that stand in
    nothing that was given or told. `sent_back`: what was wrong with what the model said before this, in the same turn.
    """

    calls: list[ToolCall] = Field(default=[], max_length=MOST_CALLS)
    answer: JsonValue = None
    warnings: list[str] = []
    unfounded: list[list[str]] = []
    sent_back: list[str] = []

    def unfounded_of(self, place: int) -> list[str]:
        """What in its call of that place, counted from 1, or in its answer, stands nowhere."""
        return self.unfounded[place - 1] if len(self.unfounded) >= place else []

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.calls) == (self.answer is not None):
            raise ValueError("it is either calls or an answer")
        return self

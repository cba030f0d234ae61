"""What a real model is asked, over and over: short, and of forms that no prompt of ours changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from baton.connectors.models import load_models
from baton.contracts.asking import ANSWER_TOOL, AsksModels, Question, TurnAsked
from baton.contracts.conversation import Answered, Asked, ToolAnswer, ToolCall, ToolOffered
from baton.contracts.models import ModelName, PromptUsed
from baton.settings import Settings

from .local_model import KEY, LONGEST, NAME

RECORDED = Path(__file__).with_name("recorded.jsonl")
"""What it answered: `uv run --group local-model python -m tests.models.make_recorded`."""

PROMPT = PromptUsed(name="parcel", version="1", digest="0" * 64)


class Parcel(BaseModel):
    """A parcel, as a message tells of it."""

    carrier: Literal["courier", "post"]
    pieces: int = Field(ge=1, le=9)
    fragile: bool
    note: str | None
    stops: list[str] = Field(min_length=1, max_length=3)


PARCEL = Question(PROMPT, "Say what the message tells of the parcel.", "Two boxes of cups come by post.", Parcel, 400)
CUT_OFF = replace(PARCEL, longest=4)
TOO_LONG = replace(PARCEL, material="cups " * LONGEST)


class Look(BaseModel):
    """Look an order up."""

    order: str = Field(max_length=12)


class Word(BaseModel):
    """The answer."""

    word: str = Field(max_length=20)


FORMS: dict[str, type[BaseModel]] = {"look": Look, ANSWER_TOOL: Word}


def _tool(name: str, form: type[BaseModel]) -> ToolOffered:
    return ToolOffered(name=name, description=form.__doc__ or "", takes=form.model_json_schema())


TURN = TurnAsked(PROMPT, "Be short.", "Where is order W1001?", [_tool("look", Look)], _tool("Word", Word), longest=60)
LOOKED_UP = Asked(calls=[ToolCall(tool="look", arguments={"order": "W1001"})])
NEXT_TURN = replace(TURN, since=[(LOOKED_UP, Answered(answers=[ToolAnswer(text="It is on its way.")]))])


@asynccontextmanager
async def asking(address: str, key: str = KEY) -> AsyncIterator[tuple[AsksModels, ModelName]]:
    """Baton's own connector to the model at this address, and the model's name there."""
    settings = Settings(_env_file=None, baton_model=f"{address}#{NAME}", baton_model_key=key)
    async with load_models(settings) as models:
        assert models is not None
        yield models, ModelName(provider="url", name=NAME, url=address)

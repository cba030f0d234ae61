"""A plan as a model writes it, and the plan that it stands for.

Written without maps, and without values of any kind: the schemas of two providers turn those to nothing.
"""

import json
from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from baton.contracts.plan import Op, PlanCard
from baton.contracts.wire import JsonObject, canonical_json

from .planning.assembling import MOST_SHOWN

_TEXTS = ("str", "date", "datetime")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InputWritten(_Form):
    """One input of a step: from another step, or a literal."""

    name: str
    source: str = Field(description="a step's id, then fields of its result: customer.order_ids; or empty")
    value: str = Field(description="a literal: text as it is, anything else as JSON; empty where there is a source")


class ConditionWritten(_Form):
    """Something that must hold, else the step is left out."""

    fact: str = Field(description="a step's id, then fields of its result: order.status")
    op: Op
    value: str = Field(description="as JSON; empty where the op needs none")


class StepWritten(_Form):
    """One step of a plan."""

    id: str
    intent: str
    capability: str
    inputs: list[InputWritten]
    for_each: str = Field(description="the step is done for each item of this list: customer.order_ids; or empty")
    needs: list[str]
    when: list[ConditionWritten]
    review: bool


class PlanWritten(_Form):
    """The steps of a plan that reaches the goal; or why nothing here can reach it."""

    steps: list[StepWritten]
    wanted: list[str] = Field(description="types of the results that the goal asks for")
    cannot: str = Field(max_length=600, description="why no plan reaches the goal; empty where there is one")


def as_plan(goal: str, answer: PlanWritten, cards: Mapping[str, PlanCard]) -> JsonObject:
    """As plans are written. The goal is the user's words, never the model's; a budget is none of a model's to set."""
    steps: list[JsonValue] = [_step(each, cards.get(each.capability)) for each in answer.steps]
    return {"goal": goal, "wanted": list(answer.wanted), "steps": steps}


def _step(step: StepWritten, card: PlanCard | None) -> JsonObject:
    inputs: JsonObject = {
        each.name: {"from": each.source} if each.source else literal(each.value, kind_of(card, each.name))
        for each in step.inputs
        if each.source or each.value
    }
    when: list[JsonValue] = [
        {"fact": each.fact, "op": each.op, "value": literal(each.value) if each.value else None} for each in step.when
    ]
    return {
        "id": step.id,
        "intent": _intent(step),
        "capability": step.capability,
        "inputs": inputs,
        "needs": list(step.needs),
        "for_each": {"from": step.for_each} if step.for_each else None,
        "when": when,
        "review": step.review,
    }


def literal(written: str, kind: str = "json") -> JsonValue:
    """What a model wrote for a value: of a text also what it set in quotes, as JSON has it."""
    try:
        found: JsonValue = json.loads(written)
        canonical_json(found).encode()  # NaN, 1e400, half a character: no JSON to whoever reads it next
    except (ValueError, RecursionError):
        return written
    return written if kind in _TEXTS and not isinstance(found, str) else found


def kind_of(card: PlanCard | None, name: str) -> str:
    """The plain type of an input, or that of the items of its list."""
    need = card.inputs.get(name) if card else None
    if card is None or need is None:
        return "json"
    type_ = need.type.removesuffix(" | null")
    return card.named.get(type_, type_)


def _intent(step: StepWritten) -> str:
    """The model's words, with what the step is handed: who approves the plan reads the one and not the other."""
    literals = [" ".join(each.value.split()) for each in step.inputs if each.value]
    said = " ".join(step.intent.split())[:200]
    missing = [text for text in dict.fromkeys(map(_cut, literals)) if text not in said]
    return f"{said}{': ' if said and missing else ''}{', '.join(missing)}"[:500]


def _cut(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def ambiguous(answer: PlanWritten) -> Iterator[str]:
    """Inputs of which nobody could say what is meant."""
    for step in answer.steps:
        names = [each.name for each in step.inputs]
        for name in dict.fromkeys(each for each in names if names.count(each) > 1):
            yield f"steps/{step.id}/inputs/{name}: it stands there twice"
        for each in step.inputs:
            if each.source and each.value:
                yield f"steps/{step.id}/inputs/{each.name}: it has both a source and a value"

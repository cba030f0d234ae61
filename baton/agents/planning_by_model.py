"""What a model is asked for a goal that the rules made no plan of, and what of its answer counts: a plan that may run.

The same out as planning by rules. A model sees the goal's words, what the rules said, and the cards that plans may use
here; it holds no tool. Its plan passes the check of every plan; what names somebody or something stands in the goal.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from baton.contracts.asking import Question
from baton.contracts.plan import Op, Plan, PlanCard, PlanStep
from baton.contracts.plan_builtin import BUILT_IN, COMPOSE
from baton.contracts.planning import NotPlanned, PlanGoal, Planned, StepReason
from baton.contracts.wire import JsonObject

from .letters import plain, stands_in
from .order_numbers import order_key
from .planning.assembling import MOST_SHOWN
from .planning.checking import validate_plan
from .planning.checks.links import named_by
from .planning.glossary import stems_of
from .planning.steps import A_FEW
from .planning.waves import waves_of
from .prompting import prompt
from .suspecting import disguises, steering

PROMPT = "plan_goal"

MOST_STEPS = 30
"""Steps of a plan made by a model: a person has to read it."""

MOST_CARDS = 60
"""Capabilities that a model is shown; where there are more, those that share words with the goal."""

MOST_DESCRIBED = 300
"""Characters of a capability's description that a model is shown."""

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://\S+|\bwww\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_WITH_FIGURES = re.compile(r"[\w#@.+/-]*\d[\w#@.+/-]*")
_TEXTS = ("str", "date", "datetime")
_WORD = re.compile(r"[a-z]+(?:_[a-z]+)*")
"""A word of a vocabulary, such as `pending`: it names nobody."""


class _Form(BaseModel):
    """Part of a plan as models write it: no maps, no values of any kind: providers' schemas turn those to nothing."""

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


def needs_no_model(given: PlanGoal) -> NotPlanned | None:
    """Why no model is asked: the words try to steer whoever reads them, as those of a pasted mail may."""
    steered = steering(given.goal)
    return NotPlanned(goal=given.goal, reasons=[f"no model reads it: {steered[0]}"]) if steered else None


def offered(given: PlanGoal, cards: Iterable[PlanCard]) -> list[PlanCard]:
    """The capabilities that a model may plan with, at most MOST_CARDS. What stands in for another is none of them."""
    known = [*(card for card in BUILT_IN if card.name != COMPOSE), *cards]
    stand_ins = {name for card in known for name in card.fallbacks}
    said, always = set(stems_of(given.goal)), {card.name for card in BUILT_IN}
    mine = [card for card in known if card.name not in stand_ins]
    mine.sort(key=lambda card: (card.name not in always, -len(said & _words_of(card)), card.name))
    return sorted(mine[:MOST_CARDS], key=lambda card: card.name)


def question(given: PlanGoal, cards: Sequence[PlanCard], today: date) -> Question[PlanWritten]:
    """What a model is asked: the goal, what the rules said of it, and the capabilities with the types they speak of."""
    types = {name: fields for card in cards for name, fields in card.parts.items()}
    named = {name: kind for card in cards for name, kind in card.named.items()}
    filled = prompt(
        PROMPT,
        {
            "goal": given.goal,
            "said": "\n".join(given.said),
            "capabilities": _lines(_shown(card) for card in cards),
            "types": _lines([*({name: fields} for name, fields in sorted(types.items())), dict(sorted(named.items()))]),
        },
        {"today": f"{today:%A} {today.isoformat()}", "most_steps": _most(given)},
    )
    return Question(filled.used, filled.instructions, filled.material, PlanWritten)


def faults_in(given: PlanGoal, answer: PlanWritten, cards: Sequence[PlanCard]) -> list[str]:
    """Why the plan may not run, and what in it the goal does not say; a line each, in words for the model."""
    if answer.cannot.strip():
        return ["steps: there are some, and cannot says that there is no plan"] if answer.steps else []
    if not answer.steps:
        return ["steps: there are none, and cannot does not say why"]
    known = {card.name: card for card in cards}
    wrong = validate_plan(_plan(given, answer, known), known, most_steps=_most(given))
    faults = [f"{each.place or 'plan'}: {each.message}{f' ({each.hint})' * bool(each.hint)}" for each in wrong]
    return [*_ambiguous(answer), *faults, *_made_up(given, answer, known)]


def planned(given: PlanGoal, answer: PlanWritten, cards: Sequence[PlanCard]) -> Planned | NotPlanned:
    """The plan that an answer without faults stands for, with what it takes; or why there is none."""
    if not answer.steps:
        return NotPlanned(goal=given.goal, reasons=[" ".join(answer.cannot.split())])
    known = {card.name: card for card in cards}
    plan = Plan.model_validate(_plan(given, answer, known))
    cost = sum((known[step.capability].cost * (A_FEW if step.for_each else 1) for step in plan.steps), Decimal(0))
    return Planned(
        plan=plan,
        reasons=[_reason(step, plan.steps, known[step.capability]) for step in plan.steps],
        cost=f"{cost.normalize():f}",
        seconds=sum(max(known[step.capability].typical_s for step in wave) for wave in waves_of(plan.steps)),
        expanded=0,
    )


def _plan(given: PlanGoal, answer: PlanWritten, cards: Mapping[str, PlanCard]) -> JsonObject:
    """As plans are written. Its goal is the user's words, never the model's; a budget is none of a model's to set."""
    steps: list[JsonValue] = [_step(each, cards.get(each.capability)) for each in answer.steps]
    return {"goal": given.goal, "wanted": list(answer.wanted), "steps": steps}


def _step(step: StepWritten, card: PlanCard | None) -> JsonObject:
    inputs: JsonObject = {
        each.name: {"from": each.source} if each.source else _literal(each.value, _kind(card, each.name))
        for each in step.inputs
        if each.source or each.value
    }
    when: list[JsonValue] = [
        {"fact": each.fact, "op": each.op, "value": _literal(each.value) if each.value else None} for each in step.when
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


def _literal(written: str, kind: str = "json") -> JsonValue:
    """What a model wrote for a value: of a text also what it set in quotes, as JSON has it."""
    try:
        found: JsonValue = json.loads(written)
    except (ValueError, RecursionError):
        return written
    return written if kind in _TEXTS and not isinstance(found, str) else found


def _kind(card: PlanCard | None, name: str) -> str:
    """The plain type of an input, or that of the items of its list."""
    need = card.inputs.get(name) if card else None
    if card is None or need is None:
        return "json"
    type_ = need.type.removesuffix(" | null")
    return card.named.get(type_, type_)


def _intent(step: StepWritten) -> str:
    """The model's words, with what the step is handed: who approves the plan reads the one and not the other."""
    literals = [" ".join(each.value.split()) for each in step.inputs if each.value]
    missing = [text for text in dict.fromkeys(map(_cut, literals)) if text not in step.intent]
    return f"{step.intent[:200]}{': ' if step.intent and missing else ''}{', '.join(missing)}"[:500]


def _cut(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def _ambiguous(answer: PlanWritten) -> Iterator[str]:
    """Inputs of which nobody could say what is meant."""
    for step in answer.steps:
        names = [each.name for each in step.inputs]
        for name in dict.fromkeys(each for each in names if names.count(each) > 1):
            yield f"steps/{step.id}/inputs/{name}: it stands there twice"
        for each in step.inputs:
            if each.source and each.value:
                yield f"steps/{step.id}/inputs/{each.name}: it has both a source and a value"


def _most(given: PlanGoal) -> int:
    return min(given.most_steps, MOST_STEPS)


def _words_of(card: PlanCard) -> set[str]:
    texts = (card.name, card.gives, card.description, *card.inputs, *(need.type for need in card.inputs.values()))
    return {word for text in texts for word in stems_of(text)}


def _shown(card: PlanCard) -> dict[str, JsonValue]:
    described = card.description if len(card.description) <= MOST_DESCRIBED else f"{card.description[:MOST_DESCRIBED]}…"
    inputs: dict[str, JsonValue] = {
        f"{name}{'' if need.required else '?'}": f"{need.type}{f' ({need.description})' if need.description else ''}"
        for name, need in card.inputs.items()
    }
    shown: dict[str, JsonValue] = {"capability": card.name, "does": described, "inputs": inputs, "gives": card.gives}
    if card.writes:
        shown["writes"] = "cannot be taken back" if card.effect == "irreversible" else True
    return {**shown, "cost": f"{card.cost:f}"} if card.cost else shown


def _lines(rows: Iterable[object]) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows if row)


def _made_up(given: PlanGoal, answer: PlanWritten, cards: Mapping[str, PlanCard]) -> Iterator[str]:
    """Names, numbers and addresses that are handed to steps and that the goal does not say."""
    goal = plain(given.goal)
    numbers = {order_key(word) for word in re.findall(r"[#\w-]+", goal)}
    for step in answer.steps:
        yield from (f"steps/{step.id}/intent: it has {what}" for what in disguises(step.intent))
        card = cards.get(step.capability)
        for each in step.inputs:
            need = card.inputs.get(each.name) if card else None
            if card is None or need is None or each.source or not each.value:
                continue
            kind = need.type.removesuffix(" | null").removeprefix("list[").removesuffix("]")
            if kind in ("date", "datetime"):
                continue  # reckoned from the day; the plan is shown with it
            for text in _texts(_literal(each.value, _kind(card, each.name))):
                for part in [text] if kind in card.named and not _WORD.fullmatch(text) else _telling(text):
                    of_an_order = re.search(r"\d", part) and order_key(part) in numbers
                    if not stands_in(plain(part).strip(), goal) and not of_an_order:
                        where = f"steps/{step.id}/inputs/{each.name}"
                        yield f"{where}: “{part[:80]}” does not stand in the goal; take it from there or from a step"


def _telling(text: str) -> list[str]:
    """Addresses, and words with figures: what a text may not make up."""
    return [each.strip(".,;:!?()") for each in (*_ADDRESS.findall(text), *_WITH_FIGURES.findall(text))]


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _reason(step: PlanStep, steps: Sequence[PlanStep], card: PlanCard) -> StepReason:
    takers = [other.id for other in steps if any(said.step == step.id for said in named_by(other))]
    gives = f"list[{card.gives}]" if step.for_each else card.gives
    needed = f"is needed for {' and '.join(takers)}" if takers else "is part of the answer"
    return StepReason(
        step=step.id, capability=step.capability, gives=[gives], why=f"{gives} {needed}; a model chose it"
    )

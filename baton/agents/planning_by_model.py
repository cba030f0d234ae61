"""What a model is asked for a goal that the rules made no plan of, and what of its answer counts: a plan that may run.

The same out as planning by rules. A model sees the goal's words, what the rules said, and the cards that plans may use
here; it holds no tool. Its plan passes the check of every plan; what names somebody or something stands in the goal.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from pydantic import JsonValue

from baton.contracts.asking import Question
from baton.contracts.plan import Plan, PlanCard, PlanStep
from baton.contracts.plan_builtin import BUILT_IN, COMPOSE
from baton.contracts.planning import NotPlanned, PlanGoal, Planned, StepReason

from .checkable import Kind, found_in
from .letters import plain, stands_in
from .order_numbers import order_key
from .plan_written import InputWritten, PlanWritten, ambiguous, as_plan, kind_of, literal
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

_WITH_FIGURES = re.compile(r"[\w#@.+/-]*\d[\w#@.+/-]*")
_WORD = re.compile(r"[a-z]+(?:_[a-z]+)*")
"""A word of a vocabulary, such as `pending`: it names nobody."""


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
    wrong = validate_plan(as_plan(given.goal, answer, known), known, most_steps=_most(given))
    faults = [f"{each.place or 'plan'}: {each.message}{f' ({each.hint})' * bool(each.hint)}" for each in wrong]
    return [*ambiguous(answer), *faults, *_made_up(given, answer, known)]


def planned(given: PlanGoal, answer: PlanWritten, cards: Sequence[PlanCard]) -> Planned | NotPlanned:
    """The plan that an answer without faults stands for, with what it takes; or why there is none."""
    if not answer.steps:
        return NotPlanned(goal=given.goal, reasons=[" ".join(answer.cannot.split())])
    known = {card.name: card for card in cards}
    plan = Plan.model_validate(as_plan(given.goal, answer, known))
    cost = sum((known[step.capability].cost * (A_FEW if step.for_each else 1) for step in plan.steps), Decimal(0))
    return Planned(
        plan=plan,
        reasons=[_reason(step, plan.steps, known[step.capability]) for step in plan.steps],
        cost=f"{cost.normalize():f}",
        seconds=sum(max(known[step.capability].typical_s for step in wave) for wave in waves_of(plan.steps)),
        expanded=0,
    )


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
    """Names, numbers and addresses that are handed to steps, or that these are called by, and the goal does not say."""
    goal = plain(given.goal)
    numbers = {order_key(word) for word in re.findall(r"[#\w-]+", goal)}
    for step in answer.steps:
        yield from (f"steps/{step.id}/intent: it has {what}" for what in disguises(step.intent))
        card = cards.get(step.capability)
        telling = [("intent", part) for part in _telling(step.intent)]
        telling += [(f"inputs/{each.name}", part) for each in step.inputs for part in _handed(each, card)]
        for where, part in telling:
            of_an_order = re.search(r"\d", part) and order_key(part) in numbers
            if not stands_in(plain(part).strip(), goal) and not of_an_order:
                shown = f"steps/{step.id}/{where}: “{part[:80]}”"
                yield f"{shown} does not stand in the goal; take it from there, or from a step"


def _handed(given: InputWritten, card: PlanCard | None) -> Iterator[str]:
    """What of a literal names somebody or something. Days are reckoned from today; the plan is shown with them."""
    need = card.inputs.get(given.name) if card else None
    if card is None or need is None or given.source or not given.value:
        return
    kind = need.type.removesuffix(" | null").removeprefix("list[").removesuffix("]")
    if kind in ("date", "datetime"):
        return
    for text, is_part in _texts(literal(given.value, kind_of(card, given.name))):
        names = (kind in card.named or is_part) and not _WORD.fullmatch(text)
        yield from [text] if names else _telling(text)


def _telling(text: str) -> list[str]:
    """Addresses, and words with figures: what a text may not make up."""
    addresses = [each.words for each in found_in(text, (Kind.EMAIL, Kind.LINK))]
    return [each.strip(".,;:!?()") for each in (*addresses, *_WITH_FIGURES.findall(text))]


def _texts(value: JsonValue, *, is_part: bool = False) -> Iterator[tuple[str, bool]]:
    """Every text in a value, and whether it is a field of something: the street of an address."""
    if isinstance(value, str) and value:
        yield value, is_part
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each, is_part=is_part or isinstance(value, dict))


def _reason(step: PlanStep, steps: Sequence[PlanStep], card: PlanCard) -> StepReason:
    takers = [other.id for other in steps if any(said.step == step.id for said in named_by(other))]
    gives = f"list[{card.gives}]" if step.for_each else card.gives
    needed = f"is needed for {' and '.join(takers)}" if takers else "is part of the answer"
    return StepReason(
        step=step.id, capability=step.capability, gives=[gives], why=f"{gives} {needed}; a model chose it"
    )

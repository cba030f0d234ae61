"""What a model is asked of a goal's results, and what of its answer counts: sentences whose figures their step gave."""

import json
from collections.abc import Iterator
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from baton.contracts.asking import Question
from baton.contracts.outcome import Compose, ComposedAnswer, Known, Statement

from .checkable import figure_of, figures_in, figures_told
from .composing import MOST_CHARACTERS, compose, in_order, is_wanted, steering_in, with_statements
from .prompting import prompt
from .suspecting import disguises, steering
from .unfounded import in_texts, texts_of, unfounded_in

PROMPT = "compose_answer"

MOST_STATEMENTS = 40
MOST_MATERIAL = 60_000
"""Characters of results that a model is given; where there is more, the rules say what was found."""

_TO_FOLLOW = ("a link", "an e-mail address", "a code")
"""What is looked for beside figures, which are looked at one by one."""


class Told(BaseModel):
    """One sentence of the answer, and the step whose result it tells."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=MOST_CHARACTERS)
    step: str


class Composed(BaseModel):
    """The answer to a goal, sentence by sentence."""

    model_config = ConfigDict(extra="forbid")

    statements: list[Told] = Field(min_length=1, max_length=MOST_STATEMENTS)


def needs_no_model(given: Compose) -> ComposedAnswer | None:
    """The rules' answer where a model is not asked: nothing was found, too much was, or it tries to steer."""
    by_rules = compose(given)
    steered = steering_in(given) or any(steering(each) for each in (given.goal, *given.notes, *given.missing))
    too_much = len(_shown(given.facts)) > MOST_MATERIAL
    return by_rules if steered or too_much or not given.facts else None


def question(given: Compose) -> Question[Composed]:
    """What a model is asked: the goal, and what each step gave."""
    material = {"goal": given.goal, "results": _shown(in_order(given)), "missing": "\n".join(given.missing)}
    filled = prompt(PROMPT, material)
    return Question(filled.used, filled.instructions, filled.material, Composed)


def faults_in(given: Compose, answer: Composed) -> list[str]:
    """What the model says and no result does, a line each, in words for the model."""
    facts = {fact.step: fact for fact in given.facts}
    found = [fault for at, told in enumerate(answer.statements) for fault in _faults(f"statements[{at}]", told, facts)]
    told_of = {told.step for told in answer.statements}
    wanted = [fact.step for fact in given.facts if fact.last or is_wanted(fact, given.wanted)]
    return [
        *found,
        *(f"nothing is said of step {step}, whose result is asked for" for step in wanted if step not in told_of),
    ]


def answer_of(given: Compose, answer: Composed) -> ComposedAnswer:
    """The answer in prose that statements without faults make; what is missing and noted is added as by rules."""
    types = {fact.step: fact.type for fact in given.facts}
    statements = [
        Statement(text=" ".join(told.text.split()), step=told.step, type=types[told.step]) for told in answer.statements
    ]
    return with_statements(given, statements, [" ".join(f"{each.text} [{each.step}]" for each in statements)])


def _shown(facts: list[Known]) -> str:
    rows = [{"step": fact.step, "what for": fact.intent, "type": fact.type, "result": fact.value} for fact in facts]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _faults(where: str, told: Told, facts: dict[str, Known]) -> Iterator[str]:
    fact = facts.get(told.step)
    if fact is None:
        yield f"{where}.step: there is no step “{told.step[:60]}”"
        return
    if not told.text.strip():
        yield f"{where}.text: it is empty"
    yield from (f"{where}.text: it has {what}" for what in disguises(told.text))
    source = [fact.intent, *texts_of(fact.value)]
    figures = {figure for each in source for figure in figures_in(each)} | set(_counts(fact.value))
    for figure in figures_told(told.text):
        if figure_of(figure) not in figures:
            yield f"{where}.text: “{figure}” is not in the result of step {told.step}"
    for what, words in unfounded_in(told.text, in_texts(source)):
        if what in _TO_FOLLOW:
            yield f"{where}.text: it names {what} that is not in the result of step {told.step}: “{words}”"


def _counts(value: JsonValue) -> Iterator[Decimal]:
    """How many there are in each list of a result."""
    if isinstance(value, list):
        yield Decimal(len(value))
    if isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _counts(each)

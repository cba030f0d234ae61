"""What a model is asked of a goal's results, and what of its answer counts: sentences whose figures their step gave."""

import json
from collections.abc import Iterator
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from baton.contracts.asking import Question
from baton.contracts.outcome import Compose, ComposedAnswer, Known, Statement

from .checkable import EVERY_FIGURE, Found, Kind, Named, found_in
from .composing import MOST_CHARACTERS, compose, in_order, is_wanted, steering_in, with_statements
from .prompting import prompt
from .sums import FIGURE, figure_of
from .suspecting import disguises, quoted, steering
from .unfounded import figures_of, in_texts, texts_of

PROMPT = "compose_answer"

MOST_STATEMENTS = 40
MOST_MATERIAL = 60_000
"""Characters of results that a model is given; where there is more, the rules say what was found."""


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
    source = _source_of(fact)
    for each in found_in(told.text, EVERY_FIGURE):
        if not _stands(each, source):
            yield f"{where}.text: {each.kind} that is not in the result of step {told.step}: “{quoted(each.words)}”"


def _source_of(fact: Known) -> Named:
    """What a sentence may take from a result. What the step is for says how many days at most, never where to pay."""
    meant = {each.named for each in found_in(fact.intent, EVERY_FIGURE) if each.kind is Kind.FIGURE}
    counted = {(Kind.FIGURE, count) for count in _counts(fact.value)}
    return in_texts(texts_of(fact.value)) | meant | counted


def _stands(each: Found, source: Named) -> bool:
    if each.kind in (Kind.MOMENT, Kind.LABEL):
        as_whole = [figure_of(figure) for figure in FIGURE.findall(each.words)]  # `at 14.30` may tell a price
        return any(all((Kind.FIGURE, one) in source for one in those) for those in (figures_of(each), as_whole))
    return each.named in source


def _counts(value: JsonValue) -> Iterator[Decimal]:
    """How many there are in each list of a result."""
    if isinstance(value, list):
        yield Decimal(len(value))
    if isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _counts(each)

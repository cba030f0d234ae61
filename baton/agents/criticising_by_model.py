"""What a model is asked of a draft, and what of its answer counts: objections to words that stand there.

It looks for whoever decides, and for nobody else: no draft is changed by it. It is shown nothing that tries to steer
it. What it says is a model's words all the same: few, short, on one line, with no address to follow, and quoted.
"""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from baton.contracts.asking import Question
from baton.contracts.critique import (
    LONGEST_PROBLEM,
    MOST_OBJECTIONS,
    CriticiseDraft,
    Critique,
    Objection,
    ObjectionKind,
)

from .checkable import Kind
from .facts import Facts
from .feedback import told, wishes
from .letters import plain, stands_in
from .prompting import prompt
from .resolved_faults import fresh_words, own_orders
from .resolving_by_model import as_json, order_shown, request_shown
from .rules import RULES
from .suspecting import MOST_QUOTED, disguises, in_order_data, quoted
from .unfounded import unfounded_in

PROMPT = "criticise_draft"

_MOST_FLAWS = 20
"""Of one answer; the first of them count."""

_TO_FOLLOW = (Kind.LINK, Kind.EMAIL)

_MARKS = str.maketrans(dict.fromkeys('“”„‟«»"＂❝❞〝〞〟″‶', "'"))

_OF_THE_REPLY = ("unfounded", "promise", "wording")


class Flaw(BaseModel):
    """One thing that is wrong or missing."""

    model_config = ConfigDict(extra="forbid")

    kind: ObjectionKind
    about: str
    problem: str


class Criticised(BaseModel):
    """What is wrong or missing in a draft."""

    model_config = ConfigDict(extra="forbid")

    objections: list[Flaw] = Field(max_length=_MOST_FLAWS)


def needs_no_model(given: CriticiseDraft) -> Critique | None:
    """Why no model is shown the draft: what it would read tries to steer whoever reads it."""
    steered = given.reading.warnings or in_order_data(given.match.customer, given.orders, given.products)
    return Critique(unread="no model is shown what tries to steer its reader") if steered else None


def question(given: CriticiseDraft) -> Question[Criticised]:
    """What a model is asked: the draft beside all that it was made from, each piece fenced."""
    customer = given.match.customer
    reply = given.resolution.reply
    filled = prompt(
        PROMPT,
        {
            "message": fresh_words(given),
            "requests": as_json([request_shown(at, given) for at in range(len(given.reading.requests))]),
            "customer": as_json(customer.model_dump(mode="json", exclude={"order_ids"}) if customer else None),
            "orders": as_json([order_shown(order) for order in own_orders(given)] if customer else []),
            "products": as_json([product.model_dump(mode="json") for product in given.products]),
            "done": "\n".join(done.statement for done in given.done),
            "said_since": "\n".join([*wishes(given), *told(given)]),
            "actions": as_json([action.model_dump(mode="json") for action in given.resolution.actions]),
            "refused": as_json([each.model_dump(mode="json") for each in given.refused]) if given.refused else "",
            "reply": f"{reply.subject}\n\n{reply.body}" if reply else "(none is sent)",
        },
        {
            "language": given.reading.language,
            "policy": "\n\n".join(f"{each.title}: {each.text}" for each in given.policy.passages),
            "rules": RULES,
            "trusted": Facts(given).trusted,
            "most": MOST_OBJECTIONS,
        },
    )
    return Question(filled.used, filled.instructions, filled.material, Criticised)


def faults_in(given: CriticiseDraft, answer: Criticised) -> list[str]:
    """What of an answer cannot be shown to a person, a line each, in words for the model."""
    return [fault for at, flaw in enumerate(answer.objections) for fault in _faults(f"objections[{at}]", flaw, given)]


def critique_of(answer: Criticised) -> Critique:
    """The objections that an answer without faults stands for."""
    found = [
        Objection(kind=flaw.kind, about=_words(flaw.about), problem=_words(flaw.problem, LONGEST_PROBLEM))
        for flaw in answer.objections
    ]
    return Critique(objections=list(dict.fromkeys(found))[:MOST_OBJECTIONS])


def _faults(where: str, flaw: Flaw, given: CriticiseDraft) -> Iterator[str]:
    place, source = _source_of(flaw, given)
    if not stands_in(plain(flaw.about).strip(), plain(source)):
        yield f"{where}.about: “{quoted(flaw.about)}” does not stand in {place}; copy it letter for letter"
    if not flaw.problem.strip():
        yield f"{where}.problem: it is empty"
    yield from (f"{where}.problem: it has {what}" for what in disguises(flaw.problem))
    for what, words in unfounded_in(flaw.problem, frozenset()):
        if what in _TO_FOLLOW:
            yield f"{where}.problem: it names {what}, “{words}”: say it without"


def _source_of(flaw: Flaw, given: CriticiseDraft) -> tuple[str, str]:
    """Where the words stand that an objection is about."""
    if flaw.kind in _OF_THE_REPLY:
        reply = given.resolution.reply
        return "the reply", f"{reply.subject}\n{reply.body}" if reply else ""
    if flaw.kind == "action":
        acts = (f"{action.action_id} {action.kind} {action.summary}" for action in given.resolution.actions)
        return "the message or the actions", "\n".join([fresh_words(given), *acts])
    return "the message", fresh_words(given)


def _words(said: str, most: int = MOST_QUOTED) -> str:
    """One line that no quotation mark within it can end."""
    return quoted(said.translate(_MARKS), most)

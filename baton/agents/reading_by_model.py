"""What a model is asked of a message, and what of its answer counts: only what stands in the message itself.

The same in and out as reading by rules. Rules still say which messages machines sent, and which words are meant for
machines. A model dismisses nothing on its own: where it finds nothing asked and the rules disagree, a person looks.
"""

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from baton.contracts.asking import Question
from baton.contracts.enquiry import Hints, IntentKind, ReadEnquiry, Reading, Request
from baton.contracts.mail import Message

from .hints import MOST
from .letters import plain, stands_in
from .order_numbers import order_key
from .prompting import prompt
from .quoting import Parts, take_apart
from .reading import read

PROMPT = "read_enquiry"

_BY_MACHINE = ("automatic", "bulk", "bounce")
_KEPT_DOUBTS = (
    "an instruction to a machine",
    "a threat or a legal matter",
    "the message is too long",
    "something is asked below the signature",
)
"""What the rules see in any message, and a model may be talked out of."""

_LONGEST_DOUBT, _MOST_DOUBTS = 300, 10
"""Of a model's own words, which a reviewer reads."""


_MOST_PARTS = 100
"""Of each kind that one answer may copy out of a message."""


class AskedFor(BaseModel):
    """One thing that the customer asks for."""

    model_config = ConfigDict(extra="forbid")

    kind: IntentKind
    words: str
    order_numbers: list[str] = Field(max_length=_MOST_PARTS)
    items: list[str] = Field(max_length=_MOST_PARTS)
    context: list[str] = Field(max_length=_MOST_PARTS)
    unsure: list[str] = Field(max_length=_MOST_PARTS)


class MessageRead(BaseModel):
    """What a customer's message asks for, and what it says of who writes."""

    model_config = ConfigDict(extra="forbid")

    requests: list[AskedFor] = Field(max_length=20)
    names: list[str] = Field(max_length=_MOST_PARTS)
    emails: list[str] = Field(max_length=_MOST_PARTS)
    postcodes: list[str] = Field(max_length=_MOST_PARTS)
    customer_ids: list[str] = Field(max_length=_MOST_PARTS)
    order_numbers: list[str] = Field(max_length=_MOST_PARTS)
    nothing_asked: Literal["thanks", "closed"] | None
    language: str = Field(pattern=r"^[a-z]{2,3}$")


def needs_no_model(given: ReadEnquiry) -> Reading | None:
    """The reading of what a machine sent, or of what is empty: nobody needs to be asked for it."""
    by_rules = read(given)
    dismissed = by_rules.not_an_enquiry
    if dismissed is not None and dismissed.kind in _BY_MACHINE:
        return by_rules
    return by_rules if not _Source(given).text.strip() else None


def question(given: ReadEnquiry) -> Question[MessageRead]:
    """What a model is asked: the fresh words of the message and of the answers since, without what they quote."""
    source = _Source(given)
    filled = prompt(
        PROMPT,
        {
            "subject": source.subject,
            "message": source.parts[0].fresh,
            "replies": [part.fresh for part in source.parts[1:]],
            "signature": "\n".join(part.signature for part in source.parts if part.signature),
        },
    )
    return Question(filled.used, filled.instructions, filled.material, MessageRead)


def faults_in(given: ReadEnquiry, answer: MessageRead) -> list[str]:
    """What the model says and the message does not, a line each, in words for the model."""
    source = _Source(given)
    return list(_faults(source, answer))


def reading_of(given: ReadEnquiry, answer: MessageRead) -> Reading:
    """The reading that an answer without faults stands for."""
    by_rules = read(given)
    kept = list(dict.fromkeys(doubt for each in by_rules.requests for doubt in each.doubts if is_kept(doubt)))
    requests = [_request(asked, kept) for asked in answer.requests]
    agreed = by_rules.not_an_enquiry if answer.nothing_asked is not None and not requests else None
    if not requests and agreed is None:
        requests = [_unclear(given, kept)]
    return Reading(
        requests=requests,
        hints=Hints(
            customer_ids=_first(answer.customer_ids),
            emails=_first(answer.emails),
            names=_first([*answer.names, *(name for name in by_rules.hints.names if name == given.message.from_name)]),
            postcodes=_first(answer.postcodes),
        ),
        order_numbers=list(dict.fromkeys(answer.order_numbers)),
        not_an_enquiry=agreed,
        confidence=min((each.confidence for each in requests), default=0.9),
        language=answer.language,
    )


class _Source:
    """What of a message counts as said: its subject, its fresh words and its signature; only the first two can ask."""

    def __init__(self, given: ReadEnquiry) -> None:
        answers = [reply.message for reply in given.replies if not _machine_sent(reply.message)]
        self.parts: list[Parts] = [take_apart(each.text) for each in (given.message, *answers)]
        self.subject = given.message.subject
        self.fresh = plain("\n".join([self.subject, *(part.fresh for part in self.parts)]))
        signed = "\n".join(part.signature for part in self.parts)
        self.text = plain("\n".join([self.fresh, signed]))


def _machine_sent(message: Message) -> bool:
    found = read(ReadEnquiry(message=message)).not_an_enquiry
    return found is not None and found.kind in _BY_MACHINE


def _faults(source: _Source, answer: MessageRead) -> Iterator[str]:
    for at, asked in enumerate(answer.requests):
        where = f"requests[{at}]"
        yield from _missing(f"{where}.words", [asked.words], source.fresh)
        yield from _missing(f"{where}.items", asked.items, source.fresh)
        yield from _missing(f"{where}.context", asked.context, source.fresh)
        for name, said in (("items", asked.items), ("context", asked.context)):
            if sum(map(len, said)) > len(source.fresh):
                yield f"{where}.{name}: it is longer than the message; copy each part once"
        yield from _no_numbers(f"{where}.order_numbers", asked.order_numbers, source.fresh)
    yield from _no_numbers("order_numbers", answer.order_numbers, source.text)
    for name in ("names", "emails", "postcodes", "customer_ids"):
        yield from _missing(name, getattr(answer, name), source.text)


def _missing(where: str, said: list[str], source: str) -> Iterator[str]:
    for each in said:
        if not stands_in(plain(each).strip(), source):
            yield f"{where}: “{each[:200]}” does not stand in the message; copy it letter for letter"


def _no_numbers(where: str, said: list[str], source: str) -> Iterator[str]:
    known = {order_key(word) for word in re.findall(r"[#\w-]+", source)}
    for each in said:
        if not re.search(r"\d", each) or order_key(each) not in known:
            yield f"{where}: “{each[:60]}” does not stand in the message; copy it letter for letter"


def _request(asked: AskedFor, kept: list[str]) -> Request:
    told = [" ".join(each.split())[:_LONGEST_DOUBT] for each in asked.unsure if each.strip()]
    doubts = list(dict.fromkeys([*kept, *told[:_MOST_DOUBTS]]))
    return Request(
        kind=asked.kind,
        words=asked.words.strip(),
        order_ids=list(dict.fromkeys(asked.order_numbers)),
        items=list(dict.fromkeys(asked.items)),
        context="\n".join(dict.fromkeys(each.strip() for each in asked.context)),
        doubts=doubts,
        confidence=0.3 if doubts or asked.kind == "other" else 0.9,
    )


def _unclear(given: ReadEnquiry, kept: list[str]) -> Request:
    source = _Source(given)
    doubts = ["the model finds nothing that is asked, and the rules do not agree", *kept]
    words = source.parts[0].fresh.strip() or source.subject or "(nothing)"
    return Request(kind="other", words=words, doubts=doubts, confidence=0.2)


def is_kept(doubt: str) -> bool:
    """Whether a person looks, whatever a model makes of it."""
    return doubt.startswith(_KEPT_DOUBTS)


def _first(said: list[str]) -> list[str]:
    return list(dict.fromkeys(each.strip() for each in said if each.strip()))[:MOST]

"""Reads a message: its requests kept apart, who seems to write, and whether it needs an answer at all."""

import itertools
import re
from dataclasses import dataclass, field

from baton.contracts.enquiry import Hints, IntentKind, NotAnEnquiry, ReadEnquiry, Reading, Request
from baton.contracts.mail import Message

from .addresses import is_address
from .dismissing import not_an_enquiry
from .hints import MOST, hints_of
from .intents import ACTS, Asked, asks_in, doubts_in, plain_words
from .languages import language_of
from .naming import items_named
from .order_numbers import lending_orders, order_key, order_numbers
from .paying import without_money_conditions
from .quoting import Parts, take_apart
from .sentences import sentences_of
from .signing import commands, says_who
from .suspecting import steering
from .vocabulary import MISTAKE, NOT_NEEDED, ONLY_PAYS, PAYMENT_WORDS, TELLING_STARTS, I

_HAS_PAID = re.compile(r"\b(?:paid|used|charged|bought|purchased|was|were|did)\b", I)


@dataclass
class _Draft:
    """A request while the sentences around it are still being read."""

    kind: IntentKind
    words: list[str]
    order_ids: list[str]
    context: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def read(message: ReadEnquiry) -> Reading:
    """The requests of the message and of the replies since, who seems to write, and how sure the reading is."""
    answers = [reply.message for reply in message.replies if not _by_machine(reply.message)]
    parts = [take_apart(text.text) for text in (message.message, *answers)]
    dismissed = _dismissed(message.message, answers, parts)
    drafts = _requests(parts[0], message.message)
    for later in parts[1:]:
        _fold_in(drafts, _requests(later, message.message), later)
    if drafts and any(part.cut for part in parts):
        drafts[-1].doubts.append("the message is too long to be read to its end")
    if drafts:
        drafts[-1].doubts += [what for part in parts for what in steering(part.fresh)]
    requests = [] if dismissed else [_finished(draft) for draft in drafts]
    language = language_of(" ".join(part.fresh for part in parts))
    if language != "en":
        requests = [
            request.model_copy(update={"doubts": [*request.doubts, "not written in English"], "confidence": 0.2})
            for request in requests
        ]
    fresh = "\n".join(part.fresh for part in parts)
    return Reading(
        requests=requests,
        hints=_all_hints(parts, message),
        order_numbers=order_numbers(f"{message.message.subject}\n{fresh}"),
        not_an_enquiry=dismissed,
        confidence=min((request.confidence for request in requests), default=0.9 if dismissed else 0.2),
        language=language,
    )


def _by_machine(answer: Message) -> bool:
    """An out-of-office reply to our question answers nothing, and closes nothing either."""
    found = not_an_enquiry(answer, take_apart(answer.text).fresh)
    return found is not None and found.kind in ("automatic", "bulk", "bounce")


def _dismissed(message: Message, answers: list[Message], parts: list[Parts]) -> NotAnEnquiry | None:
    """An answer can close an enquiry ('sorted already'); its thanks are only manners."""
    if not answers:
        return not_an_enquiry(message, parts[0].fresh)
    found = not_an_enquiry(answers[-1], parts[-1].fresh)
    return found if found is not None and found.kind == "closed" else None


def _requests(parts: Parts, message: Message) -> list[_Draft]:
    drafts: list[_Draft] = []
    before: list[str] = []
    doubts_before: list[str] = []
    for sentence in sentences_of(parts.fresh or message.subject):
        asked = asks_in(sentence)
        if drafts and _completes(drafts, sentence, asked):
            continue
        if (not asked or [one.kind for one in asked] == ["other"]) and says_who(sentence):
            (drafts[-1].context if drafts else before).append(sentence)
            continue
        if not asked and _may_command(sentence):
            asked = [Asked("other", sentence)]
        doubts = doubts_in(sentence, asks=bool(asked))
        if not asked and PAYMENT_WORDS.search(sentence) and not _HAS_PAID.search(sentence):
            doubts.append(f"paying is spoken of: “{sentence}”")
        if not asked:
            (drafts[-1].context if drafts else before).append(sentence)
            (drafts[-1].doubts if drafts else doubts_before).extend(doubts)
            continue
        for one in asked:
            drafts.append(_drafted(one, doubts))
        _mind_bare_verbs(drafts[-len(asked) :])
        _share_reason(drafts[-len(asked) :])
    if not drafts and before:
        # Nothing is asked in so many words: a person has to say what this is about.
        drafts.append(_Draft("other", before, order_numbers(" ".join(before))))
    elif drafts:
        drafts[0].context[:0] = before
        drafts[0].doubts.extend(doubts_before)
        if any(asks_in(line) for line in sentences_of(parts.signature)) and parts.signature.count("\n") > 0:
            below = [one for line in parts.signature.split("\n")[1:] for one in asks_in(line)]
            if below:
                drafts[-1].doubts.append("something is asked below the signature")
    if len(drafts) == 1 and not drafts[0].order_ids:
        drafts[0].order_ids = _target_orders(drafts[0].kind, " ".join(drafts[0].context)) or order_numbers(
            message.subject
        )
    return drafts


def _completes(drafts: list[_Draft], sentence: str, asked: list[Asked]) -> bool:
    """Whether the sentence only says how to pay, or where to send, what was asked before; it is kept with that."""
    if not asked and drafts[-1].kind == "change_address" and is_address(sentence):
        drafts[-1].words[-1] = f"{drafts[-1].words[-1].rstrip(' .:')}: {sentence}"
        return True
    if _only_pays(sentence, asked):
        _add_payment(drafts, sentence)
        return True
    return False


def _may_command(sentence: str) -> bool:
    """'Call me first': more than a name, and it does not begin the way one tells something."""
    words = re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", plain_words(sentence).lower())
    return (len(words) > 2 and words[0] not in TELLING_STARTS) or commands(plain_words(sentence))


def _drafted(asked: Asked, doubts: list[str]) -> _Draft:
    return _Draft(asked.kind, [asked.words], _target_orders(asked.kind, asked.words), doubts=[*asked.doubts, *doubts])


def _target_orders(kind: IntentKind, words: str) -> list[str]:
    lent = {order_key(number) for number in lending_orders(words)} if kind == "change_address" else set()
    return [number for number in order_numbers(words) if order_key(number) not in lent]


def _only_pays(sentence: str, asked: list[Asked]) -> bool:
    plain = re.sub(r" {2,}", " ", without_money_conditions(sentence))
    if not PAYMENT_WORDS.search(sentence) or not ONLY_PAYS.match(plain) or order_numbers(sentence):
        return False
    return all(one.kind in ("return", "other", "change_payment") for one in asked) and len(asked) <= 1


def _add_payment(drafts: list[_Draft], sentence: str) -> None:
    """'Please use the gift card': how everything asked before is to be paid or paid back."""
    for draft in drafts:
        if draft.kind in ("cancel", "return", "exchange", "change_items"):
            draft.words.append(sentence)
    doubts = [doubt for doubt in doubts_in(sentence, asks=True) if not doubt.startswith("a preference")]
    drafts[-1].doubts.extend(doubts)


def _mind_bare_verbs(together: list[_Draft]) -> None:
    """'cancel and return some items': the first verb has no object of its own, so what it means is open."""
    for draft, following in itertools.pairwise(together):
        short = len(re.findall(r"\w+", draft.words[0])) <= 6
        if draft.kind in ACTS and short and not draft.order_ids and not items_named(draft.words[0]):
            draft.doubts.append(f"two things in one breath: {draft.kind} and {following.kind}")


def _share_reason(together: list[_Draft]) -> None:
    """'cancel the one and return the other, I don't need them any more': a reason in the plural is everyone's."""
    last = together[-1].words[-1]
    for reason in (MISTAKE, NOT_NEEDED):
        found = reason.search(last)
        if found and len(together) > 1 and re.search(r"\b(?:them|these|those|both|either)\b", last[found.start() :], I):
            for draft in together[:-1]:
                draft.context.append(found[0])


def _fold_in(drafts: list[_Draft], replied: list[_Draft], parts: Parts) -> None:
    """An answer completes what was asked before; only what it asks anew is a request of its own."""
    numbers = order_numbers(parts.fresh)
    fresh = parts.fresh
    for draft in replied:
        if draft.kind == "other" or any(draft.kind == known.kind for known in drafts):
            continue
        drafts.append(draft)
        fresh = ""
    for draft in drafts:
        if draft in replied:
            continue
        told = [sentence for sentence in sentences_of(fresh) if not _introduces(sentence)]
        (draft.context if draft.kind == "cancel" else draft.words).extend(told)
        if not draft.order_ids:
            draft.order_ids = list(numbers)
        draft.doubts.extend(doubts_in(fresh, asks=False))


def _introduces(sentence: str) -> bool:
    """'I am Thandi Nkosi, postcode 8001' says who writes and nothing of what they ask for."""
    hints = hints_of(Parts(sentence), "")
    return bool(hints.names or hints.emails or hints.postcodes or hints.customer_ids)


def _finished(draft: _Draft) -> Request:
    words = "\n".join(draft.words)
    doubts = list(dict.fromkeys(draft.doubts))
    sure = 0.3 if doubts or draft.kind == "other" else 0.9
    return Request(
        kind=draft.kind,
        words=words,
        order_ids=draft.order_ids,
        items=items_named(words),
        context="\n".join(draft.context),
        doubts=doubts,
        confidence=sure,
    )


def _all_hints(parts: list[Parts], message: ReadEnquiry) -> Hints:
    each = [hints_of(part, message.message.from_name if at == 0 else "") for at, part in enumerate(parts)]
    return Hints(
        customer_ids=list(dict.fromkeys(one for hint in reversed(each) for one in hint.customer_ids))[:MOST],
        emails=list(dict.fromkeys(one for hint in reversed(each) for one in hint.emails))[:MOST],
        names=list(dict.fromkeys(one for hint in reversed(each) for one in hint.names))[:MOST],
        postcodes=list(dict.fromkeys(one for hint in reversed(each) for one in hint.postcodes))[:MOST],
    )

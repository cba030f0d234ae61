"""Which requests a sentence makes, kept apart: a verb opens one, and the words that lead up to it belong to it."""

import re
from dataclasses import dataclass, replace

from baton.contracts.enquiry import IntentKind
from baton.contracts.orders import ActionKind

from .paying import without_money_conditions
from .vocabulary import (
    ADDRESS_WORDS,
    ANY_UPDATE,
    COURTESIES,
    DOUBTS,
    HARMLESS_NEGATIONS,
    IDIOMS,
    INTENT_VERBS,
    NEGATION,
    ORDER_NUMBER,
    OTHER_OBJECTS,
    PAYMENT_WORDS,
    PROFILE_ADDRESS,
    REASON_CLAUSE,
    REQUEST_CUES,
    WH_QUESTION,
    I,
)
from .words import word_set

FITTING: dict[IntentKind, tuple[ActionKind, ...]] = {
    "cancel": ("cancel_order",),
    "return": ("return_items",),
    "exchange": ("exchange_items", "change_items"),
    "change_items": ("change_items", "exchange_items"),
    "change_address": ("change_address",),
    "change_payment": ("change_payment",),
}
"""What a request of each kind can come to; of the other kinds none comes to an action."""

ACTS: frozenset[IntentKind] = frozenset(FITTING)
_LEADING = word_set(
    "i i'd i'm i'll i've we we'd want wants wish would like need love to please pls plz kindly can could you your "
    "may will also and then so lastly finally secondly first firstly second next just for on in of from my the "
    "this that order orders number no help me with a an another other request make arrange go ahead try hoping "
    "wondering well as be able it them possible is there now additionally furthermore moreover plus regarding "
    "concerning instead must should have has process do get initiate start immediately urgently asap therefore "
    "hereby pse 2 u thing things one last requesting thanks hi hello looking trying how about if by returning"
)
_CONNECTORS = frozenset(
    {",", ";", ".", ":", "and", "then", "also", "plus", "lastly", "finally", "additionally", "furthermore"}
)
_TOKEN = re.compile(r"#?\w+(?:'\w+)?|[^\w\s]")
_OBJECT_END = re.compile(r"\b(?:to|into|with|from|for (?:an?|one|the same))\b|[;.!?]|,(?= )", I)
_TO_ADDRESS = re.compile(r"\b(?:to|at) (?:\w+ ){0,4}address\b", I)
_DELIVERY_VERB = re.compile(r"^(?:deliver|send|ship|courier|redirect|reroute)", I)
_VERB_POSITION_NEEDED = re.compile(r"^(?:switch|trad|track|return|void|scrap|chang|pay|status|replac)", I)


@dataclass(frozen=True)
class Asked:
    """One request inside a sentence: its kind, its words, and what a rule cannot decide about it."""

    kind: IntentKind
    words: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Hit:
    start: int
    end: int
    kind: IntentKind


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def plain_words(sentence: str) -> str:
    """The sentence without its courtesies and idioms, every other word in its place."""
    return IDIOMS.sub(_blank, COURTESIES.sub(_blank, without_money_conditions(sentence)))


def doubts_in(sentence: str, *, asks: bool) -> list[str]:
    """What a rule cannot decide in these words, in a reviewer's words."""
    plain = plain_words(sentence)
    found = [f"{name}: “{hit[0].strip()}”" for name, pattern in DOUBTS if (hit := pattern.search(plain))]
    if asks:
        rest = HARMLESS_NEGATIONS.sub(_blank, REASON_CLAUSE.sub(_blank, plain))
        if hit := NEGATION.search(rest):
            found.append(f"something not wanted: “{hit[0]}”")
    return found


def asks_in(sentence: str) -> list[Asked]:
    """The requests of one sentence, in order; none for a sentence that only tells something."""
    plain = plain_words(sentence)
    hits = _hits(plain)
    if WH_QUESTION.match(plain):
        kinds = [hit.kind for hit in hits if hit.kind in ("order_status", "product_question")]
        kind: IntentKind = kinds[0] if kinds else "other"
        extra = [hit.kind for hit in hits if hit.kind in ACTS]
        return [Asked("other" if extra else kind, sentence, ("a question about a procedure",) if extra else ())]
    if not re.search(r"[^\W\d_]", plain):
        return []
    if not hits:
        return [Asked("other", sentence)] if REQUEST_CUES.search(plain) else []
    return _apart(sentence, plain, hits)


def _hits(plain: str) -> list[_Hit]:
    found: list[_Hit] = []
    for kind, pattern in INTENT_VERBS:
        found.extend(_Hit(hit.start(), hit.end(), kind) for hit in pattern.finditer(plain))
    found.sort(key=lambda hit: (hit.start, -hit.end))
    kept: list[_Hit] = []
    updates = [hit.end() for hit in ANY_UPDATE.finditer(plain)]
    for first in found:
        if kept and first.start < kept[-1].end:
            continue
        hit = first
        if hit.end in updates:
            hit = replace(hit, kind="order_status")
        elif hit.kind == "change_items":
            hit = replace(hit, kind=_kind_of_change(plain, hit))
        if _VERB_POSITION_NEEDED.match(plain[hit.start : hit.end]) and not _in_verb_position(plain, hit.start):
            continue
        kept.append(hit)
    return kept


def _in_verb_position(plain: str, start: int) -> bool:
    before = _TOKEN.findall(plain[:start])
    return (
        not before
        or before[-1].lower() in _LEADING
        or before[-1] in ",;.:!?()-–—&"
        or before[-1].startswith("#")
        or (
            before[-1].lower()
            in {
                "or",
                "not",
                "full",
                "item",
                "items",
                "any",
                "don't",
                "me",
                "did",
                "cannot",
                "can't",
                "the",
                "either",
                "ensure",
                "let",
                "us",
                "only",
                "partial",
                "immediate",
            }
            or re.fullmatch(r"#?[A-Za-z]{0,4}\d{3,}", before[-1]) is not None
        )
    )


def _kind_of_change(plain: str, hit: _Hit) -> IntentKind:  # noqa: PLR0911 - each return is a reason of its own
    verb = plain[hit.start : hit.end].lower()
    clause = re.split(r"[;.!?]", plain[hit.end :], maxsplit=1)[0]
    end = _OBJECT_END.search(clause)
    changed = clause[: end.start()] if end else clause
    if PROFILE_ADDRESS.search(changed) and "order" not in changed.lower():
        return "other"
    if verb == "use" or (verb in ("need", "want", "like") and re.search(r"\bdelivered to\b", clause[:80], I)):
        return "change_address"
    if _DELIVERY_VERB.match(verb) or ADDRESS_WORDS.search(changed):
        return "change_address"
    if verb.startswith("pay") or PAYMENT_WORDS.search(changed):
        return "change_payment"
    if OTHER_OBJECTS.search(changed) and not re.search(r"\bitem\b", changed, I):
        return "other"
    if _TO_ADDRESS.search(clause[:80]) and re.fullmatch(
        r"\W*(?:my|the|this|that|it|order|#?\w*\d{3,}|\s)*\W*", changed, I
    ):
        return "change_address"
    if re.match(r"\s*(?:the |my )?(?:order )?to (?:my |the )?(?:pay|credit|gift|paypal|visa|master|eft)", clause, I):
        return "change_payment"
    return "change_items"


def _apart(sentence: str, plain: str, hits: list[_Hit]) -> list[Asked]:
    """Cut before the words that lead up to each further verb; two verbs with nothing between them stay one request."""
    groups: list[tuple[int, list[_Hit]]] = [(0, [hits[0]])]
    for hit in hits[1:]:
        begin = groups[-1][1][-1].end
        cut = _boundary(plain, begin, hit.start)
        if cut is None or _is_noun_of(groups[-1][1][-1], hit, plain):
            groups[-1][1].append(hit)
        else:
            groups.append((cut, [hit]))
    ends = [start for start, _ in groups[1:]] + [len(sentence)]
    asked: list[Asked] = []
    for (start, members), end in zip(groups, ends, strict=True):
        words = sentence[start:end].strip(" ,;")
        kind, doubts = _one_kind(members, plain[start:end])
        asked.append(Asked(kind, words, doubts))
    return asked


def _is_noun_of(before: _Hit, hit: _Hit, plain: str) -> bool:
    """'return it and refund to my card': the refund is how, not a second thing."""
    verb = plain[hit.start : hit.end].lower()
    if before.kind in ("return", "cancel") and verb.startswith(("refund", "money", "reimburse")):
        return True
    return (
        before.kind in ("exchange", "return", "cancel")
        and verb.startswith(("replac", "refund"))
        and (re.search(r"\b(?:a|the|for)\s+$", plain[: hit.start], I) is not None)
    )


def _boundary(plain: str, begin: int, verb: int) -> int | None:
    """Where the words leading up to the verb begin, if something separates them from what went before."""
    tokens = [(hit[0], begin + hit.start(), begin + hit.end()) for hit in _TOKEN.finditer(plain[begin:verb])]
    cut: int | None = None
    for text, start, end in reversed(tokens):
        word = text.lower()
        if word == ";":
            return end
        if word in _CONNECTORS:
            cut = end if text in ",;.:" else start
        elif word in _LEADING or ORDER_NUMBER.fullmatch(text) or text in "()'\"":
            continue
        else:
            break
    return cut


def _one_kind(members: list[_Hit], plain: str) -> tuple[IntentKind, tuple[str, ...]]:
    kinds = list(dict.fromkeys(hit.kind for hit in members))
    acts = [kind for kind in kinds if kind in ACTS]
    asks = [kind for kind in kinds if kind not in ACTS]
    doubts: list[str] = []
    if len(acts) > 1:
        refined = _refined(members, plain)
        if refined is not None:
            return refined, ()
        doubts.append(f"two things in one breath: {' and '.join(acts)}")
    if acts and asks:
        doubts.append("a question about a procedure")
    if acts:
        return acts[0], tuple(doubts)
    return next((kind for kind in asks if kind != "other"), "other"), tuple(doubts)


def _refined(members: list[_Hit], plain: str) -> IntentKind | None:
    """'cancel it and refund me', 'change my order, deliver it to …': one thing, said in two ways."""
    kinds = {hit.kind for hit in members}
    later = plain[members[0].start : members[-1].start] if members else ""
    if re.search(r"\bor\b", later, I):
        return None
    if kinds == {"cancel", "return"} and all(hit.kind != "return" or hit.start > members[0].start for hit in members):
        return "cancel"
    if kinds == {"change_items", "change_address"} and members[0].kind == "change_items":
        return "change_address"
    if kinds == {"change_items", "change_payment"} and members[0].kind == "change_items":
        return "change_payment"
    return None

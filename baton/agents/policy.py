"""The shop's policy: the passages that apply to a message, and the word on every action of a resolution."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from baton.contracts.enquiry import (
    CheckPolicy,
    IntentKind,
    Judgement,
    LookUpPolicy,
    Passage,
    PolicyPassages,
    PolicyVerdict,
)
from baton.contracts.mail import OutgoingMail
from baton.contracts.orders import Action, ActionKind
from baton.contracts.wire import digest_of

from .drafts import stray_recipient, warnings_of
from .rules import RULES, Standing, breach_of, credit_cancelled
from .suspecting import in_order_data, quoted
from .writing import PLACEHOLDER

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_GENERAL = re.compile(r"\b(?:general|generic|who|always|every|identif|verif)", re.IGNORECASE)
_TOPICS: dict[IntentKind, re.Pattern[str]] = {
    "cancel": re.compile(r"\bcancel", re.IGNORECASE),
    "return": re.compile(r"\b(?:return|refund)", re.IGNORECASE),
    "exchange": re.compile(r"\bexchang", re.IGNORECASE),
    "change_address": re.compile(r"\baddress|\b(?:modify|chang\w+) (?:a |the )?(?:pending )?order\b", re.IGNORECASE),
    "change_items": re.compile(r"\bitems?\b|\b(?:modify|chang\w+) (?:a |the )?(?:pending )?order\b", re.IGNORECASE),
    "change_payment": re.compile(r"\bpayment|\b(?:modify|chang\w+) (?:a |the )?(?:pending )?order\b", re.IGNORECASE),
    "order_status": re.compile(r"\b(?:status|tracking|deliver(?:y|ies)|where)\b", re.IGNORECASE),
    "product_question": re.compile(r"\bproducts?\b", re.IGNORECASE),
}


@dataclass(frozen=True)
class Section:
    """One section of the policy's text."""

    title: str
    text: str


def look_up(ask: LookUpPolicy, policy_text: str, source: str) -> PolicyPassages:
    """The sections of a Markdown policy that the kinds of request call for, word for word; the general ones always."""
    topics = [_TOPICS[request.kind] for request in ask.reading.requests if request.kind in _TOPICS]
    applying = [
        section
        for section in sections_of(policy_text)
        if _GENERAL.search(section.title) or any(topic.search(section.title) for topic in topics)
    ]
    return PolicyPassages(
        passages=[Passage(title=section.title, text=section.text) for section in applying],
        source=source,
        version=digest_of(policy_text)[:12],
    )


def sections_of(policy_text: str) -> list[Section]:
    """The sections of a Markdown text that have a heading and something under it."""
    found: list[Section] = []
    title, lines = "", list[str]()
    for line in [*policy_text.splitlines(), "# "]:
        heading = _HEADING.match(line)
        if heading or line == "# ":
            text = "\n".join(lines).strip()
            if title and text:
                found.append(Section(title, text))
            title, lines = (heading[2] if heading else ""), []
        else:
            lines.append(line)
    return found


def check(ask: CheckPolicy, able: Collection[ActionKind] | None = None, policy_text: str = "") -> PolicyVerdict:
    """Every action judged by the rules of today, in order, each with those before it and those done already.

    `able` names what the shop's order system can do; None when it was not asked. What the reply names that is neither a
    fact nor in the policy's text is no breach: it is a warning, for the person who decides.
    """
    standing = Standing(
        customer=ask.customer,
        orders={order.order_id: order for order in ask.orders},
        products={product.product_id: product for product in ask.products},
    )
    for done in ask.done:
        standing.done.setdefault(done.action.order_id, []).append(done.action.kind)
        if done.action.kind == "cancel_order":
            credit_cancelled(done.action.order_id, standing)  # the balance we know is from before
    judgements = [judged(action, standing, able) for action in ask.resolution.actions]
    if ask.edited and _unfinished(ask.resolution.reply):
        judgements.append(_UNFINISHED)
    warnings = warnings_of(ask, policy_text)
    if stray := stray_recipient(ask):
        if ask.edited:
            warnings.append(f"{STRAY}: “{quoted(stray)}”")
        else:
            judgements.append(Judgement(action_id="reply", allowed=False, rule="own correspondent", explanation=STRAY))
    if ask.answers is not None:
        warnings += in_order_data(ask.customer, ask.orders, ask.products)
    return PolicyVerdict(judgements=judgements, version=RULES_VERSION, warnings=list(dict.fromkeys(warnings)))


def judged(action: Action, standing: Standing, able: Collection[ActionKind] | None) -> Judgement:
    """The word on one action, after those that were judged before it; what it would do is then counted in."""
    if able is not None and action.kind not in able:
        return _beyond_the_system(action)
    breach = breach_of(action, standing)
    return Judgement(
        action_id=action.action_id,
        allowed=breach is None,
        rule=breach.rule if breach else "all rules",
        explanation=breach.explanation if breach else "",
    )


STRAY = "the reply would go to an address that is neither the sender's nor on the customer's file"


def _unfinished(reply: OutgoingMail | None) -> bool:
    """Whether a customer would get a mail with our own gap in it, or with nothing in it."""
    return reply is not None and (_GAP.search(f"{reply.subject}\n{reply.body}") is not None or not reply.body.strip())


_GAP = re.compile(r"\[\s*" + r"\s+".join(PLACEHOLDER.strip("[]").split()) + r"\s*\]", re.IGNORECASE)
_UNFINISHED = Judgement(
    action_id="reply",
    allowed=False,
    rule="the reply is unfinished",
    explanation=f"Replace “{PLACEHOLDER}” by what the customer is to read, or close it as handled outside.",
)


def _beyond_the_system(action: Action) -> Judgement:
    return Judgement(
        action_id=action.action_id,
        allowed=False,
        rule="the order system cannot do this",
        explanation=f"The shop's order system has no {action.kind.replace('_', ' ')}: a person does it by hand.",
    )


RULES_VERSION = f"rules-{digest_of(dict(RULES))[:12]}"
"""Changes with the wording of any rule."""

"""Proposes what to do and what to send: all that was asked, or, where any of it is unclear, a hand-over to a person."""

from baton.contracts.enquiry import CheckPolicy, Proposal, ProposeResolution, Refused, Request, Resolution
from baton.contracts.orders import Action, ChangeItems, Customer, ExchangeItems, ReturnItems

from .acting import Acting
from .answering import answer
from .facts import CHOOSE_ORDERS, FIND_CUSTOMER, LOOK_UP_POLICY, READ_ENQUIRY, RECEIVED, Facts, check_order
from .feedback import turned_down, wishes
from .intents import ACTS
from .mailing import answer_to
from .money import money
from .names_of_things import mentions
from .policy import check
from .quoting import take_apart
from .sentences import sentences_of
from .signing import says_who
from .words import words_of
from .writing import Writing

_FIRST = {"change_address": 0, "change_payment": 1}
_CONTRADICTIONS = (
    "one purpose",
    "items once",
    "items of the order",
    "same product",
    "known order",
    "own order",
    "current version",
)


def propose(ask: ProposeResolution) -> Proposal:
    """Actions and reply for everything asked; a hand-over, with the reasons, as soon as one part is unclear."""
    customer = ask.match.customer
    if ask.match.outcome != "one" or customer is None:
        return hand_over(ask, "it is not known who writes")
    unsure = _unclear(ask)
    if unsure:
        return handed_over(ask, unsure)
    facts = Facts(ask)
    know_basics(ask, facts)
    acting = Acting(ask, customer, facts)
    actions: list[tuple[int, Action]] = []
    refused: list[Refused] = []
    answers: list[str] = []
    for at, request in enumerate(ask.reading.requests):
        chosen = ask.choice.chosen[at] if ask.choice else None
        if chosen is not None and request.kind == "product_question":
            answered = answer(request, chosen, ask, customer, facts)
            unsure += [answered.problem] if answered.problem else []
            answers += [answered.text] if answered.text else []
        if chosen is None or request.kind not in ACTS:
            continue
        outcome = acting.act_on(at, request, chosen)
        unsure += outcome.unsure
        refused += outcome.refused
        actions += [(at, action) for action in outcome.actions]
    merged, contradictions = _merged([pair for pair in actions if not already_done(pair[1], ask)])
    unsure += contradictions
    if unsure:
        return handed_over(ask, unsure)
    kept, broken, unclear = _judged(numbered(in_order(merged), ask), ask, customer)
    if unclear:
        return handed_over(ask, unclear)
    kept_actions = [action for _, action in numbered(list(kept), ask)]
    body = Writing(ask, customer, facts).reply(kept_actions, [*refused, *broken], answers)
    return Proposal(
        resolution=Resolution(actions=kept_actions, reply=answer_to(ask.message, ask.replies, body, customer)),
        evidence=facts.evidence,
        remarks=_remarks(ask),
        refused=[*refused, *broken],
    )


def hand_over(ask: ProposeResolution, why: str) -> Proposal:
    """Everything found, nothing proposed: a person decides, with a skeleton of the reply to complete."""
    return handed_over(ask, [why])


def handed_over(ask: ProposeResolution, unsure: list[str]) -> Proposal:
    """Everything found, nothing proposed, for these reasons."""
    facts = Facts(ask)
    know_basics(ask, facts)
    customer = ask.match.customer if ask.match.outcome == "one" else None
    body = Writing(ask, customer, facts).skeleton()
    return Proposal(
        resolution=Resolution(actions=[], reply=answer_to(ask.message, ask.replies, body, customer)),
        evidence=facts.evidence,
        remarks=_remarks(ask),
        unsure=list(dict.fromkeys(unsure)),
    )


def _unclear(ask: ProposeResolution) -> list[str]:
    """What stands in the way before any order is looked at."""
    found = [doubt for request in ask.reading.requests for doubt in request.doubts]
    found += [
        f"a rule cannot answer this: “{_short(request)}”" for request in ask.reading.requests if request.kind == "other"
    ]
    if ask.reading.language != "en":
        found.append("not written in English")
    if not ask.reading.requests:
        found.append("nothing is asked in so many words")
    if ask.choice is None:
        found.append("no order could be chosen")
    else:
        found += [f"still open: {missing}" for missing in ask.choice.missing]
        found += [
            one.why or "no order fits"
            for one in ask.choice.chosen
            if not one.order_ids and ask.reading.requests[one.request].kind in ACTS | {"order_status"}
        ]
    found += _names_of_things(ask)
    found += turned_down(ask)
    return found


def _remarks(ask: ProposeResolution) -> list[str]:
    """Rules cannot follow a wish. The proposal stays, so that it can be edited or approved, and the wish is shown."""
    wished = "; ".join(wishes(ask))
    return [f"the rules cannot follow “{wished}”: edit it yourself, or approve it as it is"] if wished else []


def _names_of_things(ask: ProposeResolution) -> list[str]:
    """'Desk Lamp' alone on the last line looks like a name, and may be one more thing that is asked for."""
    items = [item for order in ask.orders for item in order.items]
    owner = ask.match.customer.name.lower() if ask.match.customer else ""
    parts = [take_apart(text) for text in (ask.message.text, *(reply.message.text for reply in ask.replies))]
    lines = [line for part in parts for line in (*part.signature.split("\n"), *sentences_of(part.fresh))]
    return [
        f"whether “{line.strip()}” is a name or a thing"
        for line in lines
        if says_who(line) and line.strip(" .").lower() != owner and mentions(words_of(line), items)
    ]


def _short(request: Request) -> str:
    return request.words if len(request.words) <= 120 else request.words[:117] + "…"


def already_done(action: Action, ask: ProposeResolution) -> bool:
    """Whether this run did it before."""
    left = {"action_id", "order_version", "summary"}
    for done in ask.done:
        if done.action.kind != action.kind or done.action.order_id != action.order_id:
            continue
        once_only = action.kind not in ("change_address", "change_payment")
        if once_only or done.action.model_dump(exclude=left) == action.model_dump(exclude=left):
            return True
    return False


def _merged(actions: list[tuple[int, Action]]) -> tuple[list[tuple[int, Action]], list[str]]:
    """Items of one order change in one go, so what was asked of them in two sentences is one action."""
    merged: list[tuple[int, Action]] = []
    problems: list[str] = []
    for at, action in actions:
        same = next(
            (
                place
                for place, (_, other) in enumerate(merged)
                if other.kind == action.kind and other.order_id == action.order_id
            ),
            None,
        )
        if same is None:
            merged.append((at, action))
            continue
        first_at, other = merged[same]
        if isinstance(other, ReturnItems) and isinstance(action, ReturnItems) and other.refund_to == action.refund_to:
            merged[same] = (
                first_at,
                other.model_copy(
                    update={
                        "item_ids": [*other.item_ids, *action.item_ids],
                        "summary": f"{other.summary}; {action.summary}",
                    }
                ),
            )
        elif (
            isinstance(other, ExchangeItems | ChangeItems)
            and isinstance(action, ExchangeItems | ChangeItems)
            and other.pay_with == action.pay_with
        ):
            merged[same] = (
                first_at,
                other.model_copy(
                    update={"swaps": [*other.swaps, *action.swaps], "summary": f"{other.summary}; {action.summary}"}
                ),
            )
        elif other.model_dump(exclude={"summary"}) != action.model_dump(exclude={"summary"}):
            problems.append(f"two different things are asked of order {action.order_id}")
    return merged, problems


def in_order(actions: list[tuple[int, Action]]) -> list[tuple[int, Action]]:
    """As asked; on one order the address comes first, then the payment, then the items, which close it for changes."""
    place = {action.order_id: at for at, (_, action) in reversed(list(enumerate(actions)))}
    return sorted(actions, key=lambda pair: (place[pair[1].order_id], _FIRST.get(pair[1].kind, 2)))


def numbered(actions: list[tuple[int, Action]], ask: ProposeResolution) -> list[tuple[int, Action]]:
    """'a1', 'a2' …, going on after what is done: an id is never used for two things that reach the order system."""
    used = [int(done.action.action_id[1:]) for done in ask.done if done.action.action_id[1:].isdigit()]
    first = max(used, default=0) + 1
    return [
        (at, action.model_copy(update={"action_id": f"a{number}"}))
        for number, (at, action) in enumerate(actions, start=first)
    ]


def _judged(
    actions: list[tuple[int, Action]], ask: ProposeResolution, customer: Customer
) -> tuple[list[tuple[int, Action]], list[Refused], list[str]]:
    """What the policy allows, what it forbids, and what shows that the request was misread."""
    verdict = check(
        CheckPolicy(
            resolution=Resolution(actions=[action for _, action in actions]),
            customer=customer,
            orders=ask.orders,
            products=ask.products,
            sender=ask.match.sender,
            done=ask.done,
        )
    )
    kept: list[tuple[int, Action]] = []
    refused: list[Refused] = []
    unclear: list[str] = []
    for (at, action), judgement in zip(actions, verdict.judgements, strict=True):
        if judgement.allowed:
            kept.append((at, action))
        elif judgement.rule in _CONTRADICTIONS:
            unclear.append(f"order {action.order_id}: {judgement.explanation}")
        else:
            refused.append(
                Refused(request=at, rule=judgement.rule, explanation=_about(action.order_id, judgement.explanation))
            )
    return kept, refused, unclear


def _about(order_id: str, explanation: str) -> str:
    if explanation.startswith("the order "):
        return f"order {order_id} {explanation.removeprefix('the order ')}"
    return f"order {order_id}: {explanation}"


def know_basics(ask: ProposeResolution, facts: Facts) -> None:
    """What every proposal rests on: who writes, what is asked, the orders that it is about, the policy."""
    for request in ask.reading.requests:
        facts.know(f"asked: {request.kind.replace('_', ' ')}", _short(request), READ_ENQUIRY)
    if ask.message.subject:
        facts.know("subject", ask.message.subject, RECEIVED)
    if ask.match.outcome == "one" and ask.match.customer is not None:
        facts.know("customer", f"{ask.match.customer.name} ({ask.match.customer.customer_id})", FIND_CUSTOMER)
        facts.know("identified by", ask.match.matched_by, FIND_CUSTOMER)
        facts.know(f"sender {ask.match.sender.status}", ask.match.sender.reason, FIND_CUSTOMER)
    for at, one in enumerate(ask.choice.chosen if ask.choice else []):
        facts.know(f"request {at + 1}", f"{', '.join(one.order_ids) or 'no order'}: {one.why}", CHOOSE_ORDERS)
    chosen = {order_id for one in (ask.choice.chosen if ask.choice else []) for order_id in one.order_ids}
    named = {item_id for one in (ask.choice.chosen if ask.choice else []) for item_id in one.item_ids}
    for order in ask.orders:
        if order.order_id not in chosen:
            continue
        source = check_order(order.order_id)
        facts.know(
            f"order {order.order_id}",
            f"{order.status}, {len(order.items)} items" + (", an old copy" if order.stale_since else ""),
            source,
        )
        for item in order.items:
            if item.item_id in named:
                described = ", ".join(f"{name} {value}" for name, value in item.options.items())
                facts.know(
                    f"item of {order.order_id}",
                    f"{item.name} ({described}), {money(item.price, order.currency)}",
                    source,
                )
    for passage in ask.policy.passages:
        facts.know("policy", passage.title, LOOK_UP_POLICY)

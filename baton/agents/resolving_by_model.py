"""What a model is asked to propose, and what of its answer counts: actions that the policy allows, words from facts.

The same in and out as proposing by rules. A model is asked only where the sender may hear what is on file, and where
nothing in what it would read tries to steer it: else the rules and a person go on without it. It holds no tool and
approves nothing; the lines that a reviewer reads of an action are made here, from orders and products.
"""

import json

from baton.contracts.asking import Question
from baton.contracts.enquiry import Proposal, ProposeResolution, Refused, Resolution
from baton.contracts.orders import Action, ChangeItems, ExchangeItems, Order, ReturnItems

from .facts import FIND_CUSTOMER, LOOK_UP_PRODUCTS, Facts, check_order
from .feedback import told, turned_down, wishes
from .making import Making, described
from .money import money
from .prompting import prompt
from .reading_by_model import is_kept
from .resolved import Resolved
from .resolved_faults import actions_of, customer_of, fresh_words, mail_of, own_orders, product_of
from .resolving import hand_over, handed_over, know_basics, propose
from .rules import RULES
from .suspecting import in_order_data

PROMPT = "resolve_enquiry"

_LONGEST_LINE, _MOST_LINES = 300, 10
"""Of a model's own words beside the reply, which a reviewer reads."""


def needs_no_model(ask: ProposeResolution) -> Proposal | None:
    """The rules' answer where a model is not asked: a person takes over, or it must not hear or read this."""
    if ask.hand_over_because:
        return hand_over(ask, ask.hand_over_because)
    if not Facts(ask).trusted or ask.match.outcome != "one" or ask.match.customer is None:
        return propose(ask)
    steered = ask.reading.warnings or in_order_data(ask.match.customer, ask.orders, ask.products)
    for_a_person = any(is_kept(doubt) for request in ask.reading.requests for doubt in request.doubts)
    stale = any(order.stale_since for order in ask.orders)
    return propose(ask) if steered or for_a_person or stale or turned_down(ask) or not ask.reading.requests else None


def question(ask: ProposeResolution) -> Question[Resolved]:
    """What a model is asked: all that is known at this point, each piece fenced, and nothing of anybody else."""
    customer = customer_of(ask)
    filled = prompt(
        PROMPT,
        {
            "message": fresh_words(ask),
            "requests": as_json([request_shown(at, ask) for at in range(len(ask.reading.requests))]),
            "customer": as_json(customer.model_dump(mode="json", exclude={"order_ids"})),
            "orders": as_json([order_shown(order) for order in own_orders(ask)]),
            "products": as_json([product.model_dump(mode="json") for product in ask.products]),
            "done": "\n".join(done.statement for done in ask.done),
            "said_since": "\n".join(told(ask)),
        },
        {
            "language": ask.reading.language,
            "policy": "\n\n".join(f"{each.title}: {each.text}" for each in ask.policy.passages),
            "rules": RULES,
            "wishes": wishes(ask),
        },
    )
    return Question(filled.used, filled.instructions, filled.material, Resolved)


def proposal_of(ask: ProposeResolution, answer: Resolved) -> Proposal:
    """The proposal that an answer without faults stands for; unsure: a hand-over, and nothing of its draft is kept."""
    unsure = _lines(answer.unsure)
    if unsure:
        return handed_over(ask, unsure)
    facts = Facts(ask)
    know_basics(ask, facts)
    actions = [action for _, action in actions_of(ask, answer)]
    for action in actions:
        _know(action, ask, facts)
    doubts = [doubt for request in ask.reading.requests for doubt in request.doubts]
    return Proposal(
        resolution=Resolution(actions=actions, reply=mail_of(ask, answer.reply)),
        evidence=facts.evidence,
        refused=[
            Refused(request=each.request, rule=each.rule, explanation=_line(each.explanation))
            for each in answer.not_possible
        ],
        remarks=[f"doubtful to who read it: {doubt}" for doubt in dict.fromkeys(doubts)],
    )


# ── what it is given ─────────────────────────────────────────────────────────────────────────────────────────────────


def request_shown(at: int, ask: ProposeResolution) -> dict[str, object]:
    """One request that was read, with the orders that it is about."""
    request = ask.reading.requests[at]
    chosen = next((one for one in ask.choice.chosen if one.request == at), None) if ask.choice else None
    return {
        "request": at,
        "kind": request.kind,
        "words": request.words,
        "context": request.context,
        "doubts": request.doubts,
        "orders": chosen.order_ids if chosen else [],
        "why": chosen.why if chosen else "",
    }


def order_shown(order: Order) -> dict[str, object]:
    """What a model needs to know of an order."""
    shown = order.model_dump(mode="json", exclude={"version", "customer_id", "stale_since"})
    return {name: value for name, value in shown.items() if value not in (None, [], "")}


def as_json(value: object) -> str:
    """As a model is shown it."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def _know(action: Action, ask: ProposeResolution, facts: Facts) -> None:
    """What an action rests on, for the reviewer."""
    order = next(order for order in ask.orders if order.order_id == action.order_id)
    source = check_order(order.order_id)
    facts.know(f"order {order.order_id}", f"{order.status}, {len(order.items)} items", source)
    items = {item.item_id: item for item in order.items}
    if isinstance(action, ReturnItems):
        for item_id in action.item_ids:
            item = items[item_id]
            shown = f"{item.name} ({described(item.options)}), {money(item.price, order.currency)}"
            facts.know(f"item of {order.order_id}", shown, source)
    if isinstance(action, ExchangeItems | ChangeItems):
        for swap in action.swaps:
            item = items[swap.item_id]
            product = product_of(ask, item.product_id)
            new = next(one for one in product.variants if one.item_id == swap.new_item_id) if product else None
            facts.know(f"{item.name} ordered", described(item.options), source)
            if new is not None:
                offered = f"{described(new.options)}, {money(new.price, order.currency)}, available"
                facts.know(f"{item.name} wanted", offered, LOOK_UP_PRODUCTS)
    method = action.refund_to if isinstance(action, ReturnItems) else getattr(action, "pay_with", "")
    facts.know("payment method", Making(customer_of(ask), ask.products).label(method), FIND_CUSTOMER)


def _lines(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(_line(text) for text in texts if text.strip()))[:_MOST_LINES]


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_LINE]

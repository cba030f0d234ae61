"""What of a model's answer to an enquiry does not hold: against the customer's orders, the policy, and the facts."""

from collections.abc import Iterator

from baton.contracts.enquiry import Answered, CheckPolicy, ProposeResolution, Resolution
from baton.contracts.mail import OutgoingMail
from baton.contracts.orders import Action, Address, Customer, Order, Product, Swap

from .drafts import warnings_of
from .intents import ACTS, FITTING
from .left_out import is_left_out, was_left_out
from .letters import plain, stands_in
from .mailing import answer_to
from .making import Making
from .policy import check
from .quoting import take_apart
from .resolved import ActionWanted, AddressWanted, Resolved
from .resolving import already_done, in_order, numbered
from .rules import DELIVERED_STATUS, RULES
from .writing import PLACEHOLDER

_SWAPPING = ("exchange_items", "change_items")


def faults_in(ask: ProposeResolution, answer: Resolved) -> list[str]:
    """What of an answer does not hold against the facts and the policy, a line each, in words for the model."""
    found = list(_faults_of_refusals(ask, answer))
    if answer.unsure:
        return found
    wanted = [fault for at, action in enumerate(answer.actions) for fault in _faults(f"actions[{at}]", action, ask)]
    if wanted:
        return [*found, *wanted]
    actions = actions_of(ask, answer)
    verdict = check(_to_check(ask, actions, answer.reply))
    found += [
        f"order {action.order_id}, {action.kind}: {judged.rule}: {judged.explanation}; leave it out, and name it in "
        "not_possible and in the reply"
        for (_, action), judged in zip(actions, verdict.judgements, strict=True)
        if not judged.allowed
    ]
    found += [
        f"order {action.order_id}, {action.kind}: a person did without it; leave it out, also of the reply"
        for _, action in actions
        if was_left_out(action, ask)
    ]
    dealt_with = {each.request for each in answer.actions} | {each.request for each in answer.not_possible}
    found += [
        f"requests[{at}] is neither done nor not possible; where it is not clear, say so in unsure"
        for at, request in enumerate(ask.reading.requests)
        if request.kind in ACTS and at not in dealt_with and not is_left_out(at, ask)
    ]
    return [*found, *_faults_of_reply(ask, actions, answer.reply)]


def customer_of(ask: ProposeResolution) -> Customer:
    """Who writes; it is known where a model is asked."""
    assert ask.match.customer is not None  # else nobody is asked
    return ask.match.customer


def own_orders(ask: ProposeResolution) -> list[Order]:
    """Their orders and nobody else's."""
    return [order for order in ask.orders if order.customer_id == customer_of(ask).customer_id]


def fresh_words(ask: ProposeResolution) -> str:
    """What they wrote, newest last, without what they quote."""
    texts = [ask.message.text, *(reply.message.text for reply in ask.replies)]
    return "\n\n".join([ask.message.subject, *(take_apart(text).fresh for text in texts)]).strip()


def _faults(where: str, action: ActionWanted, ask: ProposeResolution) -> Iterator[str]:
    requests = ask.reading.requests
    if not 0 <= action.request < len(requests):
        yield f"{where}.request: there is no request {action.request}"
        return
    kind = requests[action.request].kind
    if action.kind not in FITTING.get(kind, ()):
        yield f"{where}.kind: a request of the kind {kind} does not come to {action.kind}"
    order = next((each for each in own_orders(ask) if each.order_id == action.order_id), None)
    if order is None:
        yield f"{where}.order_id: “{action.order_id[:60]}” is none of this customer's orders"
        return
    chosen = (
        next((one.order_ids for one in ask.choice.chosen if one.request == action.request), []) if ask.choice else []
    )
    if chosen and order.order_id not in chosen:
        yield f"{where}.order_id: request {action.request} is about {', '.join(chosen)}"
    if action.kind == "cancel_order" and action.reason is None:
        yield f"{where}.reason: a cancellation needs one; where they give none, say so in unsure"
    if action.kind == "return_items" or action.kind in _SWAPPING or action.kind == "change_payment":
        known = [method.method_id for method in customer_of(ask).payment_methods]
        if action.method_id not in known:
            yield f"{where}.method_id: one of {', '.join(known) or 'none on file'}"
    if action.kind == "return_items" and not action.item_ids:
        yield f"{where}.item_ids: which items come back"
    if action.kind in _SWAPPING:
        yield from _faults_of_swaps(where, action, order, ask)
    if action.kind == "change_address":
        yield from _faults_of_address(where, action.address, ask)


def _faults_of_swaps(where: str, action: ActionWanted, order: Order, ask: ProposeResolution) -> Iterator[str]:
    expected = "exchange_items" if order.status.lower() == DELIVERED_STATUS else "change_items"
    if action.kind != expected:
        yield f"{where}.kind: order {order.order_id} is {order.status}: {expected}"
    if not action.swaps:
        yield f"{where}.swaps: which item for which"
    for swap in action.swaps:
        item = next((item for item in order.items if item.item_id == swap.item_id), None)
        product = product_of(ask, item.product_id) if item else None
        if item is None:
            yield f"{where}.swaps: item “{swap.item_id[:60]}” is not in order {order.order_id}"
        elif product is None or all(one.item_id != swap.new_item_id for one in product.variants):
            yield f"{where}.swaps: “{swap.new_item_id[:60]}” is no variant of {item.name} that is known here"


def _faults_of_address(where: str, address: AddressWanted | None, ask: ProposeResolution) -> Iterator[str]:
    """Each part stands in what the customer wrote now, or in an address of theirs on file."""
    if address is None:
        yield f"{where}.address: where it is to go"
        return
    on_file = [customer_of(ask).address, *(order.address for order in own_orders(ask))]
    filed = "\n".join(part for one in on_file if one for part in one.model_dump().values())
    known = plain(f"{fresh_words(ask)}\n{filed}")
    for name, part in address.model_dump().items():
        if part and not stands_in(plain(part).strip(), known):
            yield f"{where}.address.{name}: “{part[:80]}” is neither in the message nor on file; copy it"


def _faults_of_refusals(ask: ProposeResolution, answer: Resolved) -> Iterator[str]:
    for at, each in enumerate(answer.not_possible):
        if not 0 <= each.request < len(ask.reading.requests):
            yield f"not_possible[{at}].request: there is no request {each.request}"
        if each.rule not in RULES:
            yield f"not_possible[{at}].rule: “{each.rule[:60]}” is none of the rules"


def _faults_of_reply(ask: ProposeResolution, actions: list[tuple[int, Action]], reply: str) -> Iterator[str]:
    if not reply.strip():
        yield "reply: it is empty"
    if PLACEHOLDER in reply:
        yield "reply: it is not finished; where you cannot finish it, say so in unsure"
    passages = "\n".join(passage.text for passage in ask.policy.passages)
    for each in warnings_of(_to_check(ask, actions, reply), passages):
        yield f"reply: {each}; leave it out, or say what is in the facts"


def actions_of(ask: ProposeResolution, answer: Resolved) -> list[tuple[int, Action]]:
    """The actions of an answer without faults, each with its request, numbered and in the order of doing."""
    making = Making(customer_of(ask), ask.products)
    made = [(each.request, _action(each, ask, making)) for each in answer.actions]
    return numbered(in_order([pair for pair in made if not already_done(pair[1], ask)]), ask)


def _action(wanted: ActionWanted, ask: ProposeResolution, making: Making) -> Action:
    order = next(order for order in own_orders(ask) if order.order_id == wanted.order_id)
    method = wanted.method_id or ""
    match wanted.kind:
        case "cancel_order":
            return making.cancel(order, wanted.reason or "")
        case "return_items":
            return making.take_back(order, wanted.item_ids, method)
        case "exchange_items" | "change_items":
            swaps = [Swap(item_id=each.item_id, new_item_id=each.new_item_id) for each in wanted.swaps]
            return making.swap(order, swaps, method)
        case "change_address":
            assert wanted.address is not None  # one of its faults
            return making.send(order, Address(**wanted.address.model_dump()))
        case "change_payment":
            return making.move_payment(order, method)


def _to_check(ask: ProposeResolution, actions: list[tuple[int, Action]], reply: str) -> CheckPolicy:
    """As the policy check will see it."""
    return CheckPolicy(
        resolution=Resolution(actions=[action for _, action in actions], reply=mail_of(ask, reply)),
        customer=customer_of(ask),
        orders=ask.orders,
        products=ask.products,
        sender=ask.match.sender,
        done=ask.done,
        answers=Answered(
            from_address=ask.message.from_address, subject=ask.message.subject, signature=ask.signature, trusted=True
        ),
        message=ask.message,
        replies=ask.replies,
    )


def mail_of(ask: ProposeResolution, reply: str) -> OutgoingMail | None:
    """The reply to whoever wrote, signed."""
    return answer_to(ask.message, ask.replies, f"{reply.strip()}\n\n{ask.signature}", customer_of(ask))


def product_of(ask: ProposeResolution, product_id: str) -> Product | None:
    """A product that was looked up."""
    return next((product for product in ask.products if product.product_id == product_id), None)

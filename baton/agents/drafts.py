"""What a drafted mail says that no fact says: links, addresses, amounts and numbers, whoever or whatever drafted it.

A fact is what the systems know of this customer, what the actions come to, and what the shop itself wrote (its policy,
its signature). The customer's words are none: an account number or a link does not become true by being written to us.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from baton.contracts.enquiry import AskCustomer, CheckPolicy, Question
from baton.contracts.mail import OutgoingMail
from baton.contracts.orders import (
    Action,
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ExchangeItems,
    Order,
    Product,
    ReturnItems,
)

from .checkable import ALSO_OF_A_CUSTOMER, TO_FOLLOW, Found, Key, Kind, Named, found_in, looked_through, told_in
from .facts import Said
from .letters import evened
from .links import email_of
from .long_numbers import digits_of, number_of
from .mailboxes import folded, the_mailbox
from .mailing import answering_subject
from .money import paid
from .order_numbers import order_key, order_numbers, same_order
from .places import place_of, place_on_file
from .suspecting import disguises, quoted
from .words import forms_of

MOST_FINDINGS = 8


@dataclass(frozen=True)
class Grounds:
    """What a draft may name. `subject`: of the thread that it answers; `names`: what methods and options are called."""

    subject: str = ""
    told: Named = frozenset()
    ids: frozenset[str] = frozenset()
    order_ids: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def hold(self, each: Found) -> bool:
        """Whether a fact says it. A day or a time is nothing to pay into, to call or to follow."""
        in_a_place = each.kind is Kind.PLACE and any(str(each.key) in place for place in self.places)
        return each.kind is Kind.MOMENT or in_a_place or each.named in self.told

    def hold_order(self, number: str) -> bool:
        """Whether it is the number of one of these orders."""
        return order_key(number) in self.ids or any(same_order(number, one) for one in self.order_ids)


def ungrounded(draft: OutgoingMail, facts: Grounds) -> list[str]:
    """What the draft names that is in no fact, a line each with its words. What is said in words is not understood."""
    subject = "" if draft.subject == facts.subject else draft.subject
    text = f"{subject}\n{draft.body}"
    named, rest = looked_through(text, ALSO_OF_A_CUSTOMER, facts.names)
    stray = [(str(each.kind), each.words) for each in named if not facts.hold(each)]
    stray += [("an order", number) for number in order_numbers(rest) if not facts.hold_order(number)]
    found = [
        *(f"the draft has {what}" for what in disguises(text)),
        *(f"the draft names {what} that is in no fact: “{quoted(words)}”" for what, words in stray),
    ]
    return list(dict.fromkeys(found))[:MOST_FINDINGS]


def warnings_of(ask: CheckPolicy, policy_text: str) -> list[str]:
    """What a reviewer should know of the drafted reply; nothing where it is not told what the reply answers."""
    draft = ask.resolution.reply
    if draft is None or ask.answers is None:
        return []
    return [*ungrounded(draft, grounds_of(ask, policy_text)), *_told_too_much(draft, ask)][:MOST_FINDINGS]


def with_warnings(question: Question, ask: AskCustomer) -> Question:
    """The question with what in it comes from no fact: it is sent before anything is known for sure."""
    if question.mail is None:
        return question
    texts = [ask.message.text, ask.message.subject, *(reply.message.text for reply in ask.replies)]
    written = tuple(number for text in texts for number in order_numbers(text))
    own = Grounds(
        subject=answering_subject(ask.message.subject),
        order_ids=written,
        told=frozenset((Kind.NUMBER, number_of(one)) for one in written),
    )
    found = ungrounded(question.mail, _with_own_words(own, [ask.signature]))
    return question.model_copy(update={"warnings": list(dict.fromkeys([*question.warnings, *found]))[:MOST_FINDINGS]})


def stray_recipient(ask: CheckPolicy) -> str:
    """The address that a drafted reply would go to, where it is neither the sender's nor on the customer's file."""
    draft = ask.resolution.reply
    if draft is None or ask.answers is None:
        return ""
    known = [the_mailbox(ask.answers.from_address) or "", *(ask.customer.emails if ask.customer else [])]
    return "" if folded(draft.to) in {folded(one) for one in known if one} else draft.to


def grounds_of(ask: CheckPolicy, policy_text: str) -> Grounds:
    """The facts of one enquiry."""
    customer, answers = ask.customer, ask.answers
    changed = [each for each in _actions(ask) if isinstance(each, ChangeAddress)]
    places = [order.address for order in ask.orders] + [each.address for each in changed]
    tracking = [one for order in ask.orders for parcel in order.parcels for one in parcel.tracking_ids]
    methods = customer.payment_methods if customer else []
    order_ids = [*(order.order_id for order in ask.orders), *(customer.order_ids if customer else [])]
    ids = [
        *order_ids,
        *tracking,
        *([customer.customer_id] if customer else []),
        *(method.method_id for method in methods),
        *(item.item_id for order in ask.orders for item in order.items),
        *(variant.item_id for product in ask.products for variant in product.variants),
    ]
    emails = [*(customer.emails if customer else []), the_mailbox(answers.from_address if answers else None) or ""]
    told: set[tuple[Kind, Key]] = {
        *told_in(tracking, (Kind.LINK,)),
        *((Kind.NUMBER, number_of(one)) for one in ids),
        *((Kind.CODE, order_key(one)) for one in ids),
        *((Kind.EMAIL, email_of(one)) for one in emails),
        *((Kind.AMOUNT, amount) for amount in _amounts(ask)),
        *((Kind.CARD, digits) for method in methods for digits in re.findall(r"(?<!\d)\d{4}(?!\d)", method.label)),
    }
    own = Grounds(
        subject=answering_subject(answers.subject if answers else ""),
        told=frozenset(told),
        ids=frozenset(map(order_key, ids)),
        order_ids=tuple(order_ids),
        places=tuple(place_on_file(each) for each in [*places, customer.address if customer else None] if each),
        names=tuple(_names_with_figures(ask)),
    )
    return _with_own_words(own, [policy_text, answers.signature if answers else ""])


def _with_own_words(facts: Grounds, texts: Sequence[str]) -> Grounds:
    """The facts with what the shop itself wrote."""
    told = facts.told | told_in(texts, ALSO_OF_A_CUSTOMER)
    return replace(facts, told=told, places=(*facts.places, *(place_of(evened(text)) for text in texts)))


def _names_with_figures(ask: CheckPolicy) -> Iterator[str]:
    """Labels and options that would be taken for an amount, a share or a card, as 'Visa ending 6602'."""
    options = [
        *(item.options for order in ask.orders for item in order.items),
        *(variant.options for product in ask.products for variant in product.variants),
    ]
    names = [
        *(method.label for method in (ask.customer.payment_methods if ask.customer else [])),
        *(item.name for order in ask.orders for item in order.items),
        *(value for each in options for value in each.values()),
    ]
    for name in dict.fromkeys(names):
        kinds = {each.kind for each in found_in(name, ALSO_OF_A_CUSTOMER)}
        if kinds and kinds <= {Kind.MOMENT, Kind.AMOUNT, Kind.SHARE, Kind.CARD}:
            yield name


def _amounts(ask: CheckPolicy) -> Iterator[Decimal]:
    """Prices, payments, what they add up to, and what each action and all of them together move."""
    orders = {order.order_id: order for order in ask.orders}
    for order in orders.values():
        yield from (item.price for item in order.items)
        yield from (payment.amount for payment in order.payments)
        yield paid([item.price for item in order.items])
        yield _left_to_refund(order)
        variants = {each.product_id: each.variants for each in ask.products}
        yield from (abs(one.price - item.price) for item in order.items for one in variants.get(item.product_id, []))
    yield from (variant.price for product in ask.products for variant in product.variants)
    yield from (
        one.balance for one in (ask.customer.payment_methods if ask.customer else []) if one.balance is not None
    )
    moved = [
        _moved(action, orders[action.order_id], ask.products) for action in _actions(ask) if action.order_id in orders
    ]
    yield from map(abs, moved)
    yield abs(paid(moved))


def _actions(ask: CheckPolicy) -> list[Action]:
    return [*ask.resolution.actions, *(each.action for each in ask.done)]


def _moved(action: Action, order: Order, products: Iterable[Product]) -> Decimal:
    """What the customer gets back by an action; less than nothing where they pay."""
    prices = {item.item_id: item.price for item in order.items}
    if isinstance(action, CancelOrder):
        return _left_to_refund(order)
    if isinstance(action, ReturnItems):
        return paid([prices.get(item_id, Decimal(0)) for item_id in action.item_ids])
    if isinstance(action, ExchangeItems | ChangeItems):
        wanted = {one.item_id: one.price for product in products for one in product.variants}
        return paid(
            [
                prices[swap.item_id] - wanted[swap.new_item_id]
                for swap in action.swaps
                if swap.item_id in prices and swap.new_item_id in wanted
            ]
        )
    return Decimal(0)


def _left_to_refund(order: Order) -> Decimal:
    return paid([each.amount if each.kind == "payment" else -each.amount for each in order.payments])


def _told_too_much(draft: OutgoingMail, ask: CheckPolicy) -> list[str]:
    """What the draft tells from the file to a sender who is not verified and did not write it themselves."""
    if ask.answers is None or ask.answers.trusted or ask.message is None or ask.customer is None:
        return []
    said = Said(ask.message, ask.replies)
    body = draft.body
    words = f" {' '.join(forms_of(body))} "
    addresses = [ask.customer.address, *(order.address for order in ask.orders)]
    on_file = [
        *ask.customer.emails,
        *(address.address1 for address in addresses if address),
        *(method.label for method in ask.customer.payment_methods if digits_of(method.label)),  # not 'Gift card'
        *(item.name for order in ask.orders for item in order.items),
    ]
    told = [value for value in on_file if f" {' '.join(forms_of(value))} " in words]
    names = (ask.customer.first_name, ask.customer.last_name)
    told += [one for one in names if one and re.search(rf"\b{re.escape(one)}\b", body)]
    told += [number for number in order_numbers(body) if order_key(number)]
    told += [each.words for each in found_in(body, TO_FOLLOW) if each.kind in (Kind.AMOUNT, Kind.NUMBER)]
    kept = dict.fromkeys(one.strip() for one in told if not said.holds(one))
    return [f"the sender is not verified, and the draft tells what they did not write: “{quoted(one)}”" for one in kept]

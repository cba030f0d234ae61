"""What a drafted mail says that no fact says: links, addresses, amounts and numbers, whoever or whatever drafted it.

A fact is what the systems know of this customer, what the actions come to, and what the shop itself wrote (its policy,
its signature). The customer's words are none: an account number or a link does not become true by being written to us.
"""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from baton.contracts.enquiry import AskCustomer, CheckPolicy, Question
from baton.contracts.mail import OutgoingMail
from baton.contracts.orders import (
    Action,
    Address,
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ExchangeItems,
    Order,
    Product,
    ReturnItems,
)

from .checkable import AMOUNT, CODE, DATE, EMAIL, LINK, MARKS, NUMBER, amount_of, digits_of, email_of, link_of
from .facts import Said
from .mailboxes import folded, the_mailbox
from .mailing import answering_subject
from .money import paid
from .order_numbers import order_key, order_numbers, same_order
from .suspecting import disguises, quoted
from .words import forms_of

I = re.IGNORECASE  # noqa: E741 - the flag of most patterns here

_SHARE = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?\s?(?:%|per ?cent\b)", I)
_ENDING = re.compile(
    r"\b(?:ending|ends|last (?:four|4)(?: digits)?)(?:\s+(?:in|on|with|are|is)){0,2}\s*:?\s*(?P<digits>\d{4})\b", I
)
_STREET = re.compile(
    r"\b\d{1,5}[A-Za-z]?,?\s+(?:[A-ZÀ-Þ][\w'’.-]*\s+){1,4}(?i:street|st|road|rd|avenue|ave|drive|lane|way|close|crescent|boulevard|place|court|terrace|straat|weg|laan|singel)\b"
    r"|\b(?i:p\.?\s?o\.?\s?box|posbus)\s+\d+\b|\b[A-ZÀ-Þ][\w'’-]*(?:straat|weg|laan|straße|strasse)\s+\d{1,5}\b|\b(?:[Rr]ue|[Vv]ia|[Cc]alle|[Rr]ua)\s+(?:\w+\s+){1,3}\d{1,5}\b"
)
MOST_FINDINGS = 8


@dataclass(frozen=True)
class Grounds:
    """What a draft may name. `subject`: of the thread that it answers; `names`: what methods and options are called."""

    subject: str = ""
    links: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    amounts: frozenset[Decimal] = frozenset()
    shares: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    order_ids: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def ungrounded(draft: OutgoingMail, facts: Grounds) -> list[str]:
    """What the draft names that is in no fact, a line each with its words. What is said in words is not understood."""
    subject = "" if draft.subject == facts.subject else draft.subject
    rest = f"{subject}\n{draft.body}"
    found = [f"the draft has {what}" for what in disguises(rest)]

    def take(pattern: re.Pattern[str], what: str, known: Callable[[re.Match[str]], bool]) -> None:
        nonlocal rest
        found.extend(f"the draft names {what} that is in no fact: “{quoted(hit[0].rstrip(MARKS))}”" for hit in pattern.finditer(rest) if not known(hit))  # fmt: skip
        rest = pattern.sub(" ; ", rest)

    take(EMAIL, "an e-mail address", lambda hit: email_of(hit[0]) in facts.emails)
    take(LINK, "a link", lambda hit: link_of(hit[0]) in facts.links)
    rest = DATE.sub(" ; ", rest)
    for name in sorted(facts.names, key=len, reverse=True):
        rest = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ; ", rest, flags=I)
    take(AMOUNT, "an amount", lambda hit: amount_of(hit) in facts.amounts)
    take(_SHARE, "a share", lambda hit: _squeezed(hit[0]) in facts.shares)
    take(_STREET, "an address", lambda hit: any(f" {' '.join(forms_of(hit[0]))} " in place for place in facts.places))
    take(_ENDING, "a card", lambda hit: any(hit["digits"] in name for name in facts.names))
    take(CODE, "a code", lambda hit: order_key(hit[0]) in facts.numbers)
    take(NUMBER, "a number", lambda hit: digits_of(hit[0]) in facts.numbers)
    found += [
        f"the draft names an order that is in no fact: “{quoted(number)}”"
        for number in order_numbers(rest)
        if order_key(number) not in facts.numbers and not any(same_order(number, one) for one in facts.order_ids)
    ]
    return list(dict.fromkeys(found))[:MOST_FINDINGS]


def warnings_of(ask: CheckPolicy, policy_text: str) -> list[str]:
    """What a reviewer should know of the drafted reply; nothing where it is not told what the reply answers."""
    draft = ask.resolution.reply
    if draft is None or ask.answers is None:
        return []
    return [*ungrounded(draft, grounds_of(ask, policy_text)), *_told_too_much(draft, ask)][:MOST_FINDINGS]


def with_warnings(question: Question, ask: AskCustomer) -> Question:
    """The question with what in it comes from no fact, whoever wrote it: it is sent before anything is known for sure."""
    if question.mail is None:
        return question
    texts = [ask.message.text, ask.message.subject, *(reply.message.text for reply in ask.replies)]
    written = tuple(number for text in texts for number in order_numbers(text))
    own = Grounds(
        subject=answering_subject(ask.message.subject),
        order_ids=written,
        numbers=frozenset(map(digits_of, written)),
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
    own = Grounds(
        subject=answering_subject(answers.subject if answers else ""),
        links=frozenset(link_of(hit[0]) for one in tracking for hit in LINK.finditer(one)),
        emails=frozenset(
            one.lower()
            for one in [
                *(customer.emails if customer else []),
                the_mailbox(answers.from_address if answers else None) or "",
            ]
        ),
        amounts=frozenset(_amounts(ask)),
        numbers=frozenset({*map(digits_of, ids), *map(order_key, ids)}),
        order_ids=tuple(order_ids),
        places=tuple(_place(each) for each in [*places, customer.address if customer else None] if each),
        names=tuple(_names_with_figures(ask)),
    )
    return _with_own_words(own, [policy_text, answers.signature if answers else ""])


def _with_own_words(facts: Grounds, texts: Sequence[str]) -> Grounds:
    text = "\n".join(texts)
    return Grounds(
        subject=facts.subject,
        links=facts.links | {link_of(hit[0]) for hit in LINK.finditer(EMAIL.sub(" ", text))},
        emails=facts.emails | {hit[0].lower() for hit in EMAIL.finditer(text)},
        amounts=facts.amounts | {amount_of(hit) for hit in AMOUNT.finditer(text)},
        shares=facts.shares | {_squeezed(hit[0]) for hit in _SHARE.finditer(text)},
        numbers=facts.numbers | {digits_of(hit[0]) for hit in NUMBER.finditer(text)},
        order_ids=facts.order_ids,
        places=(*facts.places, f" {' '.join(forms_of(text))} "),
        names=facts.names,
    )


def _names_with_figures(ask: CheckPolicy) -> Iterator[str]:
    """Labels and options that would be taken for an amount, a share or a card, as '1.25 lb' and 'Visa ending 6602'."""
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
        plain = not any(pattern.search(name) for pattern in (LINK, EMAIL, NUMBER))
        if plain and any(pattern.search(name) for pattern in (AMOUNT, _SHARE, _ENDING)):
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
    told += [one for one in (ask.customer.first_name, ask.customer.last_name) if one and re.search(rf"\b{re.escape(one)}\b", body)]  # fmt: skip
    told += [number for number in order_numbers(body) if order_key(number)]
    told += [hit[0] for pattern in (AMOUNT, NUMBER) for hit in pattern.finditer(body)]
    kept = dict.fromkeys(one.strip() for one in told if not said.holds(one))
    return [f"the sender is not verified, and the draft tells what they did not write: “{quoted(one)}”" for one in kept]


def _place(address: Address) -> str:
    parts = (address.address1, address.address2, address.city, address.state, address.country, address.postcode)
    return f" {' '.join(form for part in parts for form in forms_of(part))} "


def _squeezed(text: str) -> str:
    return re.sub(r"\s|per ?cent", lambda hit: "" if hit[0].isspace() else "%", text.lower())

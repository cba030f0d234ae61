"""Answers a question about a product of the customer's orders: its variants, whether one can be had, its price."""

import re
from dataclasses import dataclass

from baton.contracts.enquiry import Chosen, ProposeResolution, Request
from baton.contracts.orders import Customer, Product, Variant

from .facts import LOOK_UP_PRODUCTS, Facts
from .grounding import bare_words
from .money import money
from .names_of_things import mentions
from .options import hear, options_of
from .vocabulary import I
from .words import listed, words_of

_HOW_MANY = re.compile(r"\bhow many\b", I)
_PRICE = re.compile(r"\b(?:price|cost|how much)\b", I)
_AVAILABLE = re.compile(r"\b(?:available|availability|in stock|do you (?:have|stock|sell)|come in|got)\b", I)
_COMPARED = re.compile(
    r"\b(?:cheap\w*|expensive|best|recommend|better|differ\w*|compare|compatible|suit\w*|which)\b", I
)


@dataclass(frozen=True)
class Answer:
    """One sentence for the reply, or why the rules have none."""

    text: str = ""
    problem: str = ""


def answer(request: Request, chosen: Chosen, ask: ProposeResolution, customer: Customer, facts: Facts) -> Answer:
    """What is known of the one product that the question names; anything beyond numbers and options is for a person."""
    unsure = Answer(problem=f"a rule cannot answer this: “{request.words}”")
    products = _named(request, chosen, ask, customer)
    if len(products) != 1 or _COMPARED.search(request.words):
        return unsure
    product = products[0]
    heard = hear(words_of(bare_words(request.words, customer)), options_of(product))
    if heard.unclear or heard.contradictions:
        return unsure
    wanted = heard.values()
    fitting = [one for one in product.variants if all(one.options.get(key) == value for key, value in wanted.items())]
    available = [one for one in fitting if one.available]
    described = listed(f"{key} {value}" for key, value in wanted.items())
    name = f"{product.name}{f' with {described}' if described else ''}"
    if _HOW_MANY.search(request.words) and _AVAILABLE.search(request.words):
        facts.know(f"{name}: variants available", str(len(available)), LOOK_UP_PRODUCTS)
        return _told(
            f"There are {len(available)} variants of the {name} available now.", facts, product, str(len(available))
        )
    if wanted and (_AVAILABLE.search(request.words) or _PRICE.search(request.words)):
        return _stock(name, fitting, ask, facts, product)
    return unsure


def _named(request: Request, chosen: Chosen, ask: ProposeResolution, customer: Customer) -> list[Product]:
    words = words_of(bare_words(request.words, customer))
    items = [
        item
        for order in ask.orders
        if order.order_id in chosen.order_ids or not chosen.order_ids
        for item in order.items
    ]
    named = {product for mention in mentions(words, items) for product in mention.products}
    return [product for product in ask.products if product.product_id in named] if len(named) == 1 else []


def _stock(name: str, fitting: list[Variant], ask: ProposeResolution, facts: Facts, product: Product) -> Answer:
    available = [one for one in fitting if one.available]
    if not fitting:
        facts.know(name, "no such variant", LOOK_UP_PRODUCTS)
        return _told(f"We do not have the {name}.", facts, product)
    if not available:
        facts.know(name, "not available", LOOK_UP_PRODUCTS)
        return _told(f"The {name} is not available now.", facts, product)
    prices = sorted({one.price for one in available})
    shown = [money(price, _currency(ask)) for price in prices]
    told = shown[0] if len(shown) == 1 else f"{shown[0]} to {shown[-1]}"
    facts.know(name, f"available, {told}", LOOK_UP_PRODUCTS)
    return _told(f"The {name} is available now, at {told}.", facts, product, told)


def _told(text: str, facts: Facts, product: Product, *values: str) -> Answer:
    """Where the sender may not hear a fact, not even half of the answer is given."""
    if facts.trusted or all(facts.may_tell(value) for value in (product.name, *values)):
        return Answer(text)
    return Answer("You find the variants, their availability and their prices in our shop.")


def _currency(ask: ProposeResolution) -> str:
    return next((order.currency for order in ask.orders if order.currency), "")

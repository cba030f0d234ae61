"""Which of a customer's payment methods their words mean."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re
from dataclasses import dataclass

from baton.contracts.orders import Customer, Order, PaymentMethod

from .vocabulary import MONEY_CONDITION, I

_LEAD = (
    r"(?:\b(?:via|to|with|using|by|through|onto|on|use|into|in|refund(?:ed|s)?|pay(?:ing)?|paid|the|my|a|an|of|for|it|them|be|money|back|difference|"
    r"price|any|all|both|payments?|charges?|cover|costs?|possible|method|orders?|prefer|i|i'd|would|like|want|and|please|should|go|can|you|put|credit|"
    r"made|or|bill|just|then|settle|deduct|from|kindly|pls|same|difference in price|extra|additional|new|single|other|instead)\b[\s,]{0,3}){0,14}"
)
_KINDS: list[tuple[str, re.Pattern[str]]] = [
    ("gift_card", re.compile(r"\b(?:gift[ _-]?(?:card|voucher)s?|giftcard|store credit)\b", I)),
    ("paypal", re.compile(r"\bpay ?pal\b", I)),
    ("eft", re.compile(r"\b(?:eft|bank transfer|bank account)\b", I)),
    (
        "credit_card",
        re.compile(
            r"\b(?:credit|debit|visa|mastercard|master card|amex|american express)(?:[ _-]cards?)?\b|\b(?<!gift )(?<!sd )(?<!cf )(?<!memory )(?<!business )card\b",
            I,
        ),
    ),
]
_BRANDS = {
    "visa": "visa",
    "mastercard": "mastercard",
    "master card": "mastercard",
    "amex": "amex",
    "american express": "amex",
}
_ORIGINAL = re.compile(
    r"\b(?:original|initial|same|previous|first)\s+(?:form of\s+)?(?:payment(?:\s+(?:method|option|card))?|method(?:\s+of\s+payment)?|card|way)\b"
    r"|\b(?:method|card|way|account)\s+(?:that\s+)?(?:i|we)\s+(?:originally\s+)?(?:used|paid)(?:\s+with)?|\bhow i paid\b",
    I,
)
_ENDING = re.compile(r"\b(?:ending|ends|last (?:four|4)(?: digits)?)(?:\s+(?:in|on|with|are|is))*\s*:?\s*(\d{4})\b", I)
_TAIL = r"(?:\s*(?:card|account|balance)\b)?(?:\s*(?:for|as)\s+(?:the\s+|any\s+)?(?:refund|difference|payment|charges?)(?:\s*(?:or|and)\s*(?:refund|payment))?)?"


@dataclass(frozen=True)
class Paying:
    """What the words say of paying: one method, nothing (both None), or something unclear."""

    method: PaymentMethod | None
    said: str = ""
    problem: str = ""


def original_method(order: Order) -> str | None:
    """The method that the order was first paid with."""
    return next((payment.method_id for payment in order.payments if payment.kind == "payment"), None)


def paying(words: str, customer: Customer, order: Order) -> Paying:  # noqa: PLR0911 - each return is a reason of its own
    """The method that the words name among the customer's own."""
    words = re.sub(r"\b(?:instead of|rather than)\b[^,;.]*", " ", words, flags=I)
    by_id = {method.method_id: method for method in customer.payment_methods}
    literal = [method for key, method in by_id.items() if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", words, I)]
    if len(literal) == 1:
        return Paying(literal[0], literal[0].method_id)
    if len(literal) > 1:
        return Paying(None, problem="two payment methods are named")
    if stranger := re.search(r"\b(?:credit_card|gift_card|paypal|debit_card)_\d+", words, I):
        return Paying(None, stranger[0], "the payment method named is not on the customer's file")
    if found := _ORIGINAL.search(words):
        original = by_id.get(original_method(order) or "")
        return Paying(original, found[0], "" if original else "the order's original method is not known")
    if found := _ENDING.search(words):
        ending = [method for method in by_id.values() if found[1] in method.label]
        return _only(ending, found[0])
    for kind, pattern in _KINDS:
        found = pattern.search(words)
        if not found:
            continue
        others = [name for name, other in _KINDS if name != kind and other.search(pattern.sub(" ", words))]
        if others:
            return Paying(None, found[0], "two payment methods are named")
        fitting = [method for method in by_id.values() if method.kind == kind]
        brand = _BRANDS.get(found[0].lower().removesuffix(" card"))
        if brand:
            fitting = [method for method in fitting if brand in method.label.lower().replace(" ", "")]
        if len(fitting) > 1 and re.search(r"\b(?:other|another|different)\b", words, I):
            fitting = [method for method in fitting if method.method_id != original_method(order)]
        return _only(fitting, found[0])
    return Paying(None)


def _only(fitting: list[PaymentMethod], said: str) -> Paying:
    if len(fitting) == 1:
        return Paying(fitting[0], said)
    return Paying(
        None,
        said,
        f"which payment method is meant by “{said}” is not clear"
        if fitting
        else f"no “{said}” is on the customer's file",
    )


_CORE = "|".join(
    [
        r"(?:credit_card|gift_card|paypal|debit_card)_\w+",
        _ENDING.pattern,
        _ORIGINAL.pattern,
        *(pattern.pattern for _, pattern in _KINDS),
    ]
)
_PHRASE = re.compile(rf"{_LEAD}(?:{_CORE}){_TAIL}", I)


def without_paying(words: str, customer: Customer) -> str:
    """The words without what they say of paying, with a mark where it stood."""
    for method in customer.payment_methods:
        words = re.sub(
            rf"(?:\b(?:via|with|to|using|by)\s+)?(?<!\w){re.escape(method.method_id)}(?!\w)",
            "; ",
            words,
            flags=I,
        )
    return _PHRASE.sub("; ", words)


_ONLY_PAYS = re.compile(
    rf"\W*(?:(?:{_LEAD}|take|off|charge|it|will|i'll|we|we'll|i'm|happy)\W{{0,3}}){{0,4}}(?:{_CORE})(?:\W+(?:{_CORE}))?{_TAIL}(?:\W+(?:please|pls|thanks|again|instead|as before))*\W*",
    I,
)
_AGREES = re.compile(
    r"\W*(?:that(?:'s| is)|it(?:'s| is)) (?:fine|ok|okay|no problem|alright)(?: (?:with|by) me)?\W*", I
)
_MANNERS = re.compile(r"[\W_]*(?:(?:please|pls|thanks|thank you)\W*)*", I)
_CLAUSE = re.compile(r"[,.;:!?\n]|\band\b", I)


def without_money_conditions(text: str) -> str:
    """The text with blanks for every 'if there is a price difference' that leads to nothing but how it is paid."""
    for found in list(MONEY_CONDITION.finditer(text)):
        after = re.split(r"[.;!?\n]", text[found.end() :], maxsplit=1)[0][:160]
        before = _CLAUSE.split(text[max(0, found.start() - 160) : found.start()])[-1]
        harmless = _ONLY_PAYS.fullmatch(after) or _AGREES.fullmatch(after)
        if harmless or (_MANNERS.fullmatch(after) and _ONLY_PAYS.fullmatch(before)):
            text = text[: found.start()] + " " * len(found[0]) + text[found.end() :]
    return text

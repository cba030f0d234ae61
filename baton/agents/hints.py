"""Who a message says it is from. Hints, never proof."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re
from collections.abc import Iterable

from baton.contracts.enquiry import Hints

from .quoting import Parts
from .sentences import sentences_of
from .signing import reaches, says_who
from .vocabulary import ORDER_NUMBER, I
from .words import word_set

_EMAIL = re.compile(r"[A-Z0-9._%+'-]+@[A-Z0-9-]+(?:\.[A-Z0-9-]+)+", I)
_LOGIN = re.compile(r"\b[a-z]+(?:_[a-z]+)+_\d{2,}\b", I)
_PAYMENT_ID = re.compile(
    r"^(?:credit|debit|gift|store|bank|payment|pay)?_?(?:card|paypal|eft|account|method|pal|voucher)", I
)
_SAID_ID = re.compile(
    r"\b(?:customer|client|user|account|profile|membership|loyalty)(?:\s+(?:id|number|no\.?|nr\.?|code|name))\s*(?:is|:|=|#)?\s*"
    r"(?P<id>[A-Z0-9][A-Z0-9_-]*\d[A-Z0-9_-]*)\b",
    I,
)
_NAME_WORD = r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*"
_PARTICLE = r"(?:van|der|den|de|du|le|la|von|bin|al|el|dos|da|ter|ten)"
_NAME = rf"{_NAME_WORD}(?:[ \t]+(?:{_PARTICLE}[ \t]+){{0,2}}{_NAME_WORD}){{1,3}}"
_INTRODUCED = re.compile(
    rf"\b(?:[Mm]y (?:full )?name(?:'s| is)|[Nn]ame\s*[:=]|[Ii] am|[Ii]'m|[Ii]’m|[Tt]his is|[Ii]t(?:'s| is)|called|[Cc]ustomer\s*[:=]|[Uu]nder the name(?: of)?)[ \t]+(?:(?:user|customer|Mr|Mrs|Ms|Dr)\.?[ \t]+)?(?P<name>{_NAME})"
)
_NAME_LINE = re.compile(rf"^\s*(?:(?:Mr|Mrs|Ms|Dr|Prof)\.?[ \t]+)?(?P<name>{_NAME})\s*[,.]?\s*$")
_NOT_NAMES = word_set(
    "hello hi dear good kind best warm regards thanks thank many sent from my order orders customer care service "
    "support manager director road street avenue drive lane cape town johannesburg durban pretoria iphone android"
)
_PLACE_OR_FIRM = word_set(
    "bay port east west north south point park beach city mall estate heights trading pty ltd cc bpk edms inc npc "
    "stores holdings enterprises group consulting sales office admin accounts assistant owner head"
)
_SIGNED = re.compile(rf"^\W*(?:(?:Mr|Mrs|Ms|Dr|Prof)\.?[ \t]+)?(?P<name>{_NAME})(?![\w'-])")
_FIGURE = re.compile(r"(?<![\w#/.,@-])(\d{4,6})(?![\w@-]|[.,]\d)")
_PLACE = re.compile(
    r"\b(?:zip(?:[ -]?code)?|post(?:al)?[ -]?code|code|pcode|live|living|residing|reside|based|located|from|address|stay|in)\b",
    I,
)
MOST = 4


def hints_of(parts: Parts, from_name: str) -> Hints:
    """Ids, addresses, names and postcodes of the writer, from fresh words and signature; never from quoted text."""
    text = f"{parts.fresh}\n{parts.signature}"
    names = [hit["name"] for hit in _INTRODUCED.finditer(parts.fresh)]
    lines = [line for line in parts.fresh.split("\n") if line.strip()]
    signed = [hit["name"] for line in parts.signature.split("\n")[:5] if (hit := _NAME_LINE.match(line))]
    signed += [hit["name"] for line in lines[1:][-3:] if (hit := _NAME_LINE.match(line))]
    # 'Please cancel it. Thandi Nkosi, 082 555 1234': without them nobody would be known from a message in one line.
    signed += [hit["name"] for said in sentences_of(parts.fresh) if _reached(said) and (hit := _SIGNED.match(said))]
    names += [name for name in signed if not any(word.lower() in _PLACE_OR_FIRM for word in name.split())]
    if from_name and (hit := _NAME_LINE.match(from_name)):
        names.append(hit["name"])
    ids = [hit[0] for hit in _LOGIN.finditer(text) if not _PAYMENT_ID.match(hit[0])]
    ids += [hit["id"] for hit in _SAID_ID.finditer(text)]
    return Hints(
        customer_ids=_each_once(ids),
        emails=_each_once(hit[0].strip("'").rstrip(".") for hit in _EMAIL.finditer(text)),
        names=_each_once(name for name in names if not _is_no_name(name)),
        postcodes=_postcodes(text),
    )


def _reached(sentence: str) -> bool:
    """A name with a way to reach them; 'Happy Monday.' is nobody's."""
    return says_who(sentence) and reaches(sentence)


def _postcodes(text: str) -> list[str]:
    without_orders = ORDER_NUMBER.sub(lambda found: " " * len(found[0]), text)
    return _each_once(
        hit[1]
        for hit in _FIGURE.finditer(without_orders)
        if _PLACE.search(without_orders[max(0, hit.start() - 90) : hit.start()])
        or re.match(r"\s*(?:is|as) (?:my|the|our) (?:zip|post|code)", without_orders[hit.end() :], I)
        or not without_orders[: hit.start()].rsplit("\n", 1)[-1].strip()
    )


def _is_no_name(name: str) -> bool:
    return any(word.lower() in _NOT_NAMES for word in name.split())


def _each_once(found: Iterable[str]) -> list[str]:
    kept: dict[str, str] = {}
    for one in found:
        kept.setdefault(one.lower(), one)
    return list(kept.values())[:MOST]

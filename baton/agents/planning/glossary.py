"""The words by which a goal may name what the cards give: of types, capabilities, fields and descriptions."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from baton.agents.words import form_of, forms_of, word_set
from baton.contracts.plan import PlanCard

from .keys import PLAIN, core_of
from .steps import ASK_PERSON

BUILT_IN = word_set("wait ask_person compose")
"""Capabilities that no noun of a goal stands for."""

SAME = {
    "purchase": "order", "client": "customer", "buyer": "customer", "shopper": "customer", "who": "customer",
    "package": "parcel", "shipment": "parcel", "article": "product", "good": "product",
    "cost": "price", "spend": "total", "spent": "total", "sum": "total", "worth": "total", "value": "total",
    "rule": "policy", "term": "policy", "email": "mail", "whereabout": "track", "where": "track", "clock": "time",
    "hour": "hour", "colleague": "person", "someone": "person", "somebody": "person", "human": "person",
    "history": "history", "availability": "available", "stock": "available", "delivery": "deliver",
    "refund": "return", "comment": "note", "message": "mail", "write": "send", "drop": "cancel", "annul": "cancel",
    "record": "log", "add": "log", "alter": "change", "update": "change", "redirect": "change", "exchange": "swap",
}  # fmt: skip
"""Words of goals and the words of cards that they are taken for; few, and each sure."""

NO_VOCABULARY = word_set(
    "a an the of for from by to in on at with and or its it their whether can could be is are was which what one all "
    "some any each that this not as how many so into look find get list read make give ask given"
)

ALSO_VERBS = word_set("mail note log")
"""'Mail them', 'note that': a deed by the name of the thing."""

TYPE, NAME, SAID = 3.0, 2.0, 1.0
"""What a word weighs: of the type's own name, of a capability's or field's name, of a description."""

COVERED, EXACT, HEAD, VALUE = 2.0, 2.0, 1.5, 0.5
"""What it adds that a part of the type's name, or all that was said, or the last word said is the type's; and what it
takes away that the type is a mere value."""


@lru_cache(maxsize=8192)
def stem(form: str) -> str:
    """One spelling for 'cancel', 'cancels', 'cancelled' and 'cancelling'; then the word that it is taken for."""
    form = SAME.get(form, form)
    for ending in ("ing", "ed"):
        if form.endswith(ending) and len(form) > len(ending) + 3:
            form = form.removesuffix(ending)
            if len(form) > 4 and form[-1] == form[-2] and form[-1] in "lpt":
                form = form[:-1]
            break
    form = form[:-1] if len(form) > 4 and form.endswith("e") else form
    return SAME.get(form, form)


def stems_of(text: str) -> tuple[str, ...]:
    """The words of a text, `CamelCase` or `snake_case` name, in order."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).replace("_", " ").replace("-", " ")
    return tuple(stem(form) for form in forms_of(apart))


def verb_of(form: str) -> str:
    """A word as a verb."""
    return stem(form_of(form))


@dataclass
class Entry:
    """One type that a goal may want, with the words that speak of it."""

    type: str
    own: tuple[str, ...]
    plain: bool = False
    """One value, a number of something: the thing itself is meant, unless it is called by its whole name."""
    weights: dict[str, float] = field(default_factory=dict)
    givers: dict[str, frozenset[str]] = field(default_factory=dict)
    """The capabilities whose result it is, and the words of their names."""

    def add(self, words: Iterable[str], weight: float) -> None:
        """Words that speak of it, if they did not more loudly already."""
        for word in words:
            if word not in NO_VOCABULARY:
                self.weights[word] = max(weight, self.weights.get(word, 0.0))

    def score(self, said: tuple[str, ...]) -> float:
        """How well it answers to words said together; 0: not at all."""
        words = list(dict.fromkeys(said))
        met = [word for word in words if word in self.weights]
        named = [word for word in met if self.weights[word] > SAID]
        if not named and len(met) < 2:
            return 0.0
        total = sum(self.weights[word] for word in met)
        total += COVERED * sum(word in self.own for word in words) / len(set(self.own))
        total += EXACT if set(words) == set(self.own) else 0.0
        total -= VALUE if self.plain and not set(self.own) <= set(words) else 0.0
        return total + (HEAD if words[-1] in self.own else 0.0)

    def is_one_of(self, said: str) -> bool:
        """Whether several of what was said are several of these: 'total orders' is one total, of all the orders."""
        last = stems_of(self.type)[-1]
        return said not in self.own or (said == last and not self.type.lower().endswith(f"{said}s"))

    def knows(self, word: str) -> bool:
        """Whether a word speaks of it at all."""
        return word in self.weights


class Glossary:
    """All that a goal may want by a noun: the types in the results of capabilities that change nothing."""

    def __init__(self, cards: Iterable[PlanCard]) -> None:
        self.entries: dict[str, Entry] = {}
        self.deeds: dict[str, PlanCard] = {}
        known = sorted(cards, key=lambda card: card.name)
        for card in known:
            if card.writes or card.name == ASK_PERSON:
                self.deeds[card.name] = card
            elif card.name not in BUILT_IN:
                self._take(card)
        self.words_of_deeds = {name: _words_of(card) for name, card in self.deeds.items()}
        self.verbs = _verbs(self.deeds.values())

    def best(self, said: tuple[str, ...]) -> list[tuple[float, Entry]]:
        """The types that answer to some words, the best first."""
        found = [(entry.score(said), entry) for entry in self.entries.values()]
        return sorted((each for each in found if each[0] > 0), key=lambda each: (-each[0], each[1].type))

    def named(self, said: Iterable[str]) -> Entry | None:
        """The type of exactly this name."""
        words = set(said)
        return next((entry for _, entry in sorted(self.entries.items()) if set(entry.own) == words), None)

    def _take(self, card: PlanCard) -> None:
        entry = self._entry(core_of(card.gives))
        words = frozenset(stems_of(card.name)) - NO_VOCABULARY
        entry.givers[card.name] = words
        entry.add(words, NAME)
        entry.add(stems_of(card.description), SAID)
        for owner, fields in card.parts.items():
            for field_, type_ in fields.items():
                core = core_of(type_)
                if core not in PLAIN:
                    self._entry(core, plain=core in card.named).add(stems_of(field_), NAME)
                if core in PLAIN or core in card.named:
                    self._entry(owner).add(stems_of(field_), NAME)

    def _entry(self, type_: str, *, plain: bool = False) -> Entry:
        entry = self.entries.get(type_)
        if entry is None:
            entry = self.entries[type_] = Entry(type_, stems_of(type_), plain)
            entry.add(entry.own, TYPE)
        return entry


def _words_of(card: PlanCard) -> dict[str, float]:
    weights: dict[str, float] = {}
    said = [(stems_of(card.description), SAID), (stems_of(card.gives), NAME), (stems_of(card.name), NAME)]
    for words, weight in said:
        weights |= {word: weight for word in words if word not in NO_VOCABULARY}
    return weights


def _verbs(deeds: Iterable[PlanCard]) -> dict[str, list[str]]:
    """The verb that a deed's name or description begins with, and the deeds that begin so."""
    found: dict[str, list[str]] = defaultdict(list)
    for card in deeds:
        name = stems_of(card.name)
        also = [word for word in name if word in ALSO_VERBS]
        for word in dict.fromkeys([*name[:1], *stems_of(card.description)[:1], *also]):
            found[word].append(card.name)
    return dict(found)

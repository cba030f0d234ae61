"""The parameters in a goal's words: order numbers, addresses, names, dates, amounts and texts, each where it stands."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from baton.agents.vocabulary import ORDER_NUMBER, I
from baton.agents.words import word_set
from baton.contracts.plan import PlanCard
from baton.contracts.planning import Given

from .days import days_in
from .slots import Kind, Slot, slots_of

_EMAIL = re.compile(r"[A-Z0-9._%+'-]+@[A-Z0-9-]+(?:\.[A-Z0-9-]+)+", I)
_QUOTED = re.compile(r"[\"“”„]([^\"“”„]{2,2000})[\"“”]|(?<!\w)'([^']{2,2000})'(?!\w)")
_NUMBER = r"#?\s?[A-Z]{0,4}-?\d{1,12}\b"
_ORDERS = re.compile(
    rf"\b(?:orders?|purchases?)\s+(?:(?:numbers?|nos?\.?|ids?)\s+)?({_NUMBER}(?:\s*(?:,|and|&|or)\s*(?:orders?\s+)?{_NUMBER})*)",
    I,
)
_AROUND = " \t\n\"'“”„"
_ONE_NUMBER = re.compile(r"#?\s?([A-Z]{0,4}-?\d{1,12})\b", I)
_POSTCODE = re.compile(
    r"\b(?:post(?:al)?[ -]?code|zip(?:[ -]?code)?)\s*(?:is|:|of)?\s*(\d{4,6}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b", I
)
_MONEY = re.compile(
    r"(?:\b(?:R|ZAR|USD|EUR|GBP)\s?|[$€£]\s?)(\d{1,3}(?:[ ,]\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)\b|\b(\d+(?:\.\d{1,2})?)\s?(?:rand|dollars?|euros?|pounds?|ZAR|USD|EUR|GBP)\b"
)
_ZONE = re.compile(
    r"\b(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?\b|\bUTC\b"
)
_LOGIN = re.compile(r"\b[a-z]+(?:_[a-z]+)+_\d{2,}\b")
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*"
_NAME = re.compile(rf"\b{_CAPITAL}(?:\s+(?:(?:van|der|den|de|du|la|von|bin|al|da)\s+){{0,2}}{_CAPITAL})+")
_NO_NAME = word_set(
    "show find get list check look tell give what where when who which how is are can could please order orders cancel "
    "return send mail email write ask log the for of and i customer product policy address total status monday tuesday "
    "wednesday thursday friday saturday sunday cape south north east west road street avenue then"
)
_PRODUCT = re.compile(
    r"\b(?:price|cost|stock|availability|variants?|options|colou?rs|sizes|details) (?:of|for) (?:the |our |a |an )?(?P<of>[a-z][\w-]*(?: [a-z][\w-]*){0,3}?)(?= (?:and|in|for|of|to|cost|still|now)\b|[?.,;!]|$)"
    r"|\b(?:is|are) (?:the |our |a |an )?(?P<is>[a-z][\w-]*(?: [a-z][\w-]*){0,3}?) (?:still )?(?:in stock|available)\b"
    r"|\bhow (?:much|many) (?:is|are|does|do) (?:the |our |a |an )?(?P<does>[a-z][\w-]*(?: [a-z][\w-]*){0,3}?)(?: cost\b|[?.,;!]|$)"
    r"|\b(?:product|item|article) (?:called |named )?(?P<called>[A-Z][\w-]*(?: [A-Z][\w-]*)*)",
    I,
)
_STATUS = r"(?P<{}>open|pending|processed|shipped|delivered|cancell?ed)"
_WHICH_ORDERS = re.compile(
    rf"\b{_STATUS.format('before')}(?= orders\b)|\borders\b[^.;!?\n]*?\b(?:are|were) (?:(?:still|now|already|currently) )?{_STATUS.format('after')}\b",
    I,
)
"""'Open orders', 'which orders are still open'; 'when was order W1 delivered' asks for something else."""
_SAYING = re.compile(
    r"(?:\b(?P<saying>saying(?: that)?|that says|telling (?:them|him|her) that|with the (?:text|words)|to say(?: that)?|noting that)"
    r"|\b(?:log|note|record|write down) (?P<that>that)"
    r"|\bask (?:a |an |the |some)?(?:person|one|body|colleague|human|manager|team)(?P<ask>(?: whether| about| to| for)?)"
    r"|\b(?P<why>because(?: of)?|with (?:the |a )?reason(?: that)?|reason(?: being|(?=:))))\s*:?\s+(?P<said>[^.!?\n]{3,})",
    I,
)
_FURTHER = re.compile(
    r",?\s+(?:and|then|and then|and also)\s+(?:please\s+)?(?:tell|inform|notify|let|send|e-?mail|mail|write|reply|answer|log|note|record"
    r"|cancel|return|exchange|change|refund|ask|find|list|show|give|get|check|look|count|sort|wait)\b",
    I,
)
"""'… because it is late, and tell the customer': a reason ends where something else is to be done."""
_TRAILING = re.compile(r"\s(?:for|of|to|about) (?:the )?(?:\w+ )?$", I)
_MORE = word_set("after since from over above least more start starting exceeding beyond min minimum")
_LESS = word_set("before until till under below most less end ending max maximum up to by")
_MORE_NAMES = word_set("after since from start least min minimum begin above over")
_LESS_NAMES = word_set("before until till end most max maximum under below to")
_SEARCHES = word_set("question query topic")


@dataclass(frozen=True)
class Spotted:
    """A parameter, where it stands, and the words that may stand before it as its name."""

    given: Given
    kind: Kind
    start: int
    end: int
    nouns: frozenset[str] = frozenset()
    ahead: bool = False
    """It stands before the words that it goes with: 'open orders'."""


_NOUNS: dict[Kind, frozenset[str]] = {
    "order": word_set("order number no nr id"),
    "mail": word_set("mail address"),
    "person": word_set("name call"),
    "product": word_set("name call"),
    "postcode": word_set("postcode postcod post code zip"),
    "date": word_set("date day"),
    "money": word_set("least most"),
    "zone": word_set("zone zon time"),
    "id": word_set("number id no nr code"),
}


def spot(goal: str, cards: Iterable[PlanCard], today: date | None = None) -> list[Spotted]:
    """All parameters in the order of the words, for the inputs that the cards have. None overlaps another."""
    return _Spotter(goal, slots_of(cards), today).all()


class _Spotter:
    def __init__(self, goal: str, slots: list[Slot], today: date | None) -> None:
        self._goal = goal
        self._left = goal
        self._slots = slots
        self._today = today
        self._found: list[Spotted] = []

    def all(self) -> list[Spotted]:
        finders: list[Callable[[], None]] = [
            self._texts, self._mails, self._named_ids, self._orders, self._zones, self._dates, self._money,
            self._counts, self._postcodes, self._statuses, self._names, self._products, self._said,
        ]  # fmt: skip
        for finder in finders:
            finder()
        return sorted(self._found, key=lambda each: each.start)

    def _of(self, kind: Kind) -> list[Slot]:
        return [slot for slot in self._slots if slot.kind == kind]

    def _keys(self, kind: Kind) -> list[str]:
        return sorted({slot.key for slot in self._of(kind)}, key=lambda key: (": " in key, key))

    def _add(
        self, kind: Kind, keys: list[str], value: JsonValue, span: tuple[int, int], *, ahead: bool = False
    ) -> None:
        start, end = span
        if keys:
            given = Given(types=keys, value=value, words=self._goal[start:end].strip(_AROUND))
            self._found.append(Spotted(given, kind, start, end, _NOUNS.get(kind, frozenset()), ahead))
        if keys or kind in ("order", "mail"):
            self._left = self._left[:start] + " " * (end - start) + self._left[end:]

    def _texts(self) -> None:
        for hit in _QUOTED.finditer(self._goal):
            keys = [*self._keys("product"), *self._keys("text")]
            self._add("text", keys, hit[1] or hit[2], hit.span())

    def _mails(self) -> None:
        for hit in _EMAIL.finditer(self._left):
            text = re.sub(r"'s$", "", hit[0].strip("'")).rstrip(".")
            start = hit.start() + hit[0].index(text)
            self._add("mail", self._keys("mail"), text, (start, start + len(text)))

    def _named_ids(self) -> None:
        """'product 6086499569', 'tracking number 993364571', and what a customer's login looks like."""
        for slot in self._of("id"):
            first = next(iter(slot.words))
            stem = rf"\b{re.escape(first)}\w*(?:\s+(?:{'|'.join(map(re.escape, [*slot.words[1:], 'ids?', 'numbers?', 'no', 'code']))}))?\s*[:#]?\s*"
            for hit in re.finditer(rf"{stem}((?=[\w-]*\d)[\w-]{{2,40}})\b", self._left, I):
                self._add("id", self._keys_of(slot), hit[1], hit.span(1))
            if "customer" in slot.words:
                for hit in _LOGIN.finditer(self._left):
                    self._add("id", self._keys_of(slot), hit[0], hit.span())

    def _keys_of(self, slot: Slot) -> list[str]:
        return sorted({each.key for each in self._slots if each.words == slot.words and each.kind == slot.kind})

    def _orders(self) -> None:
        for hit in _ORDERS.finditer(self._left):
            for one in _ONE_NUMBER.finditer(hit[1]):
                start = hit.start(1) + one.start()
                self._add("order", self._keys("order"), one[0].strip(), (start, start + len(one[0])))
        for hit in ORDER_NUMBER.finditer(self._left):
            group = next(name for name in ("hash", "bare", "said") if hit[name])
            start = hit.start() if group == "hash" else hit.start(group)
            self._add("order", self._keys("order"), hit[0] if group == "hash" else hit[group], (start, hit.end(group)))

    def _zones(self) -> None:
        for hit in _ZONE.finditer(self._left):
            self._add("zone", self._keys("zone"), hit[0], hit.span())

    def _dates(self) -> None:
        found = list(days_in(self._left, self._today))
        for place, (day, start, end) in enumerate(found):
            sides = self._sides(start, place, len(found))
            self._add("date", self._directed("date", sides), day.isoformat(), (start, end))

    def _money(self) -> None:
        for hit in _MONEY.finditer(self._left):
            figure = re.sub(r"[ ,]", "", hit[1] or hit[2])
            value: JsonValue = float(figure) if "." in figure else int(figure)
            self._add("money", self._directed("money", self._sides(hit.start(), 0, 1)), value, hit.span())

    def _sides(self, start: int, place: int, count: int) -> tuple[frozenset[str], frozenset[str]]:
        """Names that the input should have, and should not: 'after' wants no `placed_before`."""
        before = [word.lower() for word in re.findall(r"\w+", self._goal[:start])[-3:]]
        last = next((word for word in reversed(before) if word in _MORE | _LESS), "")
        if last in _MORE or (count == 2 and place == 0):
            return _MORE_NAMES, _LESS_NAMES
        if last in _LESS or (count == 2 and place == 1):
            return _LESS_NAMES, _MORE_NAMES
        return frozenset(), frozenset()

    def _directed(self, kind: Kind, sides: tuple[frozenset[str], frozenset[str]]) -> list[str]:
        """Inputs on the right side by their names first, then those that have no side."""
        right, wrong = sides
        keys: list[tuple[bool, str]] = []
        for slot in self._of(kind):
            words = set(slot.name.split("_"))
            if words & right:
                keys.append((False, slot.own_key))
            elif not words & (wrong | _MORE_NAMES | _LESS_NAMES):
                keys.append((True, slot.key))
        return [key for _, key in sorted(set(keys))]

    def _counts(self) -> None:
        for slot in self._of("count"):
            for hit in re.finditer(rf"\b(\d+)\s+(?:business |working )?{re.escape(slot.words[-1])}s?\b", self._left, I):
                self._add("count", [slot.key], int(hit[1]), hit.span())

    def _postcodes(self) -> None:
        for hit in _POSTCODE.finditer(self._left):
            self._add("postcode", self._keys("postcode"), hit[1], hit.span(1))

    def _statuses(self) -> None:
        keys = sorted({slot.own_key for slot in self._of("status")})
        for hit in _WHICH_ORDERS.finditer(self._left):
            group = "before" if hit["before"] else "after"
            value = hit[group].lower().replace("canceled", "cancelled")
            self._add("status", keys, value, hit.span(group), ahead=group == "before")

    def _names(self) -> None:
        keys = [*self._keys("person"), *self._keys("product")]
        for hit in _NAME.finditer(self._left):
            for name, start in _without_openers(hit[0], hit.start()):
                self._add("person", keys, name, (start, start + len(name)))

    def _products(self) -> None:
        for hit in _PRODUCT.finditer(self._left):
            group = next(name for name, value in hit.groupdict().items() if value)
            if not re.search(r"\b(?:order|customer|it|them|this|that)s?\b", hit[group], I):
                self._add("product", self._keys("product"), hit[group], hit.span(group))

    def _said(self) -> None:
        """A text that is said without quotes; and for a search all words of the goal."""
        texts = self._of("text")
        searches = {slot.key for slot in texts if set(slot.words) & _SEARCHES}
        hit = _SAYING.search(self._left)
        if hit is not None and not any(each.kind == "text" for each in self._found):
            group = next(name for name in ("saying", "that", "ask", "why") if hit[name] is not None)
            reasons = {slot.key for slot in texts if "reason" in slot.words}
            others = {slot.key for slot in texts} - searches - reasons
            keys = {"why": reasons, "ask": searches}.get(group, others)
            if keys:
                end = hit.end()
                if group == "why" and (further := _FURTHER.search(self._goal, hit.start("said"), end)):
                    end = further.start()
                if not self._goal[: hit.start()].strip() and group == "why":
                    comma = self._goal.find(",", hit.start("said"), end)  # 'because it is late, cancel order W1'
                    end = comma if comma >= 0 else end
                self._take_said(hit.start(group), hit.start("said"), end, sorted(keys))
                searches -= keys
        if searches:
            whole = Given(types=sorted(searches), value=self._goal.strip(), words=self._goal.strip(), loose=True)
            self._found.append(Spotted(whole, "text", len(self._goal), len(self._goal)))

    def _take_said(self, start: int, begin: int, end: int, keys: list[str]) -> None:
        """Parameters in a text are the text's; one that ends it, 'for customer …', says whom it is for."""
        inside = [each for each in self._found if each.start >= begin and each.end <= end]
        if inside and not self._goal[inside[-1].end : end].strip(" ,") and not inside[-1].given.loose:
            trailing = _TRAILING.search(self._goal[begin : inside[-1].start])
            if trailing and trailing.start():
                end = begin + trailing.start()
        said = self._goal[begin:end].strip()
        self._found = [each for each in self._found if each.end <= start or each.start >= end]
        self._found.append(Spotted(Given(types=keys, value=said, words=said, loose=True), "text", start, end))


def _without_openers(name: str, start: int) -> Iterator[tuple[str, int]]:
    """'Find Thandi Nkosi': the first word of a sentence is written large too."""
    while (first := name.split(maxsplit=1)[0]).lower() in _NO_NAME:
        rest = name[len(first) :].lstrip()
        start += len(name) - len(rest)
        name = rest
        if not name:
            return
    if len(name.split()) > 1 and not any(word.lower() in _NO_NAME for word in name.split()):
        yield name, start

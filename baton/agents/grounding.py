"""Ties the words of a request to lines of the customer's own orders, and says what it could not tie to anything."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from baton.contracts.orders import Customer, Order, OrderItem, Product

from .chunks import Chunk, chunks_of, count_asked
from .fillers import COUNTS, FILLERS, SPLITS
from .intents import plain_words
from .names_of_things import Mention, mentions
from .options import Heard, Options, hear, options_of
from .paying import without_paying
from .signing import EMAIL, PHONE
from .vocabulary import MISTAKE, NOT_NEEDED, ORDER_NUMBER, REASON_CLAUSE, I
from .words import Word, words_of

_EVERYTHING = re.compile(
    r"\b(?:everything|all (?:the |my |of the )?(?:items|things|products|contents)"
    r"|(?:whole|entire|full|complete) order|all of (?:it|them))\b",
    I,
)
_BOTH = re.compile(r"\bboth (?:of )?(?:the |these |those )?(?:items|things|products|them)\b", I)
_INSTEAD_OF = re.compile(r"\b(?:instead of|rather than|in place of)\b(?:[^,;.]|\.(?=\d))*", I)
_AND = re.compile(
    r"(?:,|\b(?:and|plus|as well as|along with|together with|also))"
    r"(?: (?:and|also|the|my|both|a|an|one|two|these|those)){0,3} ",
    I,
)
_AS_WELL = re.compile(r"\b(?:as well as|along with|together with)\b", I)
MOST_ADJECTIVES = 2


@dataclass(frozen=True)
class Line:
    """One line of one order."""

    order: Order
    index: int

    @property
    def item(self) -> OrderItem:
        """The line's item."""
        return self.order.items[self.index]

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from every other line."""
        return self.order.order_id, self.index


@dataclass
class Part:
    """One thing named in a request: its lines, and the words that say what is wanted instead."""

    lines: list[Line]
    target: list[Word] | None = None
    said: str = ""
    problem: str = ""


@dataclass
class Grounded:
    """What a request's words are about. `open` lists words that nothing explains."""

    parts: list[Part] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    everything: bool = False

    @property
    def problems(self) -> list[str]:
        """What stands in the way of acting on it."""
        return [part.problem for part in self.parts if part.problem]

    @property
    def lines(self) -> list[Line]:
        """All lines named."""
        return [line for part in self.parts for line in part.lines]

    @property
    def clear(self) -> bool:
        """Something is named, all of it is found, and nothing is left unexplained."""
        return bool(self.parts) and not self.problems and not self.open


def bare_words(text: str, customer: Customer, items: Sequence[OrderItem] = ()) -> str:
    """A request's words without courtesies, reasons, order numbers and payment methods.

    A reason ends where one of `items` is added ('because they pinch, and the backpack').
    """
    text = re.sub(r" {2,}", " ", plain_words(text.replace("\n", "; ")))
    text = _without_the_writer(text, customer)
    text = without_paying(text, customer)
    for left_out in (ORDER_NUMBER, MISTAKE, NOT_NEEDED):
        text = re.sub(r" {2,}", " ", left_out.sub(" ", text))
    return re.sub(r" {2,}", " ", _AS_WELL.sub("and", _without_reasons(text, items)))


def _without_reasons(text: str, items: Sequence[OrderItem]) -> str:
    kept, at = list[str](), 0
    while found := REASON_CLAUSE.search(text, at):
        added = (
            begin
            for hit in _AND.finditer(found[0])
            if (begin := hit.start()) and _names_one(found[0][hit.end() :], items)
        )
        kept.append(text[at : found.start()])
        at = found.start() + next(added, len(found[0]))
    return " ".join([*kept, text[at:]])


def _length(reason: str, items: Sequence[OrderItem]) -> int:
    """Up to where it names one more thing that is asked for; all of it where it names none."""
    added = (hit.start() for hit in _AND.finditer(reason) if hit.start() and _names_one(reason[hit.end() :], items))
    return next(added, len(reason))


def _names_one(text: str, items: Sequence[OrderItem]) -> bool:
    """One of the items is named right at the start: 'the grey shoes', 'my backpack too'."""
    return any(mention.start <= MOST_ADJECTIVES for mention in mentions(words_of(text[:80]), items))


def _without_the_writer(text: str, customer: Customer) -> str:
    """'…, no longer needed, Thandi Nkosi 082 555 1234': who writes is no part of what they ask for."""
    for who in (EMAIL, PHONE):
        text = who.sub(" ; ", text)
    if len(customer.name) > len("Jo X"):
        text = re.sub(rf"(?<!\w){re.escape(customer.name)}(?!\w)", " ; ", text, flags=I)
    if customer.first_name:
        introduced = rf"\b(?:my name is|my name's|i am|i'm|this is|its?)\s+{re.escape(customer.first_name)}(?!\w)"
        text = re.sub(introduced, " ; ", text, flags=I)
        text = re.sub(rf"[,;.–-]\s*{re.escape(customer.first_name)}\W*$", " ", text, flags=I)
    return text


def ground(
    text: str,
    orders: Sequence[Order],
    customer: Customer,
    products: Sequence[Product] = (),
    *,
    swaps: bool = False,
    about: Line | None = None,
) -> Grounded:
    """The lines of these orders that the text names; with `swaps`, also the words that say what is wanted instead.

    `about` is the one line spoken of before, for words that name nothing ('swap them for a size 9').
    """
    lines = [Line(order, index) for order in orders for index in range(len(order.items))]
    bare = bare_words(text, customer, [line.item for line in lines])
    everything = _EVERYTHING.search(bare) is not None
    if len(lines) == 2 and _BOTH.search(bare):
        everything, bare = True, _BOTH.sub(" ", bare)
    bare = _EVERYTHING.sub(" ", bare)
    if swaps:
        bare = _INSTEAD_OF.sub(" ", bare)
    work = _Grounding(words_of(bare), lines, products, swaps=swaps)
    found = mentions(work.words, [line.item for line in lines])
    parts: list[Part] = []
    if found:
        parts = [work.part(chunk) for chunk in chunks_of(work.words, found, swaps=swaps)]
    elif swaps and not everything:
        parts = work.unnamed([about] if about else lines)
    return Grounded(parts=parts, open=work.open, everything=everything)


class _Grounding:
    """The words of one request, and which of them are explained by now."""

    def __init__(self, words: list[Word], lines: list[Line], products: Sequence[Product], *, swaps: bool) -> None:
        self.words = words
        self._lines = lines
        self._products = {product.product_id: product for product in products}
        self._swaps = swaps
        self._taken: set[tuple[str, int]] = set()
        self._explained = {at for at, word in enumerate(words) if word.is_mark or word.form in FILLERS}

    @property
    def open(self) -> list[str]:
        """The words that nothing explains."""
        return [word.raw for at, word in enumerate(self.words) if at not in self._explained]

    def part(self, chunk: Chunk) -> Part:
        """The lines that one mention with its description means."""
        mention = chunk.mention
        said = " ".join(word.raw for word in self.words[mention.start : mention.end])
        for named in (mention, *chunk.again):
            self._explained.update(range(named.start, named.end))
        target, begin, end = self._target(chunk)
        if chunk.problem:
            return Part([], target, said, chunk.problem)
        around = [at for at in range(begin, end) if not mention.start <= at < mention.end]
        candidates = [line for line in self._lines if line.item.product_id in mention.products]
        heard = self._hear([self.words[at] for at in around], candidates)
        self._explained.update(around[place] for place in heard.places)
        if heard.contradictions:
            return Part([], target, said, f"“{said}” is described in two ways")
        fitting = [line for line in candidates if heard.values().items() <= line.item.options.items()]
        if not fitting:
            return Part([], target, said, f"no “{said}” as described is in the order")
        count = count_asked(self.words, chunk)
        if count is not None:
            self._explained.update(at for at in around if self.words[at].form in COUNTS)
        return self._selected(Part(fitting, target, said), mention, count)

    def _target(self, chunk: Chunk) -> tuple[list[Word] | None, int, int]:
        """The words that say what is wanted, and where the description of what is there begins and ends."""
        start, named = chunk.start, chunk.mention.start
        if not self._swaps:
            return None, start, chunk.end
        if chunk.split is not None:
            inside = {at for again in chunk.again for at in range(again.start, again.end)}
            self._explained.update(range(chunk.split, chunk.end))
            target = [self.words[at] for at in range(chunk.split + 1, chunk.end) if at not in inside]
            return target, start, chunk.split
        # 'change the colour to blue for the kettle': what is wanted stands before the name.
        for at in range(start, named):
            if self.words[at].form == "to" and self._has_value(self.words[at + 1 : named], chunk.mention):
                self._explained.update(range(at, named))
                return self.words[at + 1 : named], named, chunk.end
        return None, start, chunk.end

    def _selected(self, part: Part, mention: Mention, count: int | None) -> Part:
        free = [line for line in part.lines if line.key not in self._taken]
        part.lines = free
        if count is not None:
            if count and len(free) != count:
                part.problem = f"{count} × “{part.said}” asked for, {len(free)} found"
        elif not free:
            part.problem = f"“{part.said}” is named more often than it was ordered"
        elif len({(line.order.order_id, line.item.item_id) for line in free}) > 1 or (
            mention.plural and len(free) > 1 and not _one_piece(free[0].item.name)
        ):
            part.problem = f"several fit “{part.said}”"
        else:
            part.lines = free[:1]
        if not part.problem:
            self._taken.update(line.key for line in part.lines)
        return part

    def unnamed(self, lines: list[Line]) -> list[Part]:
        """'I need a size 9 instead' needs no name where there is only one line that it can be about."""
        if len(lines) != 1:
            return []
        for at, word in enumerate(self.words):
            if word.form not in SPLITS or not any(
                later.form not in FILLERS and not later.is_mark for later in self.words[at + 1 :]
            ):
                continue
            heard = self._hear(self.words[:at], lines)
            self._explained.update(heard.places)
            if not heard.values().items() <= lines[0].item.options.items():
                return []
            self._explained.update(range(at, len(self.words)))
            return [Part(lines, self.words[at + 1 :], lines[0].item.name)]
        again = [word for word in self.words if word.form == "replacement"]
        return [Part(lines, again, lines[0].item.name)] if again else []

    def _has_value(self, words: list[Word], mention: Mention) -> bool:
        candidates = [line for line in self._lines if line.item.product_id in mention.products]
        return bool(self._hear(words, candidates).spoken)

    def _hear(self, words: list[Word], candidates: list[Line]) -> Heard:
        options: Options = {}
        for line in candidates:
            product = self._products.get(line.item.product_id)
            known = options_of(product) if product else {}
            for name, values in [*known.items(), *((name, [value]) for name, value in line.item.options.items())]:
                held = options.setdefault(name, [])
                held.extend(value for value in values if value not in held)
        return hear(words, options)


def _one_piece(name: str) -> bool:
    """Boots, headphones and sunglasses are one thing with a plural name."""
    return name.lower().endswith("s")

"""Ties the words of a request to lines of the customer's own orders, and says what it could not tie to anything."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from baton.contracts.orders import Customer, Order, OrderItem, Product

from .fillers import COUNTS, FILLERS, SPLITS
from .intents import plain_words
from .names_of_things import Mention, mentions
from .options import Heard, Options, hear, options_of
from .paying import without_paying
from .vocabulary import MISTAKE, NOT_NEEDED, ORDER_NUMBER, REASON_CLAUSE, I
from .words import Word, words_of

_EVERYTHING = re.compile(
    r"\b(?:everything|all (?:the |my |of the )?(?:items|things|products|contents)|(?:whole|entire|full|complete) order|all of (?:it|them))\b",
    I,
)
_ANOTHER = re.compile(r"\b(?:another|other|second)\b", I)
_INSTEAD_OF = re.compile(r"\b(?:instead of|rather than|in place of)\b[^,;.]*", I)
_MARKS_BETWEEN = frozenset({";", ".", ",", "and", "!", "?"})


@dataclass(frozen=True)
class Line:
    """One line of one order."""

    order: Order
    index: int

    @property
    def item(self) -> OrderItem:
        """The line's item."""
        return self.order.items[self.index]


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


def bare_words(text: str, customer: Customer) -> str:
    """A request's words without courtesies, reasons, order numbers and payment methods."""
    text = plain_words(text.replace("\n", "; "))
    text = without_paying(text, customer)
    text = ORDER_NUMBER.sub(lambda hit: " " * len(hit[0]), text)
    for reason in (MISTAKE, NOT_NEEDED):
        text = reason.sub(lambda hit: " " * len(hit[0]), text)
    return REASON_CLAUSE.sub(lambda hit: " " * len(hit[0]), text)


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
    bare = bare_words(text, customer)
    everything = _EVERYTHING.search(bare) is not None
    bare = _EVERYTHING.sub(lambda hit: " " * len(hit[0]), bare)
    if swaps:
        bare = _INSTEAD_OF.sub(lambda hit: " " * len(hit[0]), bare)
    words = words_of(bare)
    lines = [Line(order, index) for order in orders for index in range(len(order.items))]
    found = mentions(words, [line.item for line in lines])
    explained = {at for at, word in enumerate(words) if word.is_mark or word.form in FILLERS}
    known = {product.product_id: product for product in products}
    result = Grounded(everything=everything)
    taken: set[tuple[str, int]] = set()
    if not found:
        if swaps and not everything:
            _unnamed(words, [about] if about else lines, known, result, explained)
        result.open = [word.raw for at, word in enumerate(words) if at not in explained]
        return result
    for chunk in _chunks(words, found, swaps):
        explained.update(range(chunk.mention.start, chunk.mention.end))
        explained.update(at for again in chunk.again for at in range(again.start, again.end))
        result.parts.append(_part(words, chunk, lines, known, taken, explained, swaps))
    result.open = [word.raw for at, word in enumerate(words) if at not in explained]
    return result


@dataclass
class _Chunk:
    start: int
    end: int
    mention: Mention
    split: int | None
    again: list[Mention] = field(default_factory=list)
    problem: str = ""


def _chunks(words: Sequence[Word], found: list[Mention], swaps: bool) -> list[_Chunk]:
    """Each mention with the words around it; a second mention inside what is wanted ('for a red jacket') opens none."""
    chunks: list[_Chunk] = []
    for at, mention in enumerate(found):
        limit = found[at + 1].start if at + 1 < len(found) else len(words)
        split = _split(words, mention.end, limit) if swaps else None
        if chunks:
            last = chunks[-1]
            between = [place for place in range(last.mention.end, mention.start) if words[place].form in _MARKS_BETWEEN]
            after_split = [place for place in between if last.split is not None and place > last.split]
            if (last.split is not None and not after_split) or not between:
                if mention.products & last.mention.products:
                    last.again.append(mention)
                else:
                    last.problem = "another product is named where a variant is expected"
                    last.again.append(mention)
                last.end = limit
                last.split = last.split if last.split is not None else split
                continue
            cut = (after_split or between)[-1]
            last.end = cut
            chunks.append(_Chunk(cut + 1, limit, mention, split))
        else:
            chunks.append(_Chunk(0, limit, mention, split))
    return chunks


def _split(words: Sequence[Word], begin: int, end: int) -> int | None:
    """Where what the customer has ends and what they want begins, within one part of a sentence."""
    end = next((at for at in range(begin, end) if words[at].form in (";", ".")), end)
    for at in range(begin, end):
        if words[at].form in SPLITS:
            return at
    for at in range(begin, end):
        if words[at].form == "with":
            return at
    for at in range(begin, end - 1):
        if words[at].form == "in" and words[at + 1].form not in FILLERS and not words[at + 1].is_mark:
            return at
    return None


def _part(
    words: Sequence[Word],
    chunk: _Chunk,
    lines: list[Line],
    known: dict[str, Product],
    taken: set[tuple[str, int]],
    explained: set[int],
    swaps: bool,
) -> Part:
    mention = chunk.mention
    said = " ".join(word.raw for word in words[mention.start : mention.end])
    end = chunk.split if chunk.split is not None else chunk.end
    target: list[Word] | None = None
    begin = chunk.start
    if swaps:
        if chunk.split is not None:
            inside = {at for again in chunk.again for at in range(again.start, again.end)}
            target = [words[at] for at in range(chunk.split + 1, chunk.end) if at not in inside]
            explained.update(range(chunk.split, chunk.end))
        else:
            # 'change the colour to blue for the kettle': what is wanted stands before the name.
            early = next(
                (
                    at
                    for at in range(chunk.start, mention.start)
                    if words[at].form == "to" and _has_value(words, at, mention, lines, known)
                ),
                None,
            )
            if early is not None:
                target = [words[at] for at in range(early + 1, mention.start)]
                explained.update(range(early, mention.start))
                begin = mention.start
    if chunk.problem:
        return Part([], target, said, chunk.problem)
    around = [at for at in range(begin, end) if not mention.start <= at < mention.end]
    described = [words[at] for at in around]
    candidates = [line for line in lines if line.item.product_id in mention.products]
    count, everyone = _count(words, chunk)
    heard, options = _described(described, candidates, known)
    explained.update(around[place] for place in heard.places)
    if count is not None or everyone:
        explained.update(at for at in around if words[at].form in COUNTS)
    if heard.contradictions:
        return Part([], target, said, f"“{said}” is described in two ways")
    wanted = heard.values()
    fitting = [
        line for line in candidates if all(line.item.options.get(name) == value for name, value in wanted.items())
    ]
    if not fitting:
        return Part(
            [], target, said, f"no “{said}” as described is in the order" if options else f"no “{said}” is in the order"
        )
    return _selected(said, fitting, target, count, everyone, mention, taken, chunk, words)


def _selected(
    said: str,
    fitting: list[Line],
    target: list[Word] | None,
    count: int | None,
    everyone: bool,
    mention: Mention,
    taken: set[tuple[str, int]],
    chunk: _Chunk,
    words: Sequence[Word],
) -> Part:
    free = [line for line in fitting if (line.order.order_id, line.index) not in taken]
    if count is not None or everyone:
        if not everyone and len(free) != count:
            return Part(free, target, said, f"{count} × “{said}” asked for, {len(free)} found")
        taken.update((line.order.order_id, line.index) for line in free)
        return Part(free, target, said)
    if not free:
        return Part([], target, said, f"“{said}” is named more often than it was ordered")
    kinds = {(line.order.order_id, line.item.item_id) for line in free}
    if len(kinds) > 1 or (mention.plural and len(free) > 1 and not _one_piece(free[0].item.name)):
        return Part(free, target, said, f"several fit “{said}”")
    taken.add((free[0].order.order_id, free[0].index))
    return Part(free[:1], target, said)


def _one_piece(name: str) -> bool:
    """Boots, headphones and sunglasses are one thing with a plural name."""
    return name.lower().endswith("s")


def _count(words: Sequence[Word], chunk: _Chunk) -> tuple[int | None, bool]:
    before = [word.form for word in words[max(chunk.start, chunk.mention.start - 4) : chunk.mention.start]]
    for form in reversed(before):
        if form in COUNTS and not (form.isdigit() and not chunk.mention.plural):
            return COUNTS[form], False
        if form in ("all", "each"):
            return None, True
    return None, False


def _described(words: list[Word], candidates: list[Line], known: dict[str, Product]) -> tuple[Heard, Options]:
    options: Options = {}
    for line in candidates:
        product = known.get(line.item.product_id)
        for name, values in (options_of(product) if product else {}).items():
            options.setdefault(name, []).extend(value for value in values if value not in options.get(name, []))
        for name, value in line.item.options.items():
            if value not in options.setdefault(name, []):
                options[name].append(value)
    return hear(words, options), options


def _has_value(words: Sequence[Word], at: int, mention: Mention, lines: list[Line], known: dict[str, Product]) -> bool:
    candidates = [line for line in lines if line.item.product_id in mention.products]
    heard, _ = _described(list(words[at + 1 : mention.start]), candidates, known)
    return bool(heard.spoken)


def _unnamed(
    words: list[Word], lines: list[Line], known: dict[str, Product], result: Grounded, explained: set[int]
) -> None:
    """'I need a size 9 instead' in an order with one line needs no name."""
    if len(lines) != 1:
        return
    split = next(
        (
            at
            for at, word in enumerate(words)
            if word.form in SPLITS and any(not w.is_mark and w.form not in FILLERS for w in words[at + 1 :])
        ),
        None,
    )
    if split is None:
        return
    line = lines[0]
    heard, _ = _described(words[:split], [line], known)
    explained.update(heard.places)
    wanted = heard.values()
    if any(line.item.options.get(name) != value for name, value in wanted.items()):
        return
    explained.update(range(split, len(words)))
    result.parts.append(Part([line], words[split + 1 :], line.item.name))

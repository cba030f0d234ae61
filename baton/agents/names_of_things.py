"""Finds the products of a customer's orders in their words: whole names, 'the kettle', 'tekkies', small typos."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from baton.contracts.orders import OrderItem

from .words import Word, close, form_of, forms_of, match_at, word_set

_CONTAINERS = frozenset(
    {"set", "kit", "machine", "maker", "pack", "bundle", "system", "unit", "cleaner", "puzzle", "purifier", "charger"}
)
_WEAK = frozenset(
    form_of(word)
    for word in word_set(
        "smart electric electrical wireless digital indoor outdoor portable mechanical gaming action running "
        "hiking cycling led light  office desk wall tea pet garden yoga patio security water air bluetooth mini "
        "large small new pro plus the and for  kitchen home travel sports kids men women classic cordless solar "
        "steel cotton wooden leather glass  set kit pack t e of with "
    )
)
_CALLED = {
    "phone": "smartphone", "cellphone": "smartphone", "tee": "shirt", "bike": "bicycle", "tekky": "shoe",
    "tekkie": "shoe", "takky": "shoe", "takkie": "shoe", "trainer": "shoe", "globe": "bulb", "rucksack": "backpack",
    "suitcase": "luggage", "headset": "headphone", "earphone": "earbud", "hoover": "vacuum", "jig": "jigsaw",
    "brolly": "umbrella", "kindle": "reader",
}  # fmt: skip
_NOT_THE_END_OF = frozenset({"phone"})


@dataclass(frozen=True)
class Mention:
    """A product named at some place: `products` are the products of the customer that it may mean."""

    start: int
    end: int
    products: frozenset[str]
    plural: bool


def mentions(words: Sequence[Word], items: Sequence[OrderItem]) -> list[Mention]:
    """Every mention of one of these items' products, in order; the longest name wins at each place."""
    names = {item.product_id: forms_of(item.name) for item in items}
    option_names = {(form, item.product_id) for item in items for option in item.options for form in [forms_of(option)]}
    found: list[Mention] = []
    at = 0
    while at < len(words):
        count, products = _at(words, at, names)
        if count and not _describes(words, at, count, products, option_names):
            found.append(Mention(at, at + count, frozenset(products), _is_plural(words[at + count - 1])))
            at += count
        else:
            at += 1
    return found


def _at(words: Sequence[Word], at: int, names: dict[str, tuple[str, ...]]) -> tuple[int, set[str]]:
    whole: dict[int, set[str]] = {}
    for product, name in names.items():
        for shorter in range(max(1, len(name) - 1)):  # 'running shoes' names the trail running shoes
            if count := match_at(words, at, name[shorter:]):
                whole.setdefault(count, set()).add(product)
                break
    if whole:
        return max(whole.items())
    word = words[at]
    if word.is_mark or len(word.form) < 3:
        return 0, set()
    # 'desk lmap': a slip of the keys in the last word of a whole name.
    slipped = {
        product
        for product, name in names.items()
        if len(name) > 1
        and len(words) >= at + len(name)
        and all(close(words[at + place].form, part) for place, part in enumerate(name))
    }
    if slipped:
        return len(names[next(iter(slipped))]), slipped
    heads = {product for product, name in names.items() if _is_head(word.form, name)}
    if heads:
        return 1, heads
    return (
        (1, part) if (part := {product for product, name in names.items() if _is_part(word.form, name)}) else (0, part)
    )


@lru_cache(maxsize=4096)
def _is_head(form: str, name: tuple[str, ...]) -> bool:
    form = _CALLED.get(form, form)
    head = name[-1]
    if head in _CONTAINERS and len(name) > 1 and close(form, name[-2]) and form not in _WEAK:
        return True
    if close(form, head) and form not in ("set", "kit"):
        return True
    return len(form) >= 5 and head.endswith(form) and form not in _NOT_THE_END_OF


@lru_cache(maxsize=4096)
def _is_part(form: str, name: tuple[str, ...]) -> bool:
    form = _CALLED.get(form, form)
    return len(form) >= 5 and form not in _WEAK and any(close(form, part) for part in name[:-1])


def _describes(
    words: Sequence[Word], at: int, count: int, products: set[str], option_names: set[tuple[tuple[str, ...], str]]
) -> bool:
    """'compartment: laptop' or 'laptop compartment' describes a backpack and names no laptop."""
    for name, product in option_names:
        if products == {product}:
            continue
        before = at - 1
        while before >= 0 and (words[before].is_mark or words[before].form in ("is", "a", "the")) and at - before < 3:
            before -= 1
        begin = before - len(name) + 1
        if begin >= 0 and match_at(words, begin, name) == len(name) and words[at - 1].form != ";":
            return True
        after = at + count
        named = match_at(words, after, name) if count == 1 else 0
        if named and len("".join(name)) > 4 and not (after + named < len(words) and words[after + named].form == ":"):
            return True
    return False


def _is_plural(word: Word) -> bool:
    return word.raw.lower().endswith("s") and not word.form.endswith("s")

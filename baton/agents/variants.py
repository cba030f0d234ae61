"""Which variant of a product a customer wants instead: by named values, by 'bigger', by 'the cheapest'."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from baton.contracts.orders import OrderItem, Product, Variant

from .fillers import FILLERS
from .options import Heard, hear, options_of
from .words import Word, form_of, forms_of, word_set

_SAME = frozenset(form_of(word) for word in ("same", "identical", "exact", "replacement", "another", "new"))
_MORE = frozenset(
    {"bigger", "larger", "longer", "taller", "higher", "greater", "thicker", "faster", "brighter", "wider"}
)
_LESS = frozenset({"smaller", "shorter", "lower", "thinner", "dimmer", "narrower", "slower"})
_MOST = frozenset({"biggest", "largest", "longest", "tallest", "highest", "maximum", "max", "greatest", "brightest"})
_LEAST = frozenset({"smallest", "shortest", "lowest", "minimum", "min", "thinnest", "dimmest"})
_ABOUT = {
    "longer": ("length", "battery life"), "shorter": ("length",), "taller": ("height",), "brighter": ("brightness",),
    "dimmer": ("brightness",), "thicker": ("thickness",), "thinner": ("thickness",), "wider": ("width", "diameter"),
}  # fmt: skip
_SIZES = (
    "size",
    "capacity",
    "length",
    "height",
    "diameter",
    "screen size",
    "frame size",
    "kit size",
    "room size",
    "volume",
)
_LADDERS = (("xs", "s", "m", "l", "xl", "xxl"), ("small", "medium", "large"), ("low", "medium", "high"))
_TARGET_FILLERS = frozenset(
    form_of(word)
    for word in word_set(
        "but keep keeping everything else otherwise remain remains stay rest should must it's made colored "
        "coloured compatible available please stock "
    )
)


@dataclass(frozen=True)
class Wanted:
    """The variant wanted, or why that cannot be told. `sold_out`: it is clear, and cannot be had."""

    variant: Variant | None
    problem: str = ""
    sold_out: bool = False
    said: tuple[tuple[str, str], ...] = ()


def wanted_variant(product: Product, item: OrderItem, target: Sequence[Word]) -> Wanted:  # noqa: PLR0911 - reasons
    """The one variant that these words ask for instead of `item`; every word has to be understood."""
    words = [word for word in target if word.form not in _TARGET_FILLERS]
    heard = hear(words, options_of(product))
    own = set(forms_of(product.name))
    rest = [
        word.form
        for at, word in enumerate(words)
        if at not in heard.places and not word.is_mark and word.form not in own
    ]
    price, rest = _by_price(words, rest)
    step, rest = _by_size(rest)
    open_words = [form for form in rest if form not in FILLERS]
    if heard.unclear:
        return Wanted(None, f"which option “{heard.unclear[0]}” means is not clear")
    if heard.contradictions:
        return Wanted(None, f"two values for {heard.contradictions[0]}")
    if open_words:
        return Wanted(None, f"“{' '.join(open_words)}” is not an option of this product")
    if price and step:
        return Wanted(None, "both a price and a size are compared")
    if price:
        return _priced(product, item, heard, cheapest=price == "cheapest")
    values = {**item.options, **heard.values()}
    if step:
        return _stepped(product, item, heard, step)
    if not heard.spoken:
        if any(word.form in _SAME for word in words):
            return _exactly(product, dict(item.options), ())
        return Wanted(None, "no new variant is named")
    return _exactly(product, values, tuple(heard.values().items()))


def _exactly(product: Product, values: dict[str, str], said: tuple[tuple[str, str], ...]) -> Wanted:
    fitting = [variant for variant in product.variants if variant.options == values]
    if not fitting:
        return Wanted(None, "the shop has no such variant", sold_out=True, said=said)
    available = [variant for variant in fitting if variant.available]
    if not available:
        return Wanted(None, "that variant is not available now", sold_out=True, said=said)
    if len(available) > 1:
        return Wanted(None, "several variants fit")
    return Wanted(available[0], said=said)


def _by_price(words: Sequence[Word], rest: list[str]) -> tuple[str | None, list[str]]:
    text = " ".join(word.form for word in words)
    if re.search(r"\b(?:cheapest|least expensive|lowest price)\b", text):
        return "cheapest", [form for form in rest if form not in ("cheapest", "least", "expensive", "lowest", "price")]
    if re.search(r"\b(?:most expensive|dearest)\b", text):
        return "dearest", [form for form in rest if form not in ("dearest", "most", "expensive")]
    return None, rest


def _priced(product: Product, item: OrderItem, heard: Heard, *, cheapest: bool) -> Wanted:
    """The cheapest (dearest) available variant with the values named; another value may differ from the old item's."""
    named = heard.values()
    fitting = [
        variant
        for variant in product.variants
        if variant.available and all(variant.options.get(name) == value for name, value in named.items())
    ]
    if not fitting:
        return Wanted(None, "no available variant has what is asked for", sold_out=True)
    edge: Decimal = (min if cheapest else max)(variant.price for variant in fitting)
    best = [variant for variant in fitting if variant.price == edge]
    if len(best) > 1:
        return Wanted(None, "several variants have the same price")
    if best[0].item_id == item.item_id:
        return Wanted(None, "the item ordered is already that one")
    return Wanted(best[0])


def _by_size(rest: list[str]) -> tuple[str | None, list[str]]:
    for group in (_MORE, _LESS, _MOST, _LEAST):
        for form in rest:
            if form in group:
                return form, [other for other in rest if other not in (form, "slightly", "little", "bit", "possible")]
    return None, rest


def _stepped(product: Product, item: OrderItem, heard: Heard, step: str) -> Wanted:
    """'Bigger' means one option that measures size; only one available variant may fit, all else being the same."""
    options = options_of(product)
    about = [name for name in options if name in _ABOUT.get(step, _SIZES) and name not in heard.values()]
    if len(about) != 1:
        return Wanted(None, f"what “{step}” refers to is not clear")
    name = about[0]
    rank = {value: place for value in options[name] if (place := _rank(value)) is not None}
    mine = rank.get(item.options.get(name, ""))
    if mine is None or len(rank) != len(options[name]):
        return Wanted(None, f"the values of {name} have no order")
    up = step in _MORE or step in _MOST
    values = {**item.options, **heard.values()}
    fitting = [
        variant
        for variant in product.variants
        if variant.available
        and all(variant.options.get(key) == value for key, value in values.items() if key != name)
        and ((rank[variant.options[name]] > mine) if up else (rank[variant.options[name]] < mine))
    ]
    if step in _MOST or step in _LEAST:
        edge = max(rank.values()) if up else min(rank.values())
        fitting = [variant for variant in fitting if rank[variant.options[name]] == edge]
    if len(fitting) != 1:
        reason = "no available variant is" if not fitting else "several variants are"
        return Wanted(None, f"{reason} {step}", sold_out=not fitting)
    return Wanted(fitting[0], said=((name, fitting[0].options[name]),))


def _rank(value: str) -> float | None:
    figure = re.match(r"\d+(?:\.\d+)?", value)
    if figure:
        return float(figure[0])
    lowered = value.lower()
    return next((float(ladder.index(lowered)) for ladder in _LADDERS if lowered in ladder), None)

"""Finds the values of a product's options in a customer's words: 'size 9', '750 ml', 'black dial', 'not waterproof'."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from baton.contracts.orders import Product

from .words import Word, form_of, forms_of, match_at

_BETWEEN = frozenset({":", "is", "of", "a", "an", "the", "to", "be", "=", "in", "are"})
_SPELLED_SIZES = {
    "xs": "extra small",
    "s": "small",
    "m": "medium",
    "l": "large",
    "xl": "extra large",
    "xxl": "extra extra large",
}
_NONE = frozenset({"none", "no"})
_DENIALS = frozenset({"not", "non", "no", "without", "isn't"})


@dataclass(frozen=True)
class Spoken:
    """One option value found in words, with the places of the words that say it."""

    option: str
    value: str
    places: frozenset[int]


@dataclass
class Heard:
    """What was heard: settled values, and words that fit several options and are therefore not settled."""

    spoken: list[Spoken] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    places: set[int] = field(default_factory=set)

    def values(self) -> dict[str, str]:
        """Option to value; an option said twice differently is left to `contradictions`."""
        return {one.option: one.value for one in self.spoken}

    @property
    def contradictions(self) -> list[str]:
        """Options for which two different values were said."""
        said: dict[str, set[str]] = {}
        for one in self.spoken:
            said.setdefault(one.option, set()).add(one.value)
        return [option for option, values in said.items() if len(values) > 1]


Options = dict[str, list[str]]


def options_of(product: Product) -> Options:
    """Every option of a product with every value that a variant has, in the order of the variants."""
    options: Options = {}
    for variant in product.variants:
        for name, value in variant.options.items():
            if value not in options.setdefault(name, []):
                options[name].append(value)
    return options


def hear(words: Sequence[Word], options: Options) -> Heard:
    """The option values said in `words`: named options first, then 'black dial', then values of one option only."""
    heard = Heard()
    taken: set[int] = set()
    _named_first(words, options, heard, taken)
    _named_after(words, options, heard, taken)
    _yes_no(words, options, heard, taken)
    _alone(words, options, heard, taken)
    _mere_names(words, options, taken)
    heard.places = taken
    return heard


def _spellings(option: str, value: str) -> list[tuple[str, ...]]:
    spellings = [forms_of(value)]
    if value.lower() in _SPELLED_SIZES and "size" in option.lower():
        spellings.append(forms_of(_SPELLED_SIZES[value.lower()]))
    return [spelling for spelling in spellings if spelling]


def _value_at(
    words: Sequence[Word], at: int, option: str, values: list[str], taken: set[int]
) -> tuple[str, int] | None:
    """The longest value of the option that is spelled from `at`."""
    best: tuple[str, int] | None = None
    for value in values:
        for spelling in _spellings(option, value):
            count = match_at(words, at, spelling)
            if count and not taken & set(range(at, at + count)) and (best is None or count > best[1]):
                best = value, count
    return best


def _name_at(words: Sequence[Word], at: int, option: str, taken: set[int]) -> int:
    count = match_at(words, at, forms_of(option))
    return 0 if taken & set(range(at, at + count)) else count


def _settle(heard: Heard, taken: set[int], option: str, value: str, places: range) -> None:
    heard.spoken.append(Spoken(option, value, frozenset(places)))
    taken.update(places)


def _named_first(words: Sequence[Word], options: Options, heard: Heard, taken: set[int]) -> None:
    """'size 9', 'colour: black', 'backlight none'."""
    ordered = sorted(options, key=lambda name: -len(forms_of(name)))
    for at in range(len(words)):
        for option in ordered:
            count = _name_at(words, at, option, taken)
            if not count:
                continue
            value_at = at + count
            while value_at < len(words) and words[value_at].form in _BETWEEN and value_at - at - count < 2:
                value_at += 1
            found = _value_at(words, value_at, option, options[option], taken)
            if found:
                _settle(heard, taken, option, found[0], range(at, value_at + found[1]))
                break


def _named_after(words: Sequence[Word], options: Options, heard: Heard, taken: set[int]) -> None:
    """'black dial', 'clicky switches', 'high ventilation': a value directly before its option, or a word of it."""
    for at in range(len(words)):
        if at in taken:
            continue
        fits: list[tuple[int, str, str, int]] = []
        for option, values in options.items():
            found = _value_at(words, at, option, values, taken)
            if not found:
                continue
            after = at + found[1]
            whole = _name_at(words, after, option, taken)
            part = 0 if whole or after >= len(words) or after in taken else int(words[after].form in forms_of(option))
            if whole or part:
                fits.append((2 * found[1] + whole * 2 + part, option, found[0], found[1] + (whole or part)))
        if fits:
            best = max(fits)
            if sum(1 for fit in fits if fit[0] == best[0]) == 1 and not _denied(words, at):
                _settle(heard, taken, best[1], best[2], range(at, at + best[3]))


def _denied(words: Sequence[Word], at: int) -> bool:
    return at > 0 and words[at - 1].form in _DENIALS


def _yes_no(words: Sequence[Word], options: Options, heard: Heard, taken: set[int]) -> None:
    """'waterproof', 'not waterproof', 'no backlight': an option that is there or is not."""
    settled = {one.option for one in heard.spoken}
    for option, values in options.items():
        lowered = {value.lower(): value for value in values}
        if option in settled:
            continue
        for at in range(len(words)):
            count = _name_at(words, at, option, taken)
            if not count:
                continue
            denied = _denied(words, at)
            if {"yes", "no"} <= set(lowered):
                _settle(heard, taken, option, lowered["no" if denied else "yes"], range(at - denied, at + count))
                break
            none = next((lowered[word] for word in _NONE if word in lowered), None)
            if none and denied:
                _settle(heard, taken, option, none, range(at - 1, at + count))
                break


def _alone(words: Sequence[Word], options: Options, heard: Heard, taken: set[int]) -> None:
    """A value said without its option counts when exactly one option has it; else it stays unclear."""
    at = 0
    while at < len(words):
        fits: list[tuple[int, str, str]] = []
        for option, values in options.items():
            found = _value_at(words, at, option, values, taken)
            if (
                found
                and not _too_short(words[at], found)
                and not _other_measure(words, at + found[1], found[0], option)
            ):
                fits.append((found[1], option, found[0]))
        longest = max((fit[0] for fit in fits), default=0)
        best = [fit for fit in fits if fit[0] == longest]
        if len(best) > 1:
            settled = {one.option for one in heard.spoken}
            best = [fit for fit in best if fit[1] not in settled] or best
        if len(best) == 1:
            count, option, value = best[0]
            if _denied(words, at):
                heard.unclear.append(" ".join(word.raw for word in words[at - 1 : at + count]))
            else:
                _settle(heard, taken, option, value, range(at, at + count))
            at += count
        elif best:
            heard.unclear.append(" ".join(word.raw for word in words[at : at + longest]))
            taken.update(range(at, at + longest))
            at += longest
        else:
            at += 1


def _too_short(word: Word, found: tuple[str, int]) -> bool:
    """'s' and 'no' mean a size or an answer only beside their option; a capital letter alone may be a size."""
    value = found[0].lower()
    if value in ("yes", "no", "none"):
        return True
    return len(value) == 1 and value.isalpha() and not word.raw.isupper()


def _other_measure(words: Sequence[Word], after: int, value: str, option: str) -> bool:
    """'500' is not said by '500 GB': a bare figure followed by a unit measures something else."""
    if not value.replace(".", "").isdigit():
        return False
    if after >= len(words) or words[after].is_mark:
        return False
    following = words[after].form
    return following not in forms_of(option) and following in {
        "gb", "tb", "mb", "ml", "l", "inch", "ft", "cm", "hour", "bar", "%", "mah", "lb", "kg", "w", "mm", "m", "k",
        "day", "week", "rand", "usd", "cup", "degree", "megapixel", "mp", "year", "month", "minute", "order", "time",
    }  # fmt: skip


def _mere_names(words: Sequence[Word], options: Options, taken: set[int]) -> None:
    """Option names without a value ('same size') say nothing and leave nothing open."""
    known = {form for option in options for form in forms_of(option)} | {form_of("option"), form_of("version")}
    taken.update(at for at, word in enumerate(words) if word.form in known)

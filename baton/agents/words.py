"""Text as comparable words: one spelling for units, plurals and colours, however a customer writes them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)?|[%\"”″:;.,!?()+]")
_SAME = {
    "colour": "color", "gray": "grey", "litre": "l", "liter": "l", "millilitre": "ml", "milliliter": "ml",
    "inch": "inch", "in": "in", "foot": "ft", "feet": "ft", "hr": "hour", "gig": "gb", "gigabyte": "gb",
    "terabyte": "tb", "pound": "lb", "lbs": "lb", "centimetre": "cm", "centimeter": "cm", "metre": "m", "meter": "m",
    "watt": "w", "zip": "zip", "aluminium": "aluminum", "one": "one", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
    "fifteen": "15", "twenty": "20", "piece": "piece",
}  # fmt: skip
_NOT_PLURAL = ("ss", "us", "is", "as", "os")
_SHORT_UNITS = {"lbs": "lb", "hrs": "hour", "kgs": "kg", "mls": "ml"}


@dataclass(frozen=True)
class Word:
    """One word: its comparable form, and where it stands in the text."""

    form: str
    start: int
    end: int
    raw: str

    @property
    def is_mark(self) -> bool:
        """A punctuation mark."""
        return not self.form[0].isalnum() and self.form not in "%+"


@lru_cache(maxsize=8192)
def form_of(raw: str) -> str:
    """The comparable form of a single word: lower case, singular, one spelling."""
    word = raw.lower().replace("’", "'")
    word = _SHORT_UNITS.get(word, word)
    if word[0].isdigit():
        return re.sub(r",(?=\d{3}$)", "", word).replace(",", ".")
    if word.endswith("'s"):
        word = word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(_NOT_PLURAL):
        if word.endswith("ies") and len(word) > 4:
            word = word[:-3] + "y"
        elif word.endswith("lves"):
            word = word[:-3] + "f"
        elif word.endswith(("ches", "shes", "xes", "sses")):
            word = word[:-2]
        else:
            word = word[:-1]
    return _SAME.get(word, word)


def words_of(text: str) -> list[Word]:
    """The words of a text in order, marks included; quotes, braces, dashes and underscores only separate."""
    found: list[Word] = []
    for hit in _WORD.finditer(text):
        raw = hit[0]
        if raw in '"”″':
            if not (found and found[-1].form[0].isdigit() and found[-1].end == hit.start()):
                continue  # an ordinary quotation mark; after a figure it says inches
            form = "inch"
        else:
            form = form_of(raw)
        found.append(Word(form, hit.start(), hit.end(), raw))
    return found


def forms_of(text: str) -> tuple[str, ...]:
    """The comparable words of a name or value, marks left out."""
    return tuple(word.form for word in words_of(text) if not word.is_mark)


def match_at(words: Sequence[Word], at: int, wanted: Sequence[str]) -> int:
    """How many words from `at` spell `wanted`, joined or apart ('book shelf', 'wifi'); 0 when they do not."""
    target = "".join(wanted)
    spelled = ""
    for count, word in enumerate(words[at : at + len(wanted) + 2], start=1):
        if word.is_mark:
            return 0
        spelled += word.form
        if spelled == target:
            return count
        if not target.startswith(spelled):
            return 0
    return 0


def close(one: str, other: str) -> bool:
    """Two words that differ by one slip of the keys: a letter more, less, other, or two swapped. Short words never."""
    if one == other:
        return True
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 1 or one[0] != other[0]:
        return False
    if len(one) == len(other):
        differing = [place for place in range(len(one)) if one[place] != other[place]]
        if len(differing) == 1:
            return True
        if len(differing) == 2:
            first, second = differing
            return second == first + 1 and one[first] == other[second] and one[second] == other[first]
        return False
    short, long = sorted((one, other), key=len)
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def word_set(text: str) -> frozenset[str]:
    """The words of a plain list, written in one string."""
    return frozenset(text.split())


def listed(things: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    parts = list(things)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""

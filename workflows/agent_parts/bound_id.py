"""One bound id: which others differ from it, which of them look like one of its kind, and how words name it."""

import re

from pydantic import JsonValue

_A_DAY = re.compile(r"(?:19|20)\d\d(?:-\d\d){0,2}")
_LETTERS = re.compile(r"[^\W\d_]+")
_AT_RANDOM = re.compile(r"\d[^\W\d_]")
_ONE_WORD = r"[^\w\n.,;]{1,40}"
_AN_ID = r"(?=[^\s\d]{0,63}\d)#?(\w[^\s\"'`<>()\[\]{}\\,;|]{0,127})"
_OF_THE_THING = r"_?[^\w\n.,;]{0,9}(?:(?<=:)\s{1,20})?"


class BoundId:
    """What a process bound, as `customer_id`, and what is told against it."""

    def __init__(self, name: str, value: JsonValue) -> None:
        self.name = name
        self._plain = _plain(value)
        self._shape = _shape(self._plain)
        words = _OF_THE_THING.join(map(re.escape, name.split("_")))
        self._named = re.compile(rf"(?<!\w){words}(s?)({_ONE_WORD})(is[^\w\n])?{_AN_ID}", re.IGNORECASE)
        self._itself = re.compile(rf"{re.escape(self._plain)}(?![\w/-]|[.@]\w)")

    def is_another(self, one: JsonValue) -> bool:
        """Where an id is due, whatever stands there is one."""
        return _plain(one) != self._plain

    def looks_like_another(self, one: JsonValue) -> bool:
        """Elsewhere only what has its shape is one: no count, year, date or person's name."""
        return self.is_another(one) and _shape(_plain(one)) == self._shape

    def another_in_words(self, text: str) -> bool:
        """Whether words name another: whatever has a digit after `customer id:`, what has its shape without a colon."""
        for several, between, says_so, found in self._named.findall(text):
            one = _plain(found)
            if self._itself.match(one):
                continue
            one = one.rstrip(".:!?*_~&=/-")
            named_as_such = not several and (says_so or ":" in between or "=" in between)
            if self.is_another(one) if named_as_such else self.looks_like_another(one):
                return True
        return False


def _plain(value: JsonValue) -> str:
    """An id as it is compared: `#W1042207` is W1042207, and 2.0 is 2."""
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    text = hex(whole) if isinstance(whole, int) and abs(whole) > 10**99 else str(whole)
    return text.strip().lstrip("#").casefold()


def _shape(plain: str) -> str:
    """What ids of one kind have in common.

    Of numbers the length, of those made at random too, and where their dashes stand; of `w1042207` the letters before
    the number; of `thandi_nkosi_12`, in which the letters are a name, how many words there are.
    """
    if _A_DAY.fullmatch(plain):
        return "a day"
    letters = _LETTERS.findall(plain)
    if not letters or _AT_RANDOM.search(plain):
        return re.sub(r"[^\W_]", "x" if letters else "0", plain)
    numbered = re.sub(r"\d+", "0", plain)
    return numbered if len(letters) == 1 else _LETTERS.sub("a", numbered)

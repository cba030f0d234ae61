"""The inputs that a goal's words can fill: plain ones, by what their names say that they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from baton.agents.words import word_set
from baton.contracts.plan import PlanCard

from .glossary import stem, stems_of
from .keys import PLAIN, core_of

Kind = Literal[
    "order", "mail", "person", "product", "postcode", "money", "date", "zone", "text", "count", "id", "status"
]  # fmt: skip

_TEXTS = word_set("text body subject note reason question query topic content mail word")
_MONEY = word_set("money amount price total limit least most budget")
_PERSON = word_set("person customer contact full first last")
_ID = word_set("id number no code")
_STATUS = frozenset({stem("status")})


@dataclass(frozen=True)
class Slot:
    """An input of some capability: its name, its type, and what kind of words fill it."""

    name: str
    type: str
    kind: Kind
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        """What a parameter for it stands for."""
        return f"{self.name}: {self.type}" if self.type in PLAIN else self.type

    @property
    def own_key(self) -> str:
        """What a parameter for it and for no other input of its type stands for."""
        return f"{self.name}: {self.type}"


def slots_of(cards: Iterable[PlanCard]) -> list[Slot]:
    """Every input that a literal may fill, each once, by name."""
    found: dict[tuple[str, str], Slot] = {}
    for card in cards:
        for name, need in card.inputs.items():
            type_ = core_of(need.type)
            plain = card.named.get(type_, type_)
            words = stems_of(name if type_ in PLAIN else type_)
            kind = _kind_of(plain, frozenset(words), type_ in PLAIN)
            if kind is not None:
                found.setdefault((name, type_), Slot(name, type_, kind, words))
    return [found[key] for key in sorted(found)]


def _kind_of(plain: str, words: frozenset[str], nameless: bool) -> Kind | None:
    if plain == "date":
        return "date"
    if plain in ("int", "number"):
        return "money" if words & _MONEY else "count" if nameless else None
    return _kind_of_text(words) if plain == "str" else None


def _kind_of_text(words: frozenset[str]) -> Kind | None:
    kinds: list[tuple[bool, Kind]] = [
        ("mail" in words and not words & _ID and words != {"mail"}, "mail"),
        ("order" in words and bool(words & _ID), "order"),
        (bool(words & {"postcod", "postal", "zip"}), "postcode"),
        ("zon" in words or "zone" in words or "timezon" in words, "zone"),
        ("name" in words and bool(words & _PERSON or words == {"name"}), "person"),
        ("name" in words and bool(words & {"product", "item"}), "product"),
        (bool(words & _STATUS), "status"),
        (bool(words & _ID), "id"),
        (bool(words & _TEXTS), "text"),
    ]
    return next((kind for holds, kind in kinds if holds), None)

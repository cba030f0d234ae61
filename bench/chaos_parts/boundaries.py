"""The places in an activity at which a worker is killed or frozen. Each is a file, claimed by whoever gets there first.

before      nothing of the activity has run
asking      a write's request is about to leave: what was looked up and promised is behind it
in flight   the request has left, the system works on it
answered    the system's answer is here, and nobody was told of it
after       all is done, and the completion is not reported yet
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal, get_args

from baton.contracts.agents import Card

Place = Literal["before", "asking", "in flight", "answered", "after"]
Harm = Literal["kill", "freeze"]

_AROUND: tuple[Place, ...] = ("before", "after")
_WRITES = ("idempotent_write", "irreversible")
_NO_REQUEST = ("archive_record", "log_outcome_later")
"""Writes that no connector carries out."""


@dataclass(frozen=True)
class Boundary:
    """A worker comes to harm at this place of this activity, once."""

    activity: str
    place: Place
    harm: Harm

    @property
    def name(self) -> str:
        """As a file is called."""
        return f"{self.activity}.{self.place}.{self.harm}"


@dataclass(frozen=True)
class Claim:
    """A boundary at which a worker has come to harm."""

    boundary: str
    pid: int
    harm: Harm


class Tokens:
    """A directory of boundaries: those still open, and those claimed, with the worker that claimed each."""

    def __init__(self, directory: Path) -> None:
        self._open = directory / "open"
        self._claimed = directory / "claimed"

    def lay_out(self, boundaries: Iterable[Boundary]) -> None:
        """Make a token for each boundary."""
        for directory in (self._open, self._claimed):
            directory.mkdir(parents=True, exist_ok=True)
        for boundary in boundaries:
            (self._open / boundary.name).touch()

    def claim(self, activity: str, place: Place, pid: int) -> Harm | None:
        """The harm that is due here, if any is: renaming a file succeeds for one worker alone."""
        for harm in get_args(Harm):
            name = Boundary(activity, place, harm).name
            with suppress(FileNotFoundError):
                (self._open / name).rename(self._claimed / f"{name}.{pid}")
                return harm  # type: ignore[no-any-return]  # get_args knows no types
        return None

    def give_back(self, boundary: Boundary, pid: int) -> None:
        """The moment had passed before the harm was done: somebody else may have it."""
        (self._claimed / f"{boundary.name}.{pid}").rename(self._open / boundary.name)

    def claims(self) -> list[Claim]:
        """Everything claimed so far."""
        split = [path.name.rsplit(".", 2) for path in self._claimed.iterdir()]
        return [Claim(f"{name}.{harm}", int(pid), _harm(harm)) for name, harm, pid in split]

    def not_reached(self) -> list[str]:
        """The boundaries that nobody has come to, by name."""
        return sorted(path.name for path in self._open.iterdir())


def boundaries_of(cards: Sequence[Card]) -> list[Boundary]:
    """Every boundary of every activity."""
    return [
        Boundary(card.name, place, harm)
        for card in cards
        for place in (get_args(Place) if card.effect in _WRITES and card.name not in _NO_REQUEST else _AROUND)
        for harm in get_args(Harm)
    ]


def boundaries_around(activities: Iterable[str]) -> list[Boundary]:
    """Before and after each of these, of which nothing more is known."""
    return [Boundary(name, place, harm) for name in activities for place in _AROUND for harm in get_args(Harm)]


def drawn(boundaries: Sequence[Boundary], most: int, dice: Random) -> list[Boundary]:
    """So many of them, spread.

    Each activity has one before any has two, those that write outside come first; places and harms take turns.
    """
    left, taken = dice.sample(boundaries, len(boundaries)), list[Boundary]()
    writes = {each.activity for each in boundaries if each.place not in _AROUND}
    used: Counter[str] = Counter()

    def rank(each: Boundary) -> tuple[int, bool, int, int]:
        return used[each.activity], each.activity not in writes, used[each.place], used[each.harm]

    while left and len(taken) < most:
        best = min(left, key=rank)
        left.remove(best)
        taken.append(best)
        used.update((best.activity, best.place, best.harm))
    return taken


def _harm(word: str) -> Harm:
    return "kill" if word == "kill" else "freeze"

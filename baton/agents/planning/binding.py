"""Which parameter belongs to which wanted fact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from baton.contracts.planning import Given, Wanted

from .phrases import Piece

NARROWING = frozenset({"status", "money", "date", "count"})
"""Kinds of parameters that say which of several are meant."""


@dataclass
class Mention:
    """A piece that names what is wanted, in one or several readings."""

    piece: Piece
    place: int
    """Of its last piece: what comes after is said with it."""
    readings: list[Wanted]
    begins: int
    """Of its first piece: 'order W1 status' begins with the parameter."""
    via: str | None = None
    own: list[Given] = field(default_factory=list)
    """Parameters that are said with it."""
    given: list[Given] = field(default_factory=list)
    """Parameters that it is to be found by."""
    narrowed: bool = False
    """All that is said with it says which of them, and nothing whose: 'open orders', 'orders over R500'."""

    @property
    def deed(self) -> bool:
        """Whether something is to be done."""
        return bool(self.piece.verb)


def bind(mentions: Sequence[Mention], pieces: Sequence[Piece], takes: Mapping[str, frozenset[str]]) -> None:
    """Each mention is found by the parameters said after it; by those of the next where 'and' joins them; else by
    those said before. What a deed takes itself belongs to the deed.

    `takes`: what the parameters of each capability stand for.
    """
    leading = _own_parameters(mentions, pieces)
    for mention in mentions:
        if mention.deed:
            _give_to_deed(mention, mentions, pieces, takes)
    before = leading
    for place, mention in enumerate(mentions):
        following = mentions[place + 1] if place + 1 < len(mentions) else None
        if mention.own:
            mention.given = [*before, *mention.own] if mention.narrowed and not mention.deed else mention.own
        elif following is not None and following.piece.joined and following.own and not mention.deed:
            mention.given = following.own
        elif before:
            mention.given = before
        elif following is not None:
            mention.given = following.own
        before = mention.given or before


def _own_parameters(mentions: Sequence[Mention], pieces: Sequence[Piece]) -> list[Given]:
    """Gives each mention what stands between it and the next; returns what stands before all of them."""
    leading: list[Given] = []
    narrowing: list[Given] = []
    for place, piece in enumerate(pieces):
        if piece.spotted is None or piece.spotted.given.loose:
            continue
        owner = next((each for each in reversed(mentions) if each.begins <= place), None)
        (owner.own if owner else leading).append(piece.spotted.given)
        if piece.spotted.kind in NARROWING:
            narrowing.append(piece.spotted.given)
    for mention in mentions:
        mention.narrowed = all(each in narrowing for each in mention.own)
    return leading


def _give_to_deed(
    deed: Mention, mentions: Sequence[Mention], pieces: Sequence[Piece], takes: Mapping[str, frozenset[str]]
) -> None:
    """What fits an input of the deed, anywhere in its clause; of two that fit the same one, that after 'to'."""
    keys = frozenset(key for each in deed.readings for key in takes[str(each.capability)])
    fitting = [
        each
        for each in pieces
        if each.spotted
        and not each.spotted.given.loose
        and each.clause == deed.piece.clause
        and keys & {*each.spotted.given.types}
    ]
    direct: list[Given] = []
    for piece in fitting:
        rivals = [each for each in fitting if _same_input(each, piece, keys)]
        chosen = [each for each in rivals if each.preposition == "to"]
        said_with_it = [each for each in rivals if each.spotted and each.spotted.given in deed.own]
        if piece in (chosen or said_with_it or rivals) and piece.spotted:
            direct.append(piece.spotted.given)
    deed.own = [*direct, *(each for each in deed.own if each not in direct)]
    for other in mentions:
        if other is not deed and other.piece.clause == deed.piece.clause and not other.piece.spotted:
            other.own = [each for each in other.own if each not in direct]


def _same_input(one: Piece, other: Piece, keys: frozenset[str]) -> bool:
    if one.spotted is None or other.spotted is None:
        return False
    return bool(keys & {*one.spotted.given.types} & {*other.spotted.given.types})

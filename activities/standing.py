"""How the effect of the running attempt stands: it decides whether the effect may be tried again."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Standing:
    """`may_be_done`: the effect may have been carried out, by this attempt or an earlier one; None: nobody watches it.

    `can_be_settled`: a later attempt can find out. `word`: the last word that this attempt left.
    """

    may_be_done: bool | None = None
    can_be_settled: bool = True
    word: str = ""


_standing: ContextVar[Standing] = ContextVar("standing")


def begin(may_be_done: bool | None) -> Standing:
    """The standing of an attempt that begins, with what earlier ones left."""
    fresh = Standing(may_be_done)
    _standing.set(fresh)
    return fresh


def standing() -> Standing:
    """The standing of the running attempt."""
    return _standing.get()

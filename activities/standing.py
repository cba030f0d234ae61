"""How the effect of the running attempt stands: it decides whether the effect may be tried again."""

import time
from contextvars import ContextVar
from dataclasses import dataclass, field

from pydantic import JsonValue

from baton.contracts.models import ModelCall


@dataclass
class Standing:
    """`may_be_done`: the effect may have been carried out, by this attempt or an earlier one; None: nobody watches it.

    `can_be_settled`: a later attempt can find out. `word`: the last word that this attempt left. `found_done`: it was
    looked up, and an earlier attempt or round had done it. `began`: when this attempt did, by the monotonic clock.
    `by`: who answers, where the card does not know it; `calls`: the requests to models so far, of earlier attempts too.
    """

    may_be_done: bool | None = None
    can_be_settled: bool = True
    word: str = ""
    found_done: bool = False
    began: float = field(default_factory=time.monotonic)
    by: str = ""
    calls: list[ModelCall] = field(default_factory=list)

    def calls_as_detail(self) -> list[JsonValue]:
        """The last of a failure's details: the requests to models that were answered; nothing where there were none."""
        return [[call.model_dump(mode="json") for call in self.calls]] if self.calls else []


_standing: ContextVar[Standing] = ContextVar("standing")


def begin() -> Standing:
    """The standing of an attempt that begins."""
    fresh = Standing()
    _standing.set(fresh)
    return fresh


def standing() -> Standing:
    """The standing of the running attempt."""
    return _standing.get()

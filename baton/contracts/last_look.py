"""The last look before what cannot be taken back leaves this process: whether its attempt is still counted on."""

from collections.abc import Callable
from contextvars import ContextVar

still_counted_on: ContextVar[Callable[[], None]] = ContextVar("still_counted_on", default=lambda: None)
"""Set around each attempt; raises when another one may have begun, because this process stood still."""


def last_look() -> None:
    """Call it without an await before what cannot be taken back. Raises what ends the attempt."""
    still_counted_on.get()()

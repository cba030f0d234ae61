"""`@agent` marks an async function as an agent of one's own. It marks and no more: the worker makes the activity."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from baton.contracts.agents import Effect, Retry

MARK = "__baton_agent__"

Function = TypeVar("Function", bound=Callable[[Any], Awaitable[Any]])


@dataclass(frozen=True)
class Mark:
    """What an author says of an agent; whether it holds is checked when a worker starts."""

    effect: str
    by: str
    cost: Decimal | float
    typical_s: float
    attempt_s: float
    retry: Retry | None
    fallbacks: Sequence[str]
    undo: str | None
    no_undo: str


def agent(
    *,
    effect: Effect = "read",
    by: str = "",
    cost: Decimal | float = 0,
    typical_s: float = 1.0,
    attempt_s: float = 60.0,
    retry: Retry | None = None,
    fallbacks: Sequence[str] = (),
    undo: str | None = None,
    no_undo: str = "",
) -> Callable[[Function], Function]:
    """Mark an async function, one pydantic model in and one out, as an agent that plans find by the function's name.

    `by`: who does it, for people (else the module); `cost` of a call in the installation's currency; `typical_s` and
    `attempt_s`: how long a call usually takes, and may take at most. A write extends `Write` in what it takes, and
    says in `undo` which agent takes it back, or in `no_undo` why none does.
    """

    def marked(function: Function) -> Function:
        mark = Mark(effect, by, cost, typical_s, attempt_s, retry, tuple(fallbacks), undo, no_undo)
        setattr(function, MARK, mark)
        return function

    return marked

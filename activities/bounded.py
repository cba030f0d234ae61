"""An answer that Temporal would not take is refused by the step itself: else it would be done again and again."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from baton.contracts.agents import Card
from baton.contracts.sizes import most_given

from .standing import standing

TOO_LARGE = "AnswerTooLarge"


def refuse_too_large(size: int, card: Card, *, stored: bool) -> None:
    """Raise a failure that no attempt mends. An effect may be done all the same: then only its answer is lost."""
    most = most_given(stored=stored)
    if size <= most:
        return
    may_be_done = card.effect not in ("read", "model") and standing().may_be_done is not False
    what_then = "; what it tells of may be done" if may_be_done else ""
    raise ApplicationError(
        f"the answer has {size:,} bytes, more than can be kept ({most:,}){what_then}",
        activity.info().attempt,
        may_be_done,
        *standing().calls_as_detail(),
        type=TOO_LARGE,
        non_retryable=True,
    )

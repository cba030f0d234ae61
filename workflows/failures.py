"""Why a step failed, in one bounded line, and whether it may have been done all the same."""

from pydantic import TypeAdapter, ValidationError
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, TimeoutError, TimeoutType

from baton.contracts.agents import Card
from baton.contracts.asking import calls_in
from baton.contracts.models import ModelCall

LONGEST = 400
_CALLS = TypeAdapter(list[ModelCall])
_WRITES = ("idempotent_write", "irreversible")
_ANSWER_LOST = ("OutcomeUnknown", "LargeValueFault", "PayloadsTooLarge")
"""Failures after the work: its answer could not be had, or not be kept."""


def describe_failure(error: BaseException) -> str:
    """The real cause behind an ActivityError: its kind and its words, bounded in size."""
    cause = _cause(error)
    if isinstance(cause, TimeoutError):
        return _TIMEOUTS.get(cause.type, "timed out") if cause.type else "timed out"
    if isinstance(cause, ApplicationError):
        if not cause.type and isinstance(cause.cause, ApplicationError):  # the SDK's own words for what lies beneath
            cause = cause.cause
        text = f"{cause.type}: {cause.message}" if cause.type else cause.message
        return text[:LONGEST]
    if isinstance(cause, CancelledError):
        return "stopped between two attempts"
    return f"{type(cause).__name__}: {cause}"[:LONGEST]


_TIMEOUTS = {
    TimeoutType.START_TO_CLOSE: "no answer within the time that one attempt has",
    TimeoutType.HEARTBEAT: "its worker stopped or was cut off while it worked",
    TimeoutType.SCHEDULE_TO_START: "no worker took it in time",
    TimeoutType.SCHEDULE_TO_CLOSE: "not done in the time that all attempts have",
}


def may_fall_back(error: ActivityError) -> bool:
    """Wrong settings are mended by a person: a fallback would hide them until it fails too."""
    return not (isinstance(error.cause, ApplicationError) and error.cause.type == "Misconfigured")


def may_be_done(error: ActivityError, card: Card) -> bool:
    """Whether an effect may have been carried out although its step failed.

    The activity vouches for the contrary in its second detail; of one that ended without that word nobody knows.
    """
    if card.effect not in _WRITES:
        return False
    cause = _cause(error)
    if isinstance(cause, ApplicationError):
        return cause.type in _ANSWER_LOST or cause.details[1:2] != (False,)
    return isinstance(cause, TimeoutError) and cause.type != TimeoutType.SCHEDULE_TO_START


def certainly_not_done(error: ActivityError) -> bool:
    """Whether the activity vouches for it that nothing was carried out, by this attempt or one before."""
    cause = _cause(error)
    return isinstance(cause, ApplicationError) and cause.details[1:2] == (False,)


def attempts_of(error: ActivityError) -> int:
    """How many attempts were made, where the failed activity said so; else 0."""
    details = error.cause.details if isinstance(error.cause, ApplicationError) else ()
    return details[0] if details and isinstance(details[0], int) else 0


def calls_of(error: ActivityError) -> list[ModelCall]:
    """The requests to models that were answered and of no use, where the failed activity said so."""
    details = error.cause.details[2:3] if isinstance(error.cause, ApplicationError) else ()
    try:
        return _CALLS.validate_python(details[0]) if details else []
    except ValidationError:
        return []


def calls_kept(error: ActivityError) -> list[ModelCall]:
    """The same of an attempt that was cut off: what its last word to Temporal has of them."""
    return calls_in(*error.cause.last_heartbeat_details) if isinstance(error.cause, TimeoutError) else []


def _cause(error: BaseException) -> BaseException:
    while isinstance(error, ActivityError) and error.cause is not None:
        error = error.cause
    return error

"""Why a step failed, in one bounded line."""

from temporalio.exceptions import ActivityError, ApplicationError, TimeoutError, TimeoutType

LONGEST = 400


def describe_failure(error: BaseException) -> str:
    """The real cause behind an ActivityError: its kind and its words, bounded in size."""
    cause: BaseException = error
    while isinstance(cause, ActivityError) and cause.cause is not None:
        cause = cause.cause
    if isinstance(cause, TimeoutError):
        kind = cause.type
        if kind == TimeoutType.START_TO_CLOSE:
            return "no answer within the time that one attempt has"
        return f"timed out ({kind.name.lower() if kind else 'no reason given'})"
    if isinstance(cause, ApplicationError):
        text = f"{cause.type}: {cause.message}" if cause.type else cause.message
        return text[:LONGEST]
    return f"{type(cause).__name__}: {cause}"[:LONGEST]


def may_fall_back(error: ActivityError) -> bool:
    """Wrong settings are mended by a person: a fallback would hide them until it fails too."""
    return not (isinstance(error.cause, ApplicationError) and error.cause.type == "Misconfigured")


def attempts_of(error: ActivityError) -> int:
    """How many attempts were made, where the failed activity said so; else 0."""
    details = error.cause.details if isinstance(error.cause, ApplicationError) else ()
    return details[0] if details and isinstance(details[0], int) else 0

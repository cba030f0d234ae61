"""The one translation of whatever ends an attempt: its kind, bounded words, and whether another attempt may help.

    what ended it                            again                         what the ladder is told
    ---------------------------------------  ----------------------------  ----------------------------------
    Unavailable                              yes                           Unavailable
    Throttled                                yes, after the pause          Throttled
    Rejected, NotFound, Conflict             no                            the same
    Misconfigured                            no                            Misconfigured: no fallback hides it
    OutcomeUnknown                           where it can be looked up     OutcomeUnknown, may_be_done
    Unexpected                               a few times                   Unexpected
    any other exception                      a few times                   its class and clean words
    no time left, nothing dispatched         yes                           Unavailable
    no time left, something dispatched       where it can be looked up     OutcomeUnknown, may_be_done
    overtaken by another attempt             that one goes on              Overtaken
    not what was approved, or of wrong form  no                            NotWhatWasApproved, BadHandOff
    an answer too large to be kept           no                            AnswerTooLarge (bounded.py)
    a model's answer that goes back          yes, at once                  SentBack

`details` are the number of the attempt, whether the effect may have been carried out, and, where models were asked, the
requests that were answered. Cancellation is none of these and stays what it is.
"""

import traceback
from datetime import timedelta
from pathlib import Path

from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from baton.connectors.model_misfits import SentBack
from baton.contracts.agents import Effect
from baton.contracts.discretion import discreet
from baton.contracts.enquiry import NotWhatWasApproved
from baton.contracts.systems import (
    NOTHING_DONE,
    Conflict,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    Rejected,
    SystemFault,
    Throttled,
    Unavailable,
)
from baton.temporal.heartbeats import Overtaken

from .retries import a_few
from .standing import Standing

LONGEST_TEXT = 500
LONGEST_PAUSE_S = 300.0


class BadHandOff(Exception):
    """What a step was handed is not of the form that it takes."""


_FOR_GOOD = (Rejected, NotFound, Conflict, Misconfigured, NotWhatWasApproved, BadHandOff)
_AGAIN = (Unavailable, Throttled, OutcomeUnknown, Overtaken, SentBack)


def translated(error: Exception, effect: Effect, standing: Standing) -> ApplicationError:
    """What Temporal is told of an attempt that ended so."""
    info = activity.info()
    may_be_done = _may_be_done(error, effect, standing)
    again = isinstance(error, _AGAIN) or (not isinstance(error, _FOR_GOOD) and info.attempt < a_few(info.retry_policy))
    if may_be_done and not _can_be_settled(effect, standing):
        again = False
    text = _words(error)
    if may_be_done and isinstance(error, NOTHING_DONE):
        text += "; what became of an earlier attempt is not known"
    return ApplicationError(
        text[:LONGEST_TEXT],
        info.attempt,
        may_be_done,
        *standing.calls_as_detail(),
        type=_kind(error),
        non_retryable=not again,
        next_retry_delay=_pause(error),
    )


def out_of_time(effect: Effect, standing: Standing) -> SystemFault:
    """The fault of an attempt that did not end by itself in the time that it has."""
    if _may_be_done(TimeoutError(), effect, standing):
        return OutcomeUnknown("it was not confirmed within the time that one attempt has")
    return Unavailable("no answer within the time that one attempt has")


def places(error: ValidationError) -> str:
    """Where something does not fit, without the values: they may be personal."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'/'.join(map(str, fault['loc']))}: {fault['type']}" for fault in faults[:5])


def _may_be_done(error: Exception, effect: Effect, standing: Standing) -> bool | None:
    """None: this attempt did nothing, and what an earlier one did was not looked up."""
    if standing.may_be_done is not None:
        return standing.may_be_done
    if effect in ("read", "model"):
        return False
    nothing = (*NOTHING_DONE, NotWhatWasApproved, BadHandOff)
    if isinstance(error, OutcomeUnknown) or (effect == "irreversible" and not isinstance(error, nothing)):
        return True
    return None if activity.info().attempt > 1 else False


def _can_be_settled(effect: Effect, standing: Standing) -> bool:
    return standing.can_be_settled and not (standing.may_be_done is None and effect == "irreversible")


def _kind(error: Exception) -> str:
    """The contract's class: a connector may raise its own kinds of it, and the ladder knows those of the contract."""
    line = type(error).__mro__
    return next((each.__name__ for each in line if each.__module__ == SystemFault.__module__), line[0].__name__)


def _words(error: Exception) -> str:
    """A fault's own words, which are clean by contract; of any other exception what may be shown, and its place."""
    if isinstance(error, (SystemFault, NotWhatWasApproved, BadHandOff, Overtaken, SentBack)):
        return str(error)
    said = places(error) if isinstance(error, ValidationError) else discreet(str(error))
    own = [at for at in traceback.extract_tb(error.__traceback__) if "site-packages" not in at.filename]
    where = "".join(f" ({Path(at.filename).name}:{at.lineno})" for at in own[-1:])
    return f"{said[: LONGEST_TEXT - 100]}{where}"


def _pause(error: Exception) -> timedelta | None:
    if isinstance(error, (Throttled, OutcomeUnknown)) and error.retry_after:
        return timedelta(seconds=min(error.retry_after, LONGEST_PAUSE_S))
    return timedelta(milliseconds=1) if isinstance(error, SentBack) else None

"""The one place where HTTP answers and failures become faults.

    what happened                                          reading         writing
    -----------------------------------------------------  --------------  --------------
    refused, unknown host, no connection in time           Unavailable     Unavailable
    sent, then cut off or no answer in time                Unavailable     OutcomeUnknown
    408 and every 5xx, which a proxy says after the work   Unavailable     OutcomeUnknown
    503 that says Retry-After                              Throttled       OutcomeUnknown
    425 (not taken on)                                     Unavailable     Unavailable
    429                                                    Throttled       Throttled
    401, 403, a redirect, a certificate that is not valid  Misconfigured   Misconfigured
    404, 410                                               NotFound        NotFound
    412                                                    Conflict        Conflict
    405, 406, 415, 428                                     Unexpected      Unexpected
    400, 409, 422 and other 4xx                            Rejected        Rejected
    2xx without the JSON that was agreed                   Unexpected      Unexpected

A text names the system, the route (never the ids or the query in it) and a problem document's title (RFC 9457).
"""

import json
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from baton.contracts.discretion import without_personal_data
from baton.contracts.systems import (
    Conflict,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    Rejected,
    SystemFault,
    Throttled,
    Unavailable,
    Unexpected,
)

LONGEST_PAUSE_S = 300.0
"""A system that asks for a longer pause is asked again after this: hours have been seen where seconds were meant."""

_LONGEST_TITLE = 160


def fault_of_answer(what: str, status: int, headers: Mapping[str, str], body: bytes, *, writing: bool) -> SystemFault:
    """The fault that an answer outside 2xx stands for; `what` is e.g. 'order system: GET /orders/{order_id}'."""
    text = f"{what} answered {status}{_title(body)}"
    pause = pause_of(headers.get("retry-after"))
    if writing and (status >= 500 or status == 408):
        # Often not the system's own word but that of a proxy, which may have passed the request on before.
        return OutcomeUnknown(text, pause)
    if status == 429 or (status == 503 and "retry-after" in headers):
        return Throttled(text, pause)
    if status >= 500 or status in (408, 425):
        return Unavailable(text)
    if status < 400:
        return Misconfigured(f"{what} answered {status}: the address in the settings is not the final one")
    classes: dict[int, type[SystemFault]] = {
        401: Misconfigured,
        403: Misconfigured,
        404: NotFound,
        405: Unexpected,
        406: Unexpected,
        410: NotFound,
        412: Conflict,
        415: Unexpected,
        428: Unexpected,
    }
    return classes.get(status, Rejected)(text)


def fault_of_failure(what: str, failure: Exception, *, writing: bool, sent: bool) -> SystemFault:
    """The fault that a failed exchange stands for; `sent` says whether any of the request had left."""
    if isinstance(failure, (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError)):
        return Misconfigured(f"{what} cannot be asked: the address or the token in the settings is not usable")
    if _certificate_refused(failure):
        return Misconfigured(f"{what} cannot be asked: the server's certificate is not valid for this address")
    if isinstance(failure, httpx.DecodingError):
        return Unexpected(f"{what} gave an answer that cannot be decoded")
    how = "did not answer in time" if isinstance(failure, (httpx.TimeoutException, TimeoutError)) else "cut us off"
    if not sent:
        return Unavailable(f"{what} was not reached ({type(failure).__name__})")
    return OutcomeUnknown(f"{what} was sent, then the other side {how}") if writing else Unavailable(f"{what} {how}")


def pause_of(retry_after: str | None, now: datetime | None = None) -> float | None:
    """Retry-After (seconds or an HTTP date) as seconds from now, at most 300; None when it says nothing usable."""
    text = (retry_after or "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        pause = float(text)
    else:
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        pause = (until - (now or datetime.now(UTC))).total_seconds()
    return min(max(pause, 0.0), LONGEST_PAUSE_S)


def _title(body: bytes) -> str:
    """': ' and a problem document's title, or nothing; its detail may hold anything and is left out."""
    try:
        problem = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    title = problem.get("title") if isinstance(problem, dict) else None
    return f": {without_personal_data(title)[:_LONGEST_TITLE]}" if isinstance(title, str) and title.strip() else ""


def _certificate_refused(failure: BaseException | None) -> bool:
    seen = 0
    while failure is not None and seen < 10:
        # httpx keeps the first cause's text only, several steps away from the exception that it raises.
        if isinstance(failure, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(failure):
            return True
        failure, seen = failure.__cause__ or failure.__context__, seen + 1
    return False

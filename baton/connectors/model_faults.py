"""The one place where what came of a request to a model becomes a fault.

    what happened                                                   the fault
    --------------------------------------------------------------  ---------------------------------------------
    not reached, cut off, no answer in time, 5xx, overloaded        Unavailable
    429, or any of these with Retry-After                           Throttled, for at most five minutes
    401, 403, a key that is refused; 404, 410, no such model or     Misconfigured: it names the setting to mend
    address; 405 or any 3xx, an address that is another's
    the account's money is used up; the request is too long (413)   Rejected
    or refused as it stands
    the model, or its provider's filter, will not answer            Refused, a Rejected
    the answer was cut off at its longest                           CutOff, a Rejected
    it fits no better after it was corrected twice                  Misfit, a Rejected
    anything else                                                   Unexpected

After a Rejected the next model is asked, then the rules; a Misconfigured is for a person at once. A text never holds
what a provider said: it may quote the key, or the customer.
"""

from collections.abc import Mapping, Sequence

from pydantic_ai.exceptions import (
    ContentFilterError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestRejectedError,
    ModelRequestTimeout,
    ModelServerError,
    ModelUnavailableError,
    UserError,
)

from baton.contracts.models import ModelName
from baton.contracts.systems import Misconfigured, Rejected, SystemFault, Throttled, Unavailable, Unexpected

from .faults import LONGEST_PAUSE_S
from .model_keys import EXAMPLE, KEY_OF, OLLAMA_EXAMPLE
from .model_misfits import Refused

_AGAIN = (ModelUnavailableError, ModelServerError, ModelConnectionError, ModelRequestTimeout)


def fault_of_request(model: ModelName, named_in: Sequence[str], failure: Exception) -> SystemFault:
    """The fault that a request stands for which brought no answer. `named_in`: the settings that name this model."""
    status = failure.status_code if isinstance(failure, ModelHTTPError) else _led_elsewhere(failure)
    pause = failure.retry_after if isinstance(failure, ModelAPIError) else None
    shown = f" ({status})" if status else ""
    again = isinstance(failure, _AGAIN) or status in (408, 409, 425)
    if isinstance(failure, ModelRateLimitError) or (again and pause is not None):
        return Throttled(f"{model} asks for a pause{shown}", _bounded(pause))
    if again:
        return Unavailable(f"{model} did not answer{shown}")
    kind = _KIND_OF.get(status or 0, type(failure))
    for each, fault, words in _FINAL:
        if issubclass(kind, each):
            mend = " and ".join(f"{setting}={EXAMPLE}" for setting in named_in)
            if model.provider == "ollama":
                mend += f", or OLLAMA_BASE_URL={OLLAMA_EXAMPLE}"
            key = KEY_OF[model.provider]
            return fault(words.format(model=model, provider=model.provider, key=key, mend=mend) + shown)
    return Unexpected(f"{model} gave an answer that makes no sense{shown} ({type(failure).__name__})")


_FINAL: tuple[tuple[type[Exception], type[SystemFault], str], ...] = (
    (ModelAuthenticationError, Misconfigured, "{provider} refuses the key in {key}"),
    (ModelNotFoundError, Misconfigured, "there is no {model}, mend the setting that names it, e.g. {mend}"),
    (ModelQuotaExceededError, Rejected, "the account at {provider} has nothing left to spend"),
    (ModelContextWindowExceededError, Rejected, "{model} cannot read so much at once"),
    (ModelRequestRejectedError, Rejected, "{model} refuses the request as it stands"),
    (ContentFilterError, Refused, "{model} will not answer this"),
    (UserError, Rejected, "{model} cannot be asked like this"),
)
"""Failures that no other attempt mends, the more special kinds first."""

_KIND_OF: Mapping[int, type[Exception]] = {
    **dict.fromkeys((*range(300, 400), 405, 410), ModelNotFoundError),
    413: ModelContextWindowExceededError,
}
"""What those statuses are that come without a kind of their own."""


def _led_elsewhere(failure: Exception) -> int | None:
    """The status of a redirect, which nobody follows: our key and the customer's words would go along."""
    status = getattr(getattr(failure.__cause__, "response", None), "status_code", None)
    return status if isinstance(status, int) and 300 <= status < 400 else None


def _bounded(pause: float | None) -> float | None:
    return None if pause is None else min(max(pause, 0.0), LONGEST_PAUSE_S)

"""Why an order is to be cancelled, in the words that the policy knows."""

from baton.contracts.enquiry import Request

from .vocabulary import MISTAKE, NOT_NEEDED


def cancel_reason(request: Request) -> str | None:
    """One of the accepted reasons where the words support it; a mistake is also not needed, so it comes first."""
    return next(filter(None, map(reason_in, (request.words, request.context))), None)


def reason_in(text: str) -> str | None:
    """The accepted reason that some words give: 'it was ordered by mistake'."""
    if MISTAKE.search(text):
        return "ordered by mistake"
    return "no longer needed" if NOT_NEEDED.search(text) else None

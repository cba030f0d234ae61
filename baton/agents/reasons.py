"""Why an order is to be cancelled, in the words that the policy knows."""

from baton.contracts.enquiry import Request

from .vocabulary import MISTAKE, NOT_NEEDED


def cancel_reason(request: Request) -> str | None:
    """One of the accepted reasons where the words support it; a mistake is also not needed, so it comes first."""
    for text in (request.words, request.context):
        if MISTAKE.search(text):
            return "ordered by mistake"
        if NOT_NEEDED.search(text):
            return "no longer needed"
    return None

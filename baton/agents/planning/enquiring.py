"""Whether a goal is a customer's enquiry in words: then the coded process for enquiries does it, and nothing plans."""

import re

from baton.agents.reading import read
from baton.contracts.enquiry import ReadEnquiry
from baton.contracts.mail import Message

_WRITES_OF_OWN = re.compile(r"\b(?:I|I'm|I'd|I've|I'll|my|mine)\b")
"""A customer speaks of an order of their own; who works here speaks of a customer's."""


def why_an_enquiry(goal: str) -> str:
    """Why these words are a customer's: what they ask for, in the words that say so; empty when they are not."""
    own = _WRITES_OF_OWN.search(goal.replace("’", "'"))
    if own is None:
        return ""
    requests = read(ReadEnquiry(message=Message(text=goal))).requests
    kinds = " and ".join(dict.fromkeys(request.kind.replace("_", " ") for request in requests if request.kind))
    return f"a customer writes (“{own[0]}”), about: {kinds}" if kinds else ""

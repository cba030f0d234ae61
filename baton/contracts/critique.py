"""A second look at a draft, before a person sees it: what whoever looks is given, and what they object to."""

from typing import Literal

from pydantic import Field

from .enquiry import ProposeResolution, Refused, Resolution
from .wire import Wire

ObjectionKind = Literal["unanswered", "unfounded", "promise", "action", "wording"]
"""A request that nothing answers, a claim without a fact, a promise beyond the policy, an action that was not asked so,
a wrong tone or language."""

MOST_OBJECTIONS = 5
LONGEST_PROBLEM = 300
"""Characters of what is wrong, in the words of whoever objects."""


class CriticiseDraft(ProposeResolution):
    """All that was known when the draft was made, and the draft."""

    resolution: Resolution
    refused: list[Refused] = []


class Objection(Wire):
    """One thing that is wrong or missing: the words that it is about, and why. A model's words, to be quoted only."""

    kind: ObjectionKind
    about: str = Field(description="words of the message or of the draft, one short line")
    problem: str = Field(max_length=LONGEST_PROBLEM, description="one line")


class Critique(Wire):
    """What somebody objects to in a draft. No objection says nothing for the draft."""

    objections: list[Objection] = Field(default=[], max_length=MOST_OBJECTIONS)
    unread: str = Field(default="", description="why nobody was shown it; empty where somebody was")

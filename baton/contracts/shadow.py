"""A shadow: the run that makes a proposal of its own of an enquiry, beside it, for the comparison alone."""

from pydantic import Field, field_validator

from . import names
from .agents import Card, Shared
from .process import ProcessState
from .record import EnquiryStart

MODELS = "shadow/models"
"""The fact that says which models were asked, as the settings name them; an empty list: the rules alone."""

PROPOSED = "shadow/proposed"
"""The fact that holds what a reviewer would have been shown: a Proposal."""


class ShadowStart(EnquiryStart):
    """The input of ShadowWorkflow: the enquiry's, with cards that change nothing but the archive of its own record."""

    models: list[str] = Field(default=[], description="who is asked, as the settings name them; empty: the rules alone")
    state: ProcessState = ProcessState()

    @field_validator("cards")
    @classmethod
    def _that_only_read(cls, cards: list[Shared[Card]]) -> list[Shared[Card]]:
        may = ("read", "model")
        writes = [card.name for card in cards if card.effect not in may and card.name != names.ARCHIVE_RECORD.name]
        if writes:
            raise ValueError(f"a shadow changes nothing: {', '.join(writes)}")
        return cards

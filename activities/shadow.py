"""The Reader and the Resolver of a shadow: the same agents asking other models, under names of their own."""

from baton.contracts.enquiry import Proposal, ProposeResolution, ReadEnquiry, Reading

from .asking import MODEL_ATTEMPT_S, MODEL_WAIT_S, Thinking
from .capability import capability
from .model_reader import ModelReader
from .model_resolver import ModelResolver


class Shadow:
    """Reads and proposes for the comparison alone."""

    def __init__(self, thinking: Thinking) -> None:
        self._reader = ModelReader(thinking)
        self._resolver = ModelResolver(thinking)

    @capability(agent="Shadow", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=MODEL_WAIT_S)
    async def read_enquiry_by_shadow(self, given: ReadEnquiry) -> Reading:
        """Read what a message asks for, for a proposal that is not used."""
        return await self._reader.read(given, 0)

    @capability(agent="Shadow", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=MODEL_WAIT_S)
    async def read_enquiry_by_second_shadow(self, given: ReadEnquiry) -> Reading:
        """Read what a message asks for, for a proposal that is not used."""
        return await self._reader.read(given, 1)

    @capability(agent="Shadow", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=MODEL_WAIT_S)
    async def propose_resolution_by_shadow(self, given: ProposeResolution) -> Proposal:
        """Propose actions and draft the reply, for a proposal that is not used."""
        return await self._resolver.propose(given, 0)

    @capability(agent="Shadow", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=MODEL_WAIT_S)
    async def propose_resolution_by_second_shadow(self, given: ProposeResolution) -> Proposal:
        """Propose actions and draft the reply, for a proposal that is not used."""
        return await self._resolver.propose(given, 1)

"""The resolver that asks a model: what to do and what to answer, in the customer's language."""

from baton.agents.resolved_faults import faults_in
from baton.agents.resolving_by_model import needs_no_model, proposal_of, question
from baton.contracts.enquiry import Proposal, ProposeResolution

from .asking import MODEL_ATTEMPT_S, MODEL_WAIT_S, Thinking
from .capability import capability
from .standing import standing

BY_RULES = "Resolver (rules)"


class ModelResolver:
    """Proposes with a model, and takes from its answer only what the facts and the policy bear."""

    def __init__(self, thinking: Thinking) -> None:
        self._thinking = thinking

    @capability(agent="Resolver", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=MODEL_WAIT_S)
    async def propose_resolution_by_model(self, given: ProposeResolution) -> Proposal:
        """Propose typed actions and draft the reply in the customer's language; say what is unsure."""
        return await self.propose(given, 0)

    @capability(agent="Resolver", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=MODEL_WAIT_S)
    async def propose_resolution_by_second_model(self, given: ProposeResolution) -> Proposal:
        """Propose typed actions and draft the reply in the customer's language; say what is unsure."""
        return await self.propose(given, 1)

    async def propose(self, given: ProposeResolution, rung: int) -> Proposal:
        """What the model on this rung proposes."""
        known = needs_no_model(given)
        if known is not None:
            standing().by = BY_RULES
            return known
        answer = await self._thinking.ask(rung, question(given), lambda said: faults_in(given, said))
        return proposal_of(given, answer).model_copy(update={"by": standing().by})

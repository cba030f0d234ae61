"""The critic that asks a model: what is wrong or missing in a draft, before a person sees it."""

from baton.agents.criticising_by_model import critique_of, faults_in, needs_no_model, question
from baton.contracts.critique import CriticiseDraft, Critique

from .asking import MODEL_ATTEMPT_S, Thinking
from .capability import capability
from .standing import standing

BY_RULES = "Critic (rules)"

WAIT_S = 120.0
"""How long a draft waits for its turn with a model: less than other steps, for its reviewer can do without."""


class ModelCritic:
    """Looks at a draft with a model. There are no rules that would stand in: without a model nobody looks twice."""

    def __init__(self, thinking: Thinking) -> None:
        self._thinking = thinking

    @capability(
        agent="Critic",
        effect="model",
        attempt_s=MODEL_ATTEMPT_S,
        wait_s=WAIT_S,
        fallbacks=["criticise_draft_by_second_model"],
    )
    async def criticise_draft_by_model(self, given: CriticiseDraft) -> Critique:
        """Say what is wrong or missing in a draft."""
        return await self._criticise(given, 0)

    @capability(agent="Critic", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=WAIT_S)
    async def criticise_draft_by_second_model(self, given: CriticiseDraft) -> Critique:
        """Say what is wrong or missing in a draft."""
        return await self._criticise(given, 1)

    async def _criticise(self, given: CriticiseDraft, rung: int) -> Critique:
        known = needs_no_model(given)
        if known is not None:
            standing().by = BY_RULES
            return known
        return critique_of(await self._thinking.ask(rung, question(given), lambda said: faults_in(given, said)))

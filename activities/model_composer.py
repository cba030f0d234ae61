"""The composer that asks a model: the answer to a goal in prose, every sentence with its source."""

from baton.agents.composing_by_model import answer_of, faults_in, needs_no_model, question
from baton.contracts.outcome import Compose, ComposedAnswer

from .asking import MODEL_ATTEMPT_S, MODEL_WAIT_S, Thinking
from .capability import capability
from .standing import standing

BY_RULES = "Composer (rules)"


class ModelComposer:
    """Puts answers together with a model, and takes only sentences whose figures stand in their step's result."""

    def __init__(self, thinking: Thinking) -> None:
        self._thinking = thinking

    @capability(agent="Composer", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=MODEL_WAIT_S)
    async def compose_by_model(self, given: Compose) -> ComposedAnswer:
        """Put results together into one answer in prose, every statement with its source."""
        return await self._compose(given, 0)

    @capability(agent="Composer", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=MODEL_WAIT_S)
    async def compose_by_second_model(self, given: Compose) -> ComposedAnswer:
        """Put results together into one answer in prose, every statement with its source."""
        return await self._compose(given, 1)

    async def _compose(self, given: Compose, rung: int) -> ComposedAnswer:
        known = needs_no_model(given)
        if known is not None:
            standing().by = BY_RULES
            return known
        return answer_of(given, await self._thinking.ask(rung, question(given), lambda said: faults_in(given, said)))

"""The composer: one answer from all that a goal's steps found."""

from baton.agents.composing import compose
from baton.contracts.outcome import Compose, ComposedAnswer

from .capability import capability
from .retries import RULES


class Composer:
    """Puts answers together."""

    @capability(agent="Composer (rules)", retry=RULES, attempt_s=30)
    async def compose(self, given: Compose) -> ComposedAnswer:
        """Put results together into one answer, every statement with its source."""
        return compose(given)

"""A step that adds one kilobyte to what a run knows."""

from activities.capability import capability
from activities.retries import RULES
from baton.contracts.agents import Capability
from baton.contracts.wire import Wire


class Context(Wire):
    """What a step found out: a kilobyte."""

    text: str


class Before(Wire):
    """What a step is handed: what the one before it found out, and nothing else."""

    before: Context | None = None


ADD = Capability("add_context", Context)


class Adder:
    """Adds context."""

    @capability(agent="Adder", retry=RULES, attempt_s=30)
    async def add_context(self, given: Before) -> Context:
        """Find out a kilobyte more."""
        return Context(text=("x" if given.before is None else "y") * 1024)

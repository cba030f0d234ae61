"""The shop's policy for plans: what it says on a question, and whether an order can still be returned."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from baton.agents import policy
from baton.agents.policy_questions import passages_for, return_window
from baton.contracts.enquiry import PolicyPassages
from baton.contracts.tools.policy import AskPolicy, AskReturnWindow, ReturnWindow

from ..capability import tool
from ..retries import RULES

rules = partial(tool, agent="Policy (rules)", retry=RULES, attempt_s=20, typical_s=0.02)


class PolicyTools:
    """Reads the policy's text."""

    def __init__(self, text: str, source: str) -> None:
        self._text = text
        self._source = source

    @classmethod
    def reading(cls, file: Path | None) -> "PolicyTools":
        """Tools that read the shop's policy file, or the policy that ships."""
        path = file or Path(policy.__file__).with_name("policy.md")
        return cls(path.read_text(encoding="utf-8"), path.name)

    @rules()
    async def search_policy(self, given: AskPolicy) -> PolicyPassages:
        """Find what the policy says on a question, word for word."""
        return passages_for(given.question, self._text, self._source)

    @rules()
    async def check_return_window(self, given: AskReturnWindow) -> ReturnWindow:
        """Say whether an order can still be returned, and until when."""
        return return_window(given.order, self._text, given.at or datetime.now(UTC))

"""The shop's policy: what applies, and what it says of a proposal. Rules change, histories must not: so it is asked."""

from pathlib import Path

from baton.agents import policy
from baton.agents.policy import check, look_up
from baton.contracts.enquiry import CheckPolicy, LookUpPolicy, PolicyPassages, PolicyVerdict
from baton.contracts.systems import OrderSystem

from .capability import capability
from .retries import RULES


class PolicyDesk:
    """Knows the policy's text and its rules, and asks the order system what it can do."""

    def __init__(self, text: str, source: str, orders: OrderSystem) -> None:
        self._text = text
        self._source = source
        self._orders = orders

    @classmethod
    def reading(cls, file: Path | None, orders: OrderSystem) -> "PolicyDesk":
        """A desk that reads the shop's policy file, or the policy that ships."""
        path = file or Path(policy.__file__).with_name("policy.md")
        return cls(path.read_text(encoding="utf-8"), path.name, orders)

    @capability(agent="Policy (rules)", retry=RULES, attempt_s=20)
    async def look_up_policy(self, given: LookUpPolicy) -> PolicyPassages:
        """Look up the passages of the policy that apply."""
        return look_up(given, self._text, self._source)

    @capability(agent="Policy (rules)", attempt_s=60)
    async def check_policy(self, given: CheckPolicy) -> PolicyVerdict:
        """Judge every action by the rules and by what the order system can do; name what in a draft is no fact."""
        if not given.resolution.actions:
            return check(given, policy_text=self._text)
        return check(given, (await self._orders.capabilities()).actions, self._text)

"""The resolver: which orders it is about, what to do, what to answer, what to ask."""

from baton.agents.asking import question
from baton.agents.choosing import choose
from baton.agents.drafts import with_warnings
from baton.agents.resolving import hand_over, propose
from baton.contracts.enquiry import AskCustomer, ChooseOrders, OrderChoice, Proposal, ProposeResolution, Question

from .capability import capability
from .retries import RULES


class Resolver:
    """Chooses, proposes and writes by rules."""

    @capability(agent="Resolver (rules)", retry=RULES, attempt_s=20)
    async def choose_orders(self, given: ChooseOrders) -> OrderChoice:
        """Choose the order that each request is about, by its number or by the items named."""
        return choose(given)

    @capability(agent="Resolver (rules)", retry=RULES, attempt_s=30, fallbacks=["prepare_hand_over"])
    async def propose_resolution(self, given: ProposeResolution) -> Proposal:
        """Propose typed actions and draft the reply; hand over where the rules are unsure."""
        if given.hand_over_because:
            return hand_over(given, given.hand_over_because)
        return propose(given)

    @capability(agent="Resolver (hand-over)", retry=RULES, attempt_s=20)
    async def prepare_hand_over(self, given: ProposeResolution) -> Proposal:
        """Fill in all that is known for a person to complete."""
        return hand_over(given, given.hand_over_because or "proposing failed")

    @capability(agent="Resolver (rules)", retry=RULES, attempt_s=20)
    async def ask_customer(self, given: AskCustomer) -> Question:
        """Write one clear question to the customer."""
        return with_warnings(question(given), given)

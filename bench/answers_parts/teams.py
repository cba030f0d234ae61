"""Who reads, chooses and proposes in a trial: the rules, or a model behind the same contracts."""

from collections.abc import Callable
from decimal import Decimal
from typing import Literal, Protocol

from baton.agents import choosing, reading, resolving, suspecting
from baton.contracts.enquiry import ChooseOrders, OrderChoice, Proposal, ProposeResolution, ReadEnquiry, Reading
from baton.contracts.wire import Wire

Agents = Literal["rules", "model"]

NO_MODEL = (
    "--agents model: no model is configured. Name one: BATON_MODEL=openai:NAME, anthropic:NAME, google-gla:NAME, "
    "ollama:NAME, or an OpenAI-compatible endpoint; its client comes with `uv sync --extra models`"
)


class NoModel(Exception):
    """No model is configured; the text says what to set."""


class Spent(Wire):
    """What one case used. `cost` in dollars; None where a model's price is not known."""

    calls: int = 0
    cost: Decimal | None = Decimal(0)


class Team(Protocol):
    """The agents of one case; what each takes and gives is what its activity takes and gives."""

    async def read_enquiry(self, given: ReadEnquiry) -> Reading:
        """What a message says."""
        ...

    async def choose_orders(self, given: ChooseOrders) -> OrderChoice:
        """Which orders it is about."""
        ...

    async def propose_resolution(self, given: ProposeResolution) -> Proposal:
        """What to do, and what to answer."""
        ...

    def spent(self) -> Spent:
        """What this case used so far."""
        ...


class Rules:
    """The agents that come along."""

    async def read_enquiry(self, given: ReadEnquiry) -> Reading:
        """What a message says."""
        return suspecting.with_warnings(reading.read(given), given)

    async def choose_orders(self, given: ChooseOrders) -> OrderChoice:
        """Which orders it is about."""
        return choosing.choose(given)

    async def propose_resolution(self, given: ProposeResolution) -> Proposal:
        """What to do, and what to answer."""
        return resolving.propose(given)

    def spent(self) -> Spent:
        """Nothing: they call nobody."""
        return Spent()


def team_maker(agents: Agents) -> Callable[[], Team]:
    """What makes the team of one case. Raises NoModel."""
    if agents == "rules":
        return Rules
    raise NoModel(NO_MODEL)

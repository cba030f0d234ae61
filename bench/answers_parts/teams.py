"""Who reads, chooses and proposes in a trial: the rules, or a model behind the same contracts."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from decimal import Decimal
from typing import Literal, Protocol

from pydantic import JsonValue
from temporalio.exceptions import ApplicationError

from activities.asking import Thinking
from activities.model_reader import ModelReader
from activities.model_resolver import ModelResolver
from baton.agents import choosing, reading, resolving, suspecting
from baton.connectors.models import check_models, load_models
from baton.contracts.asking import AsksModels, Correction, Out, Question, Said, TurnAsked
from baton.contracts.enquiry import ChooseOrders, OrderChoice, Proposal, ProposeResolution, ReadEnquiry, Reading
from baton.contracts.models import ModelCall, ModelChains, ModelName
from baton.contracts.record import StepAnswer
from baton.contracts.systems import Misconfigured, Rejected
from baton.contracts.wire import Wire
from baton.settings import Settings, SettingsError, load_settings
from bench.instruments.attempts import attempted

Agents = Literal["rules", "model"]

NO_MODEL = (
    "--agents model: no model is configured. Name one: BATON_MODEL=openai:NAME, anthropic:NAME, google-gla:NAME, "
    "ollama:NAME, or https://SERVER/v1#NAME for an OpenAI-compatible endpoint; its client comes with "
    "`uv sync --extra models`"
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


class Thoughtful(Rules):
    """Models before the rules, in the order of the settings, as in an installation; the rules choose the orders."""

    def __init__(self, chains: ModelChains, models: AsksModels) -> None:
        counted = _Counted(models)
        self._counted = counted
        self._reader = ModelReader(Thinking("Reader", counted, chains.of("reader")))
        self._resolver = ModelResolver(Thinking("Resolver", counted, chains.of("resolver")))
        self._chains = chains

    async def read_enquiry(self, given: ReadEnquiry) -> Reading:
        """What a message says."""
        steps = [self._reader.read_enquiry_by_model, self._reader.read_enquiry_by_second_model]
        found = await _first(steps[: len(self._chains.of("reader"))], given)
        return await super().read_enquiry(given) if found is None else Reading.model_validate(found)

    async def propose_resolution(self, given: ProposeResolution) -> Proposal:
        """What to do, and what to answer."""
        steps = [self._resolver.propose_resolution_by_model, self._resolver.propose_resolution_by_second_model]
        found = await _first(steps[: len(self._chains.of("resolver"))], given)
        return await super().propose_resolution(given) if found is None else Proposal.model_validate(found)

    def spent(self) -> Spent:
        """Every request that was answered, also where its answer was of no use."""
        prices = [call.price for call in self._counted.calls]
        known = [price for price in prices if price is not None]
        return Spent(calls=len(prices), cost=sum(known, Decimal(0)) if len(known) == len(prices) else None)


class _Counted:
    """Carries requests on, and keeps what each took."""

    def __init__(self, models: AsksModels) -> None:
        self._models = models
        self.calls: list[ModelCall] = []

    async def ask(self, model: ModelName, question: Question[Out], corrections: Sequence[Correction] = ()) -> Said:
        """One request."""
        said = await self._models.ask(model, question, corrections)
        self.calls.append(said.call)
        return said

    async def take_turn(self, model: ModelName, asked: TurnAsked, corrections: Sequence[Correction] = ()) -> Said:
        """One turn."""
        said = await self._models.take_turn(model, asked, corrections)
        self.calls.append(said.call)
        return said


async def _first(steps: Sequence[Callable[..., Awaitable[object]]], given: Wire) -> JsonValue:
    """The answer of the first step that has one; None where none has: then the rules answer."""
    for step in steps:
        try:
            answer = await attempted(step, given.model_dump(mode="json"))
        except ApplicationError as failed:
            if failed.type != Rejected.__name__:  # nobody waits and asks again here: the case fails, and says why
                raise
            continue
        return StepAnswer.model_validate(answer).value
    return None


def team_maker(agents: Agents) -> AbstractAsyncContextManager[Callable[[], Team]]:
    """What makes the team of one case, while it is open. Raises NoModel."""
    if agents == "rules":
        return nullcontext(Rules)
    try:
        settings = load_settings()
        check_models(settings)
    except (Misconfigured, SettingsError) as missing:
        raise NoModel(f"--agents model: {missing}") from None
    if not settings.models.names:
        raise NoModel(NO_MODEL)
    return _thoughtful(settings)


@asynccontextmanager
async def _thoughtful(settings: Settings) -> AsyncIterator[Callable[[], Team]]:
    async with load_models(settings) as models:
        assert models is not None  # the settings name one
        yield lambda: Thoughtful(settings.models, models)

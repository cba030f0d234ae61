"""Cards for agents that ask models: who asks which, on whose queue, and before which card."""

from collections.abc import Iterable, Mapping

from baton.contracts.agents import Card
from baton.contracts.asking import AsksModels
from baton.contracts.models import ModelChains, ModelName, Provider, Thinker

from .asking import Thinking
from .capability import cards_of
from .model_reader import ModelReader

MODEL_AGENTS: Mapping[Thinker, type] = {"reader": ModelReader}

RUNGS = ("_by_model", "_by_second_model")
"""How a capability's name goes on where a model does it: the first that is asked, and the second."""


def model_queue(task_queue: str, provider: Provider) -> str:
    """The task queue of all that is asked of one provider: the bound on calls per minute is this queue's."""
    return f"{task_queue}-model-{provider}"


def with_models(cards: Iterable[Card], models: ModelChains, task_queue: str) -> list[Card]:
    """These cards, and those of the agents that ask models, each asked before its twin that goes by rules."""
    by_model = {
        card.name: card
        for thinker, agent in MODEL_AGENTS.items()
        for each in cards_of([agent])
        if (card := _of_this_chain(each, models.of(thinker), task_queue)) is not None
    }
    twins: list[Card] = []
    for card in cards:
        before = [name for rung in RUNGS if (name := card.name + rung) in by_model]
        twins.append(card.model_copy(update={"before": before}) if before else card)
    return [*twins, *by_model.values()]


def thinking_agents(chains: ModelChains, models: AsksModels) -> list[object]:
    """The agents that ask models, for a worker."""
    return [
        agent(Thinking(thinker.capitalize(), models, chains.of(thinker)))
        for thinker, agent in MODEL_AGENTS.items()
        if chains.of(thinker)
    ]


def _of_this_chain(card: Card, chain: list[ModelName], task_queue: str) -> Card | None:
    rung = next(at for at, ending in enumerate(RUNGS) if card.name.endswith(ending))
    if rung >= len(chain):
        return None
    model = chain[rung]
    return card.model_copy(
        update={"agent": f"{card.agent} ({model.name})", "queue": model_queue(task_queue, model.provider)}
    )

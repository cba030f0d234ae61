"""Cards for agents that ask models: who asks which, on whose queue, and before which card."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from baton.contracts.agents import Card
from baton.contracts.asking import AsksModels
from baton.contracts.models import ModelChains, ModelName, Provider, Thinker
from baton.contracts.plan import PlanCard

from .asking import Thinking
from .capability import cards_of
from .model_composer import ModelComposer
from .model_critic import ModelCritic
from .model_planner import ModelPlanner
from .model_reader import ModelReader
from .model_resolver import ModelResolver
from .shadow import Shadow
from .turn_taker import TurnTaker

MODEL_AGENTS: Mapping[Thinker, type] = {
    "reader": ModelReader,
    "resolver": ModelResolver,
    "planner": ModelPlanner,
    "composer": ModelComposer,
    "agent": TurnTaker,
    "critic": ModelCritic,
    "shadow": Shadow,
}

RUNGS = ("_by_model", "_by_second_model")
"""How a capability's name goes on where a model does it: the first that is asked, and the second."""

SHADOW_RUNGS = ("_by_shadow", "_by_second_shadow")
"""The same in a shadow: other names, for the models of both may be asked on one queue."""


TURN_WAIT_S = 3 * 86_400.0
"""How long a turn waits for the last model of its line, for which nobody stands in: a weekend without a worker is no
reason to ask a person. Some time one is told all the same, for no worker may ever ask that provider again."""


def model_queue(task_queue: str, provider: Provider) -> str:
    """The task queue of all that is asked of one provider: the bound on calls per minute is this queue's."""
    return f"{task_queue}-model-{provider}"


def with_models(
    cards: Iterable[Card], models: ModelChains, task_queue: str, rungs: Sequence[str] = RUNGS
) -> list[Card]:
    """These cards, and those of agents that ask models for the same, each of which is asked before its twin."""
    by_model = {
        each.name: each
        for thinker, agent in MODEL_AGENTS.items()
        for each in _of_this_chain(cards_of([agent]), models.of(thinker), task_queue, rungs)
    }
    found: list[Card] = []
    asked: list[Card] = []
    for card in cards:
        before = [by_model[name] for rung in rungs if (name := card.name + rung) in by_model]
        found.append(card.model_copy(update={"before": [each.name for each in before]}) if before else card)
        asked += before
    return [*found, *asked]


def turn_cards(models: ModelChains, task_queue: str) -> list[Card]:
    """Who takes the turns of an agent with tools; nobody where no model is named."""
    cards = list(_of_this_chain(cards_of([TurnTaker]), models.of("agent"), task_queue))
    return [*cards[:-1], *(last.model_copy(update={"wait_s": TURN_WAIT_S}) for last in cards[-1:])]


def planner_cards(models: ModelChains, task_queue: str) -> list[Card]:
    """Who plans a goal for which rules made no plan; nobody where no model is named."""
    return list(_of_this_chain(cards_of([ModelPlanner]), models.of("planner"), task_queue))


def critic_cards(models: ModelChains, task_queue: str) -> list[Card]:
    """Who takes a second look at a draft; nobody where no model is named for it."""
    return list(_of_this_chain(cards_of([ModelCritic]), models.of("critic"), task_queue))


def thinking_agents(chains: ModelChains, models: AsksModels, for_plans: Sequence[PlanCard] = ()) -> list[object]:
    """The agents that ask models, for a worker. `for_plans`: the cards of all that plans may use.

    The Shadow and the Critic always are: who starts enquiries has settings of their own, and may name a provider that
    is asked here for something else. Without a model they say so at once; unknown, their steps would be tried for long.
    """
    agents: list[object] = []
    for thinker, agent in MODEL_AGENTS.items():
        if chains.of(thinker) or agent in (Shadow, ModelCritic):
            thinking = Thinking(thinker.capitalize(), models, chains.of(thinker))
            agents.append(ModelPlanner(thinking, for_plans) if agent is ModelPlanner else agent(thinking))
    return agents


def _of_this_chain(
    cards: Iterable[Card], chain: list[ModelName], task_queue: str, rungs: Sequence[str] = RUNGS
) -> Iterator[Card]:
    """What each model of the chain does, under its name and on its provider's queue."""
    for card in cards:
        for rung, model in zip(rungs, chain, strict=False):
            if card.name.endswith(rung):
                agent, queue = f"{card.agent} ({model.name})", model_queue(task_queue, model.provider)
                yield card.model_copy(update={"agent": agent, "queue": queue})

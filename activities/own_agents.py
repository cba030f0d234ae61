"""Agents of one's own: functions marked with `@agent` in the modules that AGENTS names, made into activities."""

from collections.abc import Iterable, Sequence
from types import MethodType
from typing import Any

from pydantic import BaseModel, ValidationError

from baton.agents.marking import MARK, Mark
from baton.contracts.agents import Card
from baton.contracts.plan import PlanCard
from baton.contracts.systems import OutcomeUnknown, Rejected
from baton.contracts.tools.write import Write

from . import standing
from .capability import CARD, models_of, tool
from .marked_line import Fault, fault_at
from .once import Ledger, Once
from .own_cards import faults_of_card, faults_of_function
from .own_modules import WrongModule, imported

SETTING = "AGENTS"
EXAMPLE = "my_shop.agents"


class WrongAgent(WrongModule):
    """Agents of one's own that cannot be used: for each fault its module and line, and what to write there."""


class OwnAgent:
    """One function as an agent: its card, and its activity for a worker."""

    def __init__(self, function: Any, mark: Mark, module: str) -> None:
        self.function, self.mark = function, mark
        made = tool(
            agent=mark.by or module,
            effect=mark.effect,  # type: ignore[arg-type]  # checked before
            cost=mark.cost,
            typical_s=mark.typical_s,
            source=module,
            retry=mark.retry,
            attempt_s=mark.attempt_s,
            fallbacks=mark.fallbacks,
            undo=mark.undo,
            no_undo=mark.no_undo,
        )(as_method(function, mark.effect))
        self.step = MethodType(made, self)
        self.card: PlanCard = getattr(made, CARD)


def load_own_agents(modules: Iterable[str], known: Sequence[Card]) -> list[OwnAgent]:
    """The agents in these modules, beside the capabilities that are known. Raises WrongAgent with all faults."""
    faults: list[Fault] = []
    found: list[OwnAgent] = []
    for name in modules:
        module = imported(name, SETTING, EXAMPLE, WrongAgent)
        marked = {id(each): each for each in vars(module).values() if isinstance(getattr(each, MARK, None), Mark)}
        if not marked:
            raise WrongAgent(f"{SETTING}={module.__name__}: no function in it is marked with @agent(…)")
        for function in marked.values():
            own = faults_of_function(function, getattr(function, MARK))
            faults += own
            if not own:
                try:
                    found.append(OwnAgent(function, getattr(function, MARK), module.__name__))
                except ValidationError as error:
                    where = "/".join(map(str, error.errors()[0]["loc"]))
                    faults.append(fault_at(function, error.errors()[0]["msg"], f"mend `{where}=`", where))
    faults += faults_of_card([(own.function, own.card) for own in found], known)
    if faults:
        raise WrongAgent("\n".join(map(str, faults)))
    return found


def as_method(function: Any, effect: str) -> Any:
    """The function as a method that does an effect once, as every effect is done."""
    irreversible = effect == "irreversible"

    async def unknown(key: str) -> BaseModel | None:
        if irreversible:
            raise Rejected("an agent of one's own keeps no keys")
        return None  # what it did is not known, but under its key it may be asked again

    ledger: Ledger[BaseModel] = Ledger(unknown, same_key_is_safe=not irreversible)

    async def read(own: OwnAgent, given: BaseModel) -> BaseModel:
        result: BaseModel = await function(given)
        return result

    async def write(own: OwnAgent, given: Write) -> BaseModel:
        if given.only_look and not irreversible:
            standing.standing().can_be_settled = False
            raise OutcomeUnknown("an agent of one's own cannot look up what it did")
        once = Once(ledger, given)
        return await once.look_up() or await once.dispatch(lambda: function(given))

    method: Any = read if effect in ("read", "model") else write
    method.__name__, method.__qualname__, method.__doc__ = function.__name__, function.__qualname__, function.__doc__
    takes, gives = models_of(function)
    method.__annotations__ = {"given": takes, "return": gives}
    return method

"""What must hold of an agent of one's own before a worker starts with it."""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel

from baton.agents.marking import Mark
from baton.contracts import names
from baton.contracts.agents import Card, Effect, able
from baton.contracts.plan import PlanCard
from baton.contracts.tools.write import Write

from .capability import description_of
from .marked_line import Fault, fault_at

RESERVED = frozenset({names.LAST_ATTEMPT, names.CALLS_SO_FAR})
"""Activities that have no card."""

_SHAPE = "async def {name}(given: YourInput) -> YourResult:"


def faults_of_function(function: Any, mark: Mark) -> list[Fault]:
    """What is wrong with the function and its mark by themselves."""
    return list(_shape(function)) or [*_models(function, mark), *_marked(function, mark)]


def faults_of_card(own: Sequence[tuple[Any, PlanCard]], known: Sequence[Card]) -> list[Fault]:
    """What is wrong with their cards beside each other and beside all that is known."""
    taken = {card.name: "a capability that comes along" for card in known} | dict.fromkeys(RESERVED, "reserved")
    models = {name: fields for card in known if isinstance(card, PlanCard) for name, fields in _models_of(card)}
    cards = {card.name: card for card in [*known, *(card for _, card in own)]}
    faults: list[Fault] = []
    for function, card in own:
        if card.name in taken:
            faults.append(
                fault_at(function, f"the name is taken: {taken[card.name]}", "give the function another name")
            )
            continue
        taken[card.name] = f"{function.__module__} has one"
        others = [name for name, fields in _models_of(card) if models.setdefault(name, fields) != fields]
        faults += [
            fault_at(function, f"there is another {name}, with other fields", f"give your class {name} another name")
            for name in others
        ]
        faults += _others(function, card, cards)
    return faults


def _models_of(card: PlanCard) -> list[tuple[str, dict[str, str]]]:
    return [*card.parts.items(), (card.takes, {name: need.type for name, need in card.inputs.items()})]


def _shape(function: Any) -> Iterator[Fault]:
    write = f"write: {_SHAPE.format(name=getattr(function, '__name__', 'find_it'))}"
    if not inspect.iscoroutinefunction(function):
        yield fault_at(function, "it is no async function", write)
        return
    parameters = list(inspect.signature(function).parameters.values())
    if len(parameters) != 1 or parameters[0].kind not in (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    ):
        yield fault_at(function, f"it takes {len(parameters)} arguments, and an agent takes one model", write)
        return
    try:
        hints = get_type_hints(function)
    except Exception as error:
        yield fault_at(function, f"an annotation cannot be read: {error}", "import what it names at the module's top")
        return
    for name, what in ((parameters[0].name, f"its argument `{parameters[0].name}`"), ("return", "its result")):
        if name not in hints:
            yield fault_at(function, f"{what} has no annotation", write)
        elif not (isinstance(hints[name], type) and issubclass(hints[name], BaseModel)):
            yield fault_at(function, f"{what} is no pydantic model", write)


def _models(function: Any, mark: Mark) -> Iterator[Fault]:
    hints = get_type_hints(function)
    gives: type[BaseModel] = hints.pop("return")
    (takes,) = hints.values()
    for model in (takes, gives):
        try:
            model.model_json_schema()
        except Exception as error:
            said = str(error).splitlines()[0]
            yield fault_at(
                function, f"{model.__name__} cannot be written as JSON: {said}", f"mend a field of {model.__name__}"
            )
    if mark.effect in ("idempotent_write", "irreversible") and not issubclass(takes, Write):
        yield fault_at(
            function,
            f"it writes, and {takes.__name__} carries no idempotency key",
            f"write: class {takes.__name__}(Write): …, with `from baton.agents import Write`",
        )
    if not description_of(function):
        yield fault_at(function, "it does not say what it does", 'write """What it does.""" below the def')


def _marked(function: Any, mark: Mark) -> Iterator[Fault]:
    effects = get_args(Effect)
    if mark.effect not in effects:
        yield fault_at(function, f"there is no effect {mark.effect!r}", f"one of: {', '.join(effects)}", "effect")
    elif mark.effect in ("idempotent_write", "irreversible"):
        if not (mark.undo or mark.no_undo):
            yield fault_at(
                function,
                "it changes something outside, and nothing says how that is taken back",
                'write undo="the_agent_that_does" or no_undo="why none does"',
                "effect",
            )
    elif mark.undo or mark.no_undo:
        said = "it changes nothing outside, so there is nothing to take back"
        yield fault_at(function, said, "leave it out, or name the effect", "undo" if mark.undo else "no_undo")


def _others(function: Any, card: PlanCard, cards: dict[str, Card]) -> Iterator[Fault]:
    for name in card.fallbacks:
        if name not in cards:
            yield fault_at(function, f"there is no {name} to fall back on", "name a capability", "fallbacks")
        elif not card.writes and name not in able(card.name, cards):
            said = f"{name} cannot stand in: it takes or gives something else"
            yield fault_at(function, said, f"name one that takes {card.takes} and gives {card.gives}", "fallbacks")
    if card.undo is not None:
        undo = cards.get(card.undo)
        if undo is None:
            yield fault_at(function, f"there is no {card.undo} to take it back", "name a capability", "undo")
        elif (undo.takes, undo.gives) != (card.takes, card.gives):
            said = f"{card.undo} cannot take it back: it takes or gives something else"
            yield fault_at(function, said, f"it takes {card.takes} and gives {card.gives}", "undo")

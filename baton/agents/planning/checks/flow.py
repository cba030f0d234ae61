"""Whether what flows into a step fits it: its inputs, the list of its `for_each`, and the facts of its conditions."""

from collections.abc import Callable, Collection, Iterator, Mapping

from pydantic import JsonValue

from baton.contracts.plan import EACH, Need, PlanCard, PlanFault, PlanStep, Reference
from baton.contracts.plan_builtin import LONGEST_WAIT_S, WAIT
from baton.contracts.types import Parts, element_of, fits

from .literals import NULL, Types, example_of, misfit
from .offers import Offers
from .results import NotThere, Results
from .telling import fault, few, meant, quoted


class Flow:
    """Checks one step after the other; `later` tells which steps come after one."""

    def __init__(
        self, cards: Mapping[str, PlanCard], results: Results, offers: Offers, later: Callable[[int], Collection[int]]
    ) -> None:
        self._cards = cards
        self._results = results
        self._offers = offers
        self._later = later
        self._parts: Parts = {name: part for card in cards.values() for name, part in card.parts.items()}
        self._named = {name: plain for card in cards.values() for name, plain in card.named.items()}

    def faults(self, place: int, step: PlanStep) -> Iterator[PlanFault]:
        """What does not fit of one step."""
        here = ("steps", step.id)
        yield from self._of_the_list(step)
        card = self._cards.get(step.capability)
        for name, given in step.inputs.items():
            if isinstance(given, Reference):
                yield from self._of_a_reference(place, step, name, given, card)
            elif card and name in card.inputs:
                yield from self._of_a_literal(place, step, name, given, card)
        if card is None:
            return
        for name in step.inputs:
            if name not in card.inputs:
                hint = meant(name, card.inputs) if card.inputs else f"{card.name} takes nothing"
                yield fault("unknown_input", (*here, "inputs", name), f"{card.name} has no input {quoted(name)}", hint)
        for name, need in card.inputs.items():
            if need.required and name not in step.inputs:
                message = f"{card.name} needs {name} ({need.type})"
                hint = example_of(need.type.removesuffix(NULL)) or self._offer(need, place)
                yield fault("missing_input", (*here, "inputs", name), message, hint)
        if card.name == WAIT:
            yield from _of_a_wait(step)

    def _of_the_list(self, step: PlanStep) -> Iterator[PlanFault]:
        over = step.for_each
        if over is None:
            return
        place = ("steps", step.id, "for_each")
        if over.step == EACH:
            message = f"{EACH} is what for_each makes, and not there yet"
            yield fault("unknown_step", place, message, "name a step that gives a list")
            return
        try:
            found = self._results.found(over, step)
        except NotThere as nowhere:
            yield fault("unknown_path", place, str(nowhere), nowhere.hint)
            return
        if found is None or element_of(found.type) is not None:
            return
        hint = f"take the step's inputs from {over.source} itself, without for_each"
        if found.type.endswith(NULL) and element_of(found.type.removesuffix(NULL)):
            hint = _only_when(over.source)
        yield fault("not_a_list", place, f"{over.source} is {found.type}, and for_each needs a list", hint)

    def _of_a_reference(
        self, place: int, step: PlanStep, name: str, given: Reference, card: PlanCard | None
    ) -> Iterator[PlanFault]:
        where = ("steps", step.id, "inputs", name)
        if given.step == EACH and step.for_each is None:
            hint = 'give the step a list to go through: "for_each": {"from": "find_orders.orders"}'
            yield fault("unknown_step", where, f"{EACH} is there only in a step with for_each", hint)
            return
        try:
            found = self._results.found(given, step)
        except NotThere as nowhere:
            yield fault("unknown_path", where, str(nowhere), nowhere.hint)
            return
        need = card.inputs.get(name) if card else None
        if found is None or need is None or fits(found.type, need.type):
            return
        message = f"{given.source} is {found.type}, and {name} needs {need.type}"
        yield fault("wrong_type", where, message, self._mend(given, found.type, need, place))

    def _mend(self, given: Reference, type_: str, need: Need, place: int) -> str:
        inner = element_of(type_)
        if type_.endswith(NULL) and fits(type_.removesuffix(NULL), need.type):
            if given.step == EACH:
                return "items may lack it, and a step cannot leave out single items"
            return _only_when(given.source)
        if inner is not None and fits(inner, need.type):
            return f'do it once for each: "for_each": {{"from": "{given.source}"}}, and {{"from": "{EACH}"}} here'
        wanted_inner = element_of(need.type.removesuffix(NULL))
        if wanted_inner is not None and fits(type_, wanted_inner):
            return "a list is needed, and this is one thing"
        if (type_.removesuffix(NULL), need.type.removesuffix(NULL)) == ("number", "int"):
            return "a number may have a fraction: take a whole one"
        return self._offer(need, place)

    def _of_a_literal(
        self, place: int, step: PlanStep, name: str, given: JsonValue, card: PlanCard
    ) -> Iterator[PlanFault]:
        need = card.inputs[name]
        wrong = misfit(given, need.type, Types(self._parts, {**self._named, **card.named}))
        if not wrong and card.name == WAIT and name == "seconds":
            wrong = _no_time(given)
        if wrong:
            message = f"{name} needs {need.type}: {wrong}"
            bare = self._named.get(need.type.removesuffix(NULL), need.type.removesuffix(NULL))
            hint = example_of(bare) or self._offer(need, place)
            yield fault("wrong_type", ("steps", step.id, "inputs", name), message, hint)

    def _offer(self, need: Need, place: int) -> str:
        return self._offers.of(need.type, place, self._later(place))


def _only_when(source: str) -> str:
    return f'let the step run only when it is there: "when": [{{"fact": "{source}", "op": "not_null"}}]'


def _of_a_wait(step: PlanStep) -> Iterator[PlanFault]:
    given = [name for name in ("seconds", "until") if name in step.inputs]
    place = ("steps", step.id, "inputs")
    if not given:
        yield fault("missing_input", place, f"{WAIT} needs seconds, or until", 'for an hour: {"seconds": 3600}')
    if len(given) > 1:
        yield fault("unknown_input", place, f"{WAIT} takes either seconds or until", f"leave out one of {few(given)}")


def _no_time(given: JsonValue) -> str:
    seconds = float(given) if isinstance(given, int | float | str) else 0.0
    return "" if 0 <= seconds <= LONGEST_WAIT_S else f"it must be between 0 and {LONGEST_WAIT_S} seconds"

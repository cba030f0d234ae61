"""What a reference leads to: the type of a step's result, or of a part of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from baton.contracts.plan import EACH, PlanCard, PlanStep, Reference
from baton.contracts.types import Parts, element_of

from .links import first_places
from .literals import NULL
from .telling import meant, quoted

_TESTS = ("not_null", "not_empty")


@dataclass(frozen=True)
class Found:
    """A type, and the card whose result it lies in."""

    type: str
    card: PlanCard


class NotThere(Exception):
    """A path leads nowhere; `hint` says what there is."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Results:
    """The results of a plan's steps, by their cards."""

    def __init__(self, steps: Sequence[PlanStep], cards: Mapping[str, PlanCard]) -> None:
        self._steps = steps
        self._cards = cards
        self._at = first_places(steps)

    def found(self, reference: Reference, step: PlanStep) -> Found | None:
        """Where it leads; None where that cannot be known, and is told elsewhere. Raises NotThere.

        What the step's own `when` has tested is there: `find.customer` that is `not_null` is no longer `| null`.
        """
        tested = {each.fact for each in step.when if each.op in _TESTS}
        if reference.step == EACH:
            item = self._item(step)
            return item and Found(type_at(EACH, item.type, reference.path, item.card.parts, ()), item.card)
        if reference.step not in self._at:
            return None
        source = self._steps[self._at[reference.step]]
        card = self._cards.get(source.capability)
        if card is None:
            return None
        gives = card.gives if source.for_each is None else f"list[{card.gives}]"
        return Found(type_at(source.id, gives, reference.path, card.parts, tested), card)

    def _item(self, step: PlanStep) -> Found | None:
        """None also where the list is none: that is told of `for_each`."""
        if step.for_each is None or step.for_each.step == EACH:
            return None
        try:
            over = self.found(step.for_each, step)
        except NotThere:
            return None
        inner = element_of(over.type) if over else None
        return Found(inner, over.card) if over and inner is not None else None


def type_at(source: str, type_: str, path: Sequence[str], parts: Parts, tested: Collection[str]) -> str:
    """The type of a field within a result; or null, where something on the way may be and was not tested."""
    here, null = source, False
    for field in path:
        if here in tested:
            type_, null = type_.removesuffix(NULL), False
        null = null or type_.endswith(NULL)
        fields = parts.get(type_.removesuffix(NULL), {})
        if field not in fields:
            raise _not_there(here, type_, field, fields)
        type_, here = fields[field], f"{here}.{field}"
    if here in tested:
        return type_.removesuffix(NULL)
    return type_.removesuffix(NULL) + NULL if null else type_


def _not_there(here: str, type_: str, field: str, fields: Mapping[str, str]) -> NotThere:
    inner = element_of(type_.removesuffix(NULL))
    if inner is not None:
        hint = f'take the whole list, or go through it: for_each {{"from": "{here}"}} and then each.{field}'
    elif fields:
        hint = meant(field, fields)
    else:
        hint = f"{type_} has no fields: take {here} itself"
    return NotThere(f"{here} is {type_} and has no field {quoted(field)}", hint)

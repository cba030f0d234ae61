"""What an answer is put together from: results, each with its step, and what is missing."""

from collections.abc import Sequence
from itertools import islice

from pydantic import JsonValue

from baton.contracts.outcome import Compose, Known
from baton.contracts.plan import PlanStep
from baton.contracts.sizes import MOST_LINE, LeftOut, most_handed, size_of
from baton.contracts.types import Parts, found_in
from workflows.scheduling import predecessors

from .goal_run import GoalRun, title_of

A_FEW = 5
"""Of what a result holds that the goal asks for: an answer names these first."""


def answer_from(run: GoalRun, steps: Sequence[PlanStep]) -> Compose:
    """What these steps gave, and why some gave nothing."""
    plan = run.plan
    known = [
        fact.model_copy(update={"holds": _held(fact, plan.wanted, card.parts if (card := run.card(step)) else {})})
        for step in steps
        if (fact := run.known(step)) is not None
    ]
    taken = {each for step in steps for each in predecessors(step)}
    room = most_handed(stored=run.state.stored) // 2 // max(1, len(known))
    return Compose(
        goal=plan.goal,
        wanted=[each for each in plan.wanted if len(steps) == len(plan.steps)],
        facts=[_that_has_room(fact.model_copy(update={"last": fact.step not in taken}), room) for fact in known],
        missing=[line for step in steps for line in _missing(run, step)],
        notes=run.notes,
    )


def _held(fact: Known, wanted: Sequence[str], parts: Parts) -> dict[str, list[JsonValue]]:
    found = {each: list(islice(found_in(fact.value, fact.type, each, parts), A_FEW)) for each in wanted}
    return {
        each: [value for value in values if size_of(value) <= MOST_LINE] for each, values in found.items() if values
    }


def _that_has_room(fact: Known, room: int) -> Known:
    size = size_of(fact.value)
    if size <= room:
        return fact
    return fact.model_copy(update={"value": {"left_out": LeftOut.of(fact.value).model_dump(mode="json")}})


def _missing(run: GoalRun, step: PlanStep) -> list[str]:
    if step.id in run.state.past:
        return []
    if step.id in run.state.left_out:
        return [f"{title_of(step)}: {run.state.left_out[step.id].why}"]
    lost = run.items_lost(step)
    return [f"{title_of(step)}: {lost} of {run.state.items[step.id]} could not be done"] if lost else []

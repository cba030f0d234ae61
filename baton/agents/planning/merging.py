"""Steps of a new plan among those of the one under way: what is done already is not done a second time."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from baton.contracts.plan import Plan, PlanStep, Reference
from baton.contracts.replanning import Replan
from baton.contracts.wire import canonical_json

LONGEST_ID = 60


@dataclass(frozen=True)
class Anew:
    """A plan as a whole, and what of it is new, left out, or done without from now on."""

    plan: Plan
    added: list[str]
    dropped: list[str]
    past: list[str]


def merged(given: Replan, wanted: Plan) -> Anew:
    """The plan under way with the steps of a new one.

    A step that is there already, the same capability with the same inputs, is that one: its result counts, and where
    it has not begun it keeps its id. All others that have not begun are left out.
    """
    there = {
        _spelled(step): step.id for step in given.plan.steps if step.id not in given.left_out
    }  # what ended without a result may be tried again
    ids: dict[str, str] = {}
    taken = {step.id for step in given.plan.steps} | {*given.used}
    new: list[PlanStep] = []
    for step in wanted.steps:
        moved = moved_to(step, lambda source: _by_ids(source, ids))
        known = there.get(_spelled(moved))
        ids[step.id] = known or fresh_id(step.id, taken)
        if known is None:
            taken.add(ids[step.id])
            new.append(moved.model_copy(update={"id": ids[step.id]}))
    needed, begun = {*ids.values()}, {*given.begun, *given.left_out}
    kept = [step for step in given.plan.steps if step.id in begun or step.id in needed]
    return Anew(
        plan=given.plan.model_copy(update={"goal": wanted.goal, "wanted": wanted.wanted, "steps": [*kept, *new]}),
        added=[step.id for step in new],
        dropped=[step.id for step in given.plan.steps if step not in kept],
        past=[step.id for step in kept if step.id in begun and step.id not in needed],
    )


def moved_to(step: PlanStep, where: Callable[[str], str], needs: Mapping[str, Iterable[str]] | None = None) -> PlanStep:
    """The step, taking from elsewhere what it takes: `where` gives for each source the one instead."""
    return step.model_copy(
        update={
            "inputs": {
                name: Reference(source=where(each.source)) if isinstance(each, Reference) else each
                for name, each in step.inputs.items()
            },
            "for_each": Reference(source=where(step.for_each.source)) if step.for_each else None,
            "when": [each.model_copy(update={"fact": where(each.fact)}) for each in step.when],
            "needs": list(
                dict.fromkeys(after for each in step.needs for after in (needs or {}).get(each, [where(each)]))
            ),
        }
    )


def fresh_id(wanted: str, taken: Collection[str]) -> str:
    """This id, or with a number behind it where a step has it, or ever had."""
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted[: LONGEST_ID - 5]}_{number}"
    return found


def _by_ids(source: str, ids: Mapping[str, str]) -> str:
    step, dot, path = source.partition(".")
    return f"{ids.get(step, step)}{dot}{path}"


def _spelled(step: PlanStep) -> str:
    """The same for steps that do the same."""
    told: JsonValue = step.model_dump(mode="json", exclude={"id", "intent", "needs", "optional", "timeout_s"})
    return canonical_json([told, list[JsonValue](sorted(step.needs))])

"""Steps of a new plan among those of the one under way: what is done already is not done a second time."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from baton.contracts.plan import Plan, PlanCard, PlanStep, Reference
from baton.contracts.replanning import Replan
from baton.contracts.wire import canonical_json, digest_of

from .alternatives import OF_THE_PROCESS
from .checks.links import in_order, links_of, named_by

LONGEST_ID = 60


@dataclass(frozen=True)
class Anew:
    """A plan as a whole, and what of it is new, left out, or done without from now on."""

    plan: Plan
    added: list[str]
    dropped: list[str]
    past: list[str]


def merged(given: Replan, wanted: Plan, known: Mapping[str, PlanCard]) -> Anew:
    """The plan under way with the steps of a new one.

    A step that is there already, the same capability with the same inputs, is that one: its result counts, and where
    it has not begun it keeps its id. All others that have not begun are left out. What was looked up before a write
    began may be otherwise now: it is looked up again after it.
    """
    outdated = _outdated(given, known)
    there = {
        _spelled(step, begun=step.id in given.begun): step.id
        for step in given.plan.steps
        if step.id not in given.left_out and step.id not in outdated
    }  # what ended without a result may be tried again
    done = _writes_that_began(given, wanted, known)
    again = _writes_before(outdated, given.plan.steps)
    ids: dict[str, str] = {}
    taken = {step.id for step in given.plan.steps} | {*given.used}
    new: list[PlanStep] = []
    for step in wanted.steps:
        moved = moved_to(step, lambda source: _by_ids(source, ids))
        same = done.get(step.id) or there.get(_spelled(moved))
        ids[step.id] = same or fresh_id(step.id, taken)
        if same is None:
            taken.add(ids[step.id])
            needs = [*moved.needs, *again.get(step.capability, [])]
            new.append(moved.model_copy(update={"id": ids[step.id], "needs": needs}))
    needed, begun = {*ids.values()}, {*given.begun, *given.left_out}
    kept = [step for step in given.plan.steps if step.id in begun or step.id in needed]
    return Anew(
        plan=given.plan.model_copy(update={"goal": wanted.goal, "wanted": wanted.wanted, "steps": [*kept, *new]}),
        added=[step.id for step in new],
        dropped=[step.id for step in given.plan.steps if step not in kept],
        past=[step.id for step in kept if step.id in begun and step.id not in needed],
    )


def _outdated(given: Replan, known: Mapping[str, PlanCard]) -> dict[str, set[str]]:
    """The look-ups that began, each with the writes that began and that it did not wait for."""
    begun = [step for step in given.plan.steps if step.id in given.begun]
    writes = {step.id for step in begun if _changes(step, known)}
    before = _before(given.plan.steps)
    return {
        step.id: late
        for step in begun
        if step.id not in writes and step.capability not in OF_THE_PROCESS and (late := writes - before[step.id])
    }


def _writes_before(outdated: Mapping[str, set[str]], steps: Sequence[PlanStep]) -> dict[str, list[str]]:
    """For each capability that looked something up too early: the writes that it has to wait for now.

    Without that the run would hand it the result of the same call from before.
    """
    late: dict[str, set[str]] = {}
    for step in steps:
        late.setdefault(step.capability, set()).update(outdated.get(step.id, ()))
    return {name: [step.id for step in steps if step.id in writes] for name, writes in late.items()}


def _writes_that_began(given: Replan, wanted: Plan, known: Mapping[str, PlanCard]) -> dict[str, str]:
    """Steps of the new plan that are writes under way or done, and what these were made from, by their ids there.

    A write is not made anew because what it was made from is looked up again.
    """
    there, asked = _digests(given.plan.steps), _digests(wanted.steps)
    made_from = _before(given.plan.steps, takes=True)
    as_before: dict[str, str] = {}
    for step in given.plan.steps:
        began = step.id in given.begun and step.id not in given.left_out
        if began and _changes(step, known) and there[step.id] in asked.values():
            as_before |= {there[each]: each for each in (*made_from[step.id], step.id) if each not in given.left_out}
    return {id_: as_before[digest] for id_, digest in asked.items() if digest in as_before}


def _changes(step: PlanStep, known: Mapping[str, PlanCard]) -> bool:
    card = known.get(step.capability)
    return card is not None and card.writes


def _before(steps: Sequence[PlanStep], *, takes: bool = False) -> dict[str, set[str]]:
    """For each step all that come before it; `takes`: all that its inputs are made from."""
    before: dict[str, set[str]] = {}
    for step in _in_order(steps):
        direct = {said.step for said in named_by(step) if said.takes or not takes}
        before[step.id] = direct.union(*(before[each] for each in direct))
    return before


def _digests(steps: Sequence[PlanStep]) -> dict[str, str]:
    """For each step the same for those that do the same, whatever the steps that they take from are called."""
    found: dict[str, str] = {}
    for step in _in_order(steps):
        moved = moved_to(step, lambda source: _by_ids(source, found))
        found[step.id] = f"s{digest_of(_spelled(moved, begun=True))[:40]}"
    return found


def _in_order(steps: Sequence[PlanStep]) -> list[PlanStep]:
    return [steps[place] for place in in_order(len(steps), links_of(steps)) or ()]


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


def _spelled(step: PlanStep, *, begun: bool = False) -> str:
    """The same for steps that do the same. What one that began had to wait for is no part of that any more."""
    told: JsonValue = step.model_dump(mode="json", exclude={"id", "intent", "needs", "optional", "timeout_s"})
    return canonical_json([told, list[JsonValue]([] if begun else sorted(step.needs))])

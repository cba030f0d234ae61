"""Which steps of a plan may start: each as soon as its own predecessors are settled. Pure: it only counts."""

from collections.abc import Sequence

from baton.contracts.plan import EACH, PlanStep, Reference


def predecessors(step: PlanStep) -> list[str]:
    """The steps that must be settled before this one starts: what it takes from, needs, and asks about in `when`."""
    sources = [each for each in step.inputs.values() if isinstance(each, Reference)]
    sources += [step.for_each] if step.for_each else []
    named = [source.step for source in sources]
    asked = [condition.fact.partition(".")[0] for condition in step.when]
    return list(dict.fromkeys(each for each in (*named, *step.needs, *asked) if each != EACH))


class Schedule:
    """Counts for each step how many of its predecessors are not settled yet."""

    def __init__(self, steps: Sequence[PlanStep]) -> None:
        self.steps = {step.id: step for step in steps}
        self.before = {step.id: predecessors(step) for step in steps}
        self._after: dict[str, list[str]] = {step.id: [] for step in steps}
        for step_id, before in self.before.items():
            for each in before:
                self._after[each].append(step_id)
        self._open = {step_id: len(before) for step_id, before in self.before.items()}

    def at_first(self) -> list[PlanStep]:
        """The steps that wait for none, in the order of the plan."""
        return [self.steps[step_id] for step_id, waits in self._open.items() if not waits]

    def settle(self, step_id: str) -> list[PlanStep]:
        """This step is done, or will not be; the steps that may start now, in the order of the plan."""
        ready = []
        for each in self._after[step_id]:
            self._open[each] -= 1
            if not self._open[each]:
                ready.append(self.steps[each])
        return ready

    def ancestors(self, step_id: str) -> list[str]:
        """All steps that come before this one, in the order of the plan."""
        found: set[str] = set()
        waiting = list(self.before[step_id])
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting += self.before[each]
        return [each for each in self.steps if each in found]

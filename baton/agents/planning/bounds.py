"""What any plan must take at least: exact for one chain of steps, never too much for any plan."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from .relevant import worth_a_look
from .steps import Step
from .world import Way, World

NEVER = 10**18


class Bounds:
    """For each key that the roots may lead to: least effort, steps and duration, and which steps and givens can matter.

    Sets of steps and of givens are bit masks. What leads to no solution has no way left.
    """

    def __init__(self, world: World, roots: Mapping[str, list[Way]], must_use: int = 0) -> None:
        self._world = world
        self.ways = worth_a_look(world, roots, must_use)
        steps = sorted({way.step for ways in self.ways.values() for way in ways}, key=lambda step: step.order)
        self.bit = {step: 1 << place for place, step in enumerate(steps)}
        self._steps = steps
        self.effort = self._least(lambda step: step.effort, max)
        self.count = self._least(lambda step: 1, max)
        self.millis = self._least(lambda step: step.millis, max)
        self.steps_below, self.given_below = self._below()
        self.direct = {key: self._mask(ways) for key, ways in self.ways.items()}
        self.effort_in = lru_cache(maxsize=None)(lambda mask: sum(step.effort for step in self._in(mask)))
        self._cheapest = {key: min((way.step.effort for way in ways), default=0) for key, ways in self.ways.items()}

    def to_come(self, open_: tuple[str, ...], there: int) -> tuple[int, int]:
        """Least effort and number of the steps that are still to come, with the steps `there` already in the plan.

        One open key's whole chain, and a step for each other key that no other chain has anything to do with.
        """
        most_effort = most_steps = 0
        for key in open_:
            below = self.steps_below[key]
            known = there & below
            effort, steps = self.effort[key], self.count[key]
            if known:
                effort, steps = max(0, effort - self.effort_in(known)), max(0, steps - known.bit_count())
            taken = below | there
            for other in open_:
                mask = self.direct[other]
                if not mask & taken:
                    effort += self._cheapest[other]
                    steps += 1
                    taken |= mask
            most_effort, most_steps = max(most_effort, effort), max(most_steps, steps)
        return most_effort, most_steps

    def _least(self, weight: Callable[[Step], int], join: Callable[..., int]) -> dict[str, int]:
        least = {
            key: 0 if self._world.given_for(key) is not None and not ways else NEVER for key, ways in self.ways.items()
        }
        changed = True
        while changed:
            changed = False
            for key, ways in self.ways.items():
                for way in ways:
                    total = weight(way.step) + join((least[need] for _, need in way.step.needs), default=0)
                    if total < least[key]:
                        least[key] = total
                        changed = True
        return least

    def _below(self) -> tuple[dict[str, int], dict[str, int]]:
        steps = {key: self._mask(ways) for key, ways in self.ways.items()}
        given = dict.fromkeys(self.ways, 0)
        for key, ways in self.ways.items():
            place = self._world.given_for(key)
            if place is not None and not ways:
                given[key] = 1 << place
        changed = True
        while changed:
            changed = False
            for key, ways in self.ways.items():
                for need in {need for way in ways for _, need in way.step.needs}:
                    more = steps[key] | steps[need], given[key] | given[need]
                    if more != (steps[key], given[key]):
                        steps[key], given[key] = more
                        changed = True
        return steps, given

    def _mask(self, ways: list[Way]) -> int:
        mask = 0
        for way in ways:
            mask |= self.bit[way.step]
        return mask

    def _in(self, mask: int) -> list[Step]:
        return [step for place, step in enumerate(self._steps) if mask >> place & 1]

"""A run of many, one of whom cannot be interrupted the first time, in a file of its own."""

import asyncio
import time

from temporalio import workflow

MANY = 500
STUBBORN_S = 4
"""Longer than the SDK gives a workflow task, and than it takes to forget the run after that."""
stubborn: list[str] = []
"""Which runs have one: shared with the test, for the sandbox passes this module through."""
interrupted: list[type[BaseException]] = []


@workflow.defn
class CrowdWorkflow:
    """Each waits for a moment; the run ends when all have."""

    @workflow.run
    async def run(self) -> int:
        """How many they were."""
        return sum(await asyncio.gather(*(self._one(number) for number in range(MANY))))

    async def _one(self, number: int) -> int:
        if number == MANY // 2 and workflow.info().workflow_id in stubborn:
            stubborn.remove(workflow.info().workflow_id)
            with workflow.unsafe.sandbox_unrestricted():
                _work_on()
        await workflow.sleep(0.01)
        return 1


def _work_on() -> None:
    until = time.monotonic() + STUBBORN_S
    while time.monotonic() < until:
        try:
            while time.monotonic() < until:
                pass
        except BaseException as interruption:  # as a callback of the garbage collector does
            interrupted.append(type(interruption))

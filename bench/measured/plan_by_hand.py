"""What one writes instead of a plan: a gather, or a loop."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from bench.measured.plan_steps import Number, One, add_one_by_hand


@workflow.defn
class AddByHand:
    """So many steps, side by side or one after the other."""

    @workflow.run
    async def run(self, steps: int, side_by_side: bool) -> int:
        """The last number."""
        if side_by_side:
            numbers = await asyncio.gather(*(self._add(number) for number in range(steps)))
            return numbers[-1].value
        value = 0
        for _ in range(steps):
            value = (await self._add(value)).value
        return value

    async def _add(self, value: int) -> Number:
        return await workflow.execute_activity(
            add_one_by_hand,
            One(value=value),
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=RetryPolicy(maximum_attempts=10),
        )

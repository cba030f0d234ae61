"""What writes of an agent answered: how it was looked at before ids were known in more shapes, and how it is now."""

import asyncio

from pydantic import JsonValue
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.agent_parts.told_of_another import TOLD_OF_A_WRITE, another_told


@workflow.defn(name="TwoWrites")
class TwoWritesBefore:
    """The marker was set where another stood under `customer_id`, or the write had failed."""

    @workflow.run
    async def run(self, answers: list[JsonValue]) -> None:
        """`None`: it failed."""
        for answer in answers:
            await asyncio.sleep(0.01)
            if answer is None or answer == {"customer_id": "C-2"}:
                workflow.patched(TOLD_OF_A_WRITE)


@workflow.defn(name="TwoWrites")
class TwoWritesNow:
    """The same, as an agent's loop does it."""

    @workflow.run
    async def run(self, answers: list[JsonValue]) -> None:
        """`None`: it failed."""
        for answer in answers:
            await asyncio.sleep(0.01)
            if answer is None:
                workflow.patched(TOLD_OF_A_WRITE)
            else:
                another_told(answer, {"customer_id": "C-1"}, writes=True)

"""A team in which one call waits at a gate, so that a test can act exactly in the middle of it."""

import asyncio
from collections.abc import Callable
from typing import Any

from baton.contracts.record import StepAnswer

from .team import Answer, Team


class Gated(Team):
    """The call that `holds` picks waits until the gate opens; `reached` tells that it is there."""

    def __init__(self, holds: Callable[[str, dict[str, Any]], bool], **answers: Answer) -> None:
        super().__init__(**answers)
        self.gate = asyncio.Event()
        self.reached = asyncio.Event()
        self._holds = holds

    async def answer(self, name: str, handed: dict[str, Any]) -> StepAnswer:
        """The written answer, once the gate is open."""
        if self._holds(name, handed):
            self.reached.set()
            await self.gate.wait()
        return await super().answer(name, handed)

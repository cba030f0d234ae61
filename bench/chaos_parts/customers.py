"""Customers hand their enquiries in until they are acknowledged, and answer when they are asked something."""

import asyncio
from collections.abc import Sequence

from temporalio.service import RPCError

from baton.cli.messages import Incoming
from baton.cli.problems import NoServer, NoWorker, RanBefore
from baton.cli.runs import Runs
from baton.cli.starting import start
from baton.contracts import names
from baton.contracts.record import CustomerReplied

from .shop import Case

AGAIN_AFTER_S = 0.3
_AT_A_TIME = 10


class Customers:
    """Everybody who writes. An enquiry is acknowledged once the product's own start has returned."""

    def __init__(self, runs: Runs, cases: Sequence[Case]) -> None:
        self._runs = runs
        self._cases = cases
        self._door = asyncio.Semaphore(_AT_A_TIME)
        self.acknowledged: list[Case] = []

    @property
    def expected(self) -> int:
        """How many enquiries will have come in."""
        return len(self._cases)

    async def hand_in(self) -> None:
        """All enquiries, a few at a time; returns once each is acknowledged."""
        await asyncio.gather(*map(self._hand_in, self._cases))

    async def _hand_in(self, case: Case) -> None:
        async with self._door:
            while not await self._acknowledged(case):  # noqa: ASYNC110  the server sets no event of ours
                await asyncio.sleep(AGAIN_AFTER_S)
        self.acknowledged.append(case)

    async def _acknowledged(self, case: Case) -> bool:
        try:
            await start(self._runs, Incoming(case.message, case.enquiry_id))
        except RanBefore:  # an earlier try had arrived, its answer was lost
            return True
        except (RPCError, NoServer, NoWorker, TimeoutError):
            return False
        return True

    async def answer_if_asked(self, case: Case) -> None:
        """Write again, once the run waits for it. Raises what a call without server or worker raises."""
        if case.answer is None:
            return
        status = await self._runs.status(case.enquiry_id)
        if status.waiting.what == "customer":
            replied = CustomerReplied(reply_id=f"{case.enquiry_id}-answer", message=case.answer)
            await self._runs.signal(case.enquiry_id, names.CUSTOMER_REPLIED, replied)

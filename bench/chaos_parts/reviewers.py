"""The people in the office: they look at each enquiry now and then, and answer what is open, rightly and wrongly."""

import asyncio
import time
from contextlib import suppress
from random import Random

from temporalio.service import RPCError

from baton.cli.problems import NoServer, Problem
from baton.cli.runs import CALL, Runs
from baton.contracts import names
from baton.contracts.review import Decision, Review

from .customers import Customers
from .finding_out import FindingOut
from .memory import Memory
from .opinions import Opinion, Opinions
from .shop import Case
from .systems import CannotSee

SILENT = (RPCError, NoServer, Problem, TimeoutError, CannotSee)
"""What is raised while server, workers or systems are down: whoever asked comes again later."""
_THINKS_S = 1.5
_COLLEAGUES = 6
_ENQUIRIES_A_COLLEAGUE = 50
_BETWEEN_LOOKS_S = 0.05
"""A colleague's rest between two enquiries; without it the queries alone would fill the machine."""


def is_unknown(review: Review) -> bool:
    """Whether the review asks what became of an effect that nobody can tell of."""
    return review.kind == "failure" and review.choice("not_done") is not None


class Reviewers:
    """Look at the enquiries that are open, in no order, until each has ended or is left waiting."""

    def __init__(
        self, runs: Runs, customers: Customers, opinions: Opinions, finding_out: FindingOut, seed: int
    ) -> None:
        self._runs = runs
        self._customers = customers
        self._opinions = opinions
        self._finding_out = finding_out
        self._dice = Random(f"{seed}/reviewers")
        self._ready_at: dict[tuple[str, str, int], float] = {}
        self.memory = Memory()
        self.ended: set[str] = set()
        self.left_waiting: set[str] = set()

    async def work(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as colleagues:
            for _ in range(max(_COLLEAGUES, self._customers.expected // _ENQUIRIES_A_COLLEAGUE)):
                colleagues.create_task(self._one())

    async def see_to_late_entries(self) -> bool:
        """Whether no entry is left to be written later; one that stands still is tried again, as an operator would.

        Those who wait for the CRM have runs of their own.
        """
        late = f"WorkflowType = '{names.LATE_LOG_WORKFLOW}' AND ExecutionStatus = 'Running'"
        try:
            found = [run.id async for run in self._runs.client.list_workflows(late)]
            for run_id in found:
                reviews = await self._runs.reviews(run_id)
                for review in reviews:
                    if review.status == "open" and self._finding_out.may_be_trusted(review):
                        await self._see_to_late_entry(run_id, review)
        except SILENT:
            return False
        return not found

    async def _see_to_late_entry(self, run_id: str, review: Review) -> None:
        enquiry_id = run_id.removeprefix(names.late_log_id(""))
        done = is_unknown(review) and await self._finding_out.is_done(enquiry_id, review, [])
        decision = self._opinions.found_out(enquiry_id, review, done=done)
        await self._runs.signal(run_id, names.DECIDE_REVIEW, decision)

    @property
    def open(self) -> list[Case]:
        """Enquiries that somebody has to look at."""
        settled = self.ended | self.left_waiting
        return [case for case in self._customers.acknowledged if case.enquiry_id not in settled]

    async def _one(self) -> None:
        while True:
            waiting = self.open
            if waiting:
                with suppress(*SILENT):
                    await self._look_at(self._dice.choice(waiting))
            await asyncio.sleep(self._dice.uniform(0, 2 * _BETWEEN_LOOKS_S))

    async def _look_at(self, case: Case) -> None:
        if (await self._runs.line(case.enquiry_id)).state != "running":
            self.ended.add(case.enquiry_id)
            return
        reviews = await self._runs.reviews(case.enquiry_id)
        now_open = [review for review in reviews if review.status == "open"]
        for review in now_open:
            if self._has_thought(case, review):
                await self._answer(case, review, reviews)
        if not now_open:
            await self._customers.answer_if_asked(case)

    def _has_thought(self, case: Case, review: Review) -> bool:
        seen = (case.enquiry_id, review.review_id, review.revision)
        ready_at = self._ready_at.setdefault(seen, time.monotonic() + self._dice.uniform(0, 2 * _THINKS_S))
        return time.monotonic() >= ready_at

    async def _answer(self, case: Case, review: Review, reviews: list[Review]) -> None:
        if review.kind != "failure":
            enough = self.memory.had_it_taken_back(reviews)
            await self._give(case, review, self._opinions.on(case.enquiry_id, review, enough=enough))
            return
        done = False
        if is_unknown(review):
            if self._opinions.leaves_waiting(case.enquiry_id, review):
                self.left_waiting.add(case.enquiry_id)
                return
            if not self._finding_out.may_be_trusted(review):
                return
            approvals = self.memory.approvals(reviews)
            done = await self._finding_out.is_done(case.enquiry_id, review, approvals)
        await self._send(case, review, self._opinions.found_out(case.enquiry_id, review, done=done))

    async def _give(self, case: Case, review: Review, opinion: Opinion) -> None:
        handle = self._runs.handle(case.enquiry_id)
        for mischief in opinion.before:
            await handle.signal(mischief.name, args=mischief.arguments, rpc_timeout=CALL)
        sent = [self._send(case, review, opinion.decision)]
        if opinion.rival is not None:
            sent.append(self._send(case, review, opinion.rival))
        if opinion.twice:
            sent.append(self._send(case, review, opinion.decision))
        await asyncio.gather(*sent)

    async def _send(self, case: Case, review: Review, decision: Decision) -> None:
        self.memory.keep(review, decision)
        await self._runs.signal(case.enquiry_id, names.DECIDE_REVIEW, decision)

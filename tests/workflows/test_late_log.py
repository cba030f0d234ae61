"""An entry that cannot be written waits, visibly, until it is: days pass in no time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
from pydantic import BaseModel
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.pending import Pending
from baton.contracts import names
from baton.contracts.enquiry import LogOutcome
from baton.contracts.record import LateLog
from baton.contracts.review import Intervention
from baton.contracts.systems import CrmEntry, CrmLogged
from baton.temporal.details import Details
from baton.temporal.interceptors import SignalGuard
from baton.temporal.worker_options import workflow_runner
from workflows.late_log import BY_ITSELF, LateLogWorkflow

from .driver import DEADLINE_S, Run, eventually
from .gated import Gated
from .team import Team

WRITTEN = CrmLogged(key="k", entry_id="CRM-1")


class Crm:
    """Fails with these faults in turn, then writes."""

    def __init__(self, *faults: ApplicationError) -> None:
        self.faults = list(faults)

    def __call__(self, handed: dict[str, Any]) -> BaseModel:
        if self.faults:
            raise self.faults.pop(0)
        return WRITTEN


def refused(kind: str = "Misconfigured", *, may_be_done: bool = False) -> ApplicationError:
    """A fault for good."""
    return ApplicationError("no", 1, may_be_done, type=kind, non_retryable=True)


@asynccontextmanager
async def late_log(
    client: Client, crm: Crm, *, unknown: bool = False, round_: int = 0, team: Team | None = None
) -> AsyncIterator[Run]:
    """The run that an enquiry left its entry to; `round_`: how often a person had it logged again before."""
    team, number = team or Team(), f"INQ-{uuid4().hex[:12]}"
    team.answers["log_outcome"] = crm
    keys = [names.idempotency_key(number, "log", 1, each) for each in range(round_ + 1)]
    entry = CrmEntry(enquiry_id=number, outcome="answered", summary="Asked: cancel", at=datetime.now(UTC))
    outcome = LogOutcome(entry=entry, key=keys[-1], earlier_keys=keys[:-1], unknown_keys=keys[-1:] if unknown else [])
    card = next(card for card in team.cards() if card.name == names.LOG_OUTCOME.name)
    async with Worker(
        client,
        task_queue=number,
        workflows=[LateLogWorkflow],
        activities=[*team.activities(), *Pending(client).activities()],
        interceptors=[SignalGuard(), Details()],
        workflow_runner=workflow_runner(),
    ):
        handle: Any = await client.start_workflow(
            names.LATE_LOG_WORKFLOW,
            LateLog(outcome=outcome, card=card),
            id=names.late_log_id(number),
            task_queue=number,
            result_type=CrmLogged,
        )
        yield Run(handle, team, number)


async def receipt(run: Run) -> CrmLogged | None:
    """What the run ends with."""
    found: Any = await run.result()
    return cast(CrmLogged | None, found)


async def test_a_fault_for_good_is_asked_about_and_the_entry_is_written_when_a_person_says_retry(
    client: Client,
) -> None:
    async with late_log(client, Crm(refused())) as run:
        review = await run.review_of("failure")
        assert isinstance(review.subject, dict)
        assert review.subject["causes"] == ["scripted log_outcome: Misconfigured: no"]
        assert [choice.id for choice in review.choices] == ["retry", "supply", "skip", "abort"]
        details = await run.handle.query("__temporal_workflow_metadata")
        assert f"starter.py review {run.handle.id}" in str(details)
        await run.decide("retry")
        assert await receipt(run) == WRITTEN


async def test_what_was_mended_without_a_word_is_noticed(skipping: WorkflowEnvironment) -> None:
    async with late_log(skipping.client, Crm(refused(), refused("Rejected"))) as run:
        await run.review_of("failure")
        await skipping.sleep(timedelta(minutes=59))
        assert run.team.steps == ["log_outcome"]
        await skipping.sleep(timedelta(minutes=2))
        await run.revision(2)
        await skipping.sleep(timedelta(hours=2, minutes=1))
        assert await receipt(run) == WRITTEN
        decisions = [review.decision for review in (await run.record()).reviews]
        assert [decision.actor.id for decision in decisions if decision] == [BY_ITSELF, BY_ITSELF]


async def test_what_stays_broken_is_tried_every_few_hours_and_waits_on(skipping: WorkflowEnvironment) -> None:
    async with late_log(skipping.client, Crm(*(refused() for _ in range(1000)))) as run:
        await run.review_of("failure")
        for revision in range(2, 12):
            await skipping.sleep(timedelta(hours=16, minutes=1))

            async def asked_again(least: int = revision) -> bool | None:
                return (await run.open_review()).revision >= least or None

            await eventually(asked_again)
        assert len(run.team.steps) <= 10 + 6
        await run.decide("skip")
        assert await receipt(run) is None


async def test_an_entry_that_may_be_written_waits_for_a_persons_word_and_for_nothing_else(
    skipping: WorkflowEnvironment,
) -> None:
    async with late_log(skipping.client, Crm(refused("OutcomeUnknown", may_be_done=True))) as run:
        review = await run.review_of("failure")
        assert {"done", "not_done"} <= {choice.id for choice in review.choices}
        await skipping.sleep(timedelta(days=9))
        assert run.team.steps == ["log_outcome"]
        assert (await run.status()).waiting.what == "review"
        await run.decide("done")
        written = await receipt(run)
        assert written and written.entry_id == "seen in the CRM by a person"
        assert run.team.steps == ["log_outcome"]


async def test_an_entry_that_was_not_written_after_all_is_written_under_a_new_key(client: Client) -> None:
    async with late_log(client, Crm(refused("OutcomeUnknown", may_be_done=True))) as run:
        await run.review_of("failure")
        await run.decide("not_done")
        await run.handle.result()
        first, second = run.team.asked("log_outcome")
        assert (second["earlier_keys"], second["unknown_keys"]) == ([first["key"]], [])
        assert second["key"] != first["key"]


@pytest.mark.parametrize("unknown", [True, False])
async def test_the_run_has_the_keys_and_the_doubts_of_its_enquiry(client: Client, unknown: bool) -> None:
    async with late_log(client, Crm(), unknown=unknown, round_=1) as run:
        await run.handle.result()
        number = run.queue
        (handed,) = run.team.asked("log_outcome")
        assert handed["key"] == f"{number}/log/1/1"
        assert handed["earlier_keys"] == [f"{number}/log/1/0"]
        assert handed["unknown_keys"] == ([f"{number}/log/1/1"] if unknown else [])


async def test_garbage_is_recorded_and_harms_nothing(client: Client) -> None:
    async with late_log(client, Crm(refused())) as run:
        await run.review_of("failure")
        for name in (names.DECIDE_REVIEW, "retry"):
            await run.handle.signal(name, "now")

        async def both() -> bool | None:
            return (await run.status()).refused_signals == 2 or None

        await eventually(both)
        await run.decide("abort")
        assert await receipt(run) is None


async def test_while_paused_it_neither_acts_on_an_answer_nor_tries_by_itself(skipping: WorkflowEnvironment) -> None:
    async with late_log(skipping.client, Crm(refused())) as run:
        await run.review_of("failure")
        await run.handle.signal(names.PAUSE, Intervention(by="nomsa"))
        await run.stands_still()
        await skipping.sleep(timedelta(days=9))
        assert (await run.became(await run.decide("retry"))).status == "accepted"
        assert run.team.steps == ["log_outcome"]
        assert (await run.record()).record[-1].agent == "nomsa"
        await run.handle.signal(names.RESUME, Intervention(by="sipho"))
        assert await receipt(run) == WRITTEN


async def test_cancelled_while_it_waits_it_asks_nobody_any_more(client: Client) -> None:
    async with late_log(client, Crm(refused())) as run:
        await run.review_of("failure")
        await run.handle.cancel(reason="entered by hand")
        with pytest.raises(WorkflowFailureError) as ended:
            await receipt(run)
        assert isinstance(ended.value.cause, CancelledError)
        record = await run.record()
        assert [review.status for review in record.reviews] == ["withdrawn"]
        assert (await run.status()).stage == "ended: cancelled"
        assert "entered by hand" in str(record.record)


async def test_cancelled_while_the_entry_is_on_its_way_it_learns_what_became_of_it(client: Client) -> None:
    team = Gated(lambda step, _: True)
    async with late_log(client, Crm(), team=team) as run:
        await asyncio.wait_for(team.reached.wait(), DEADLINE_S)
        await run.handle.cancel()

        async def taken() -> bool | None:
            return any(line.kind == "cancelled" for line in (await run.record()).record) or None

        await eventually(taken)
        team.gate.set()
        assert await receipt(run) == WRITTEN

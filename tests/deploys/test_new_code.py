"""Runs that wait at each stage under one checkout go on, and end, under the next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.client import Client

from baton.cli.eml import message_from_eml
from baton.contracts import names
from baton.contracts.enquiry import EnquiryResult
from baton.contracts.mail import Message
from baton.contracts.record import CustomerReplied, RunStatus
from baton.contracts.review import Intervention, Review
from baton.temporal import search_attributes
from baton.temporal.embedded import ServerAddress
from baton.temporal.worker_options import START_TASK_TIMEOUT
from tests.end_to_end.office import Handle, Office, systems_only, worker_process
from tests.workflows.driver import eventually
from workflows.enquiry import EnquiryWorkflow

from .checkouts import ANCHOR, CHANGE, ROOT, cards_of, changed, earlier

CLEAR = message_from_eml((ROOT / "demo/enquiries/exchange.eml").read_bytes())
UNCLEAR = message_from_eml((ROOT / "demo/enquiries/return.eml").read_bytes()).model_copy(
    update={"text": "Please cancel my order if it has not left, otherwise leave it. Thandi"}
)
WHO = Message(text="Where is my order? I want it back.", from_address="somebody@strangers.example", subject="Order")

DECIDED = ("resolution", "hand-over", "question", "customer", "was it done", "closing")

MAILS = 3
"""A question to each of two, and one answer: what may have been sent is not sent again."""

Pair = tuple[Callable[[Path], Path], Callable[[Path], Path]]


def _as_it_is(place: Path) -> Path:
    return ROOT


PAIRS: dict[str, Pair] = {
    "the earlier code, then this": (earlier, _as_it_is),
    "this code, then a step more": (_as_it_is, changed),
}


@dataclass
class InFlight:
    """Runs at every stage at which one can wait, by the name of the stage."""

    office: Office
    runs: dict[str, Handle]

    async def review(self, stage: str) -> Review:
        """The open review of that run."""
        return await self.office.review(self.runs[stage])

    async def decide(self, stage: str, choice: str, *, comment: str = "") -> None:
        """Answer the open review of that run, and see it taken."""
        review = await self.review(stage)
        await self.office.decide(self.runs[stage], review, choice, comment=comment)

        async def taken() -> bool | None:
            reviews = await self.runs[stage].query(EnquiryWorkflow.reviews)
            return all((each.review_id, each.revision) != (review.review_id, review.revision) or each.status != "open"
                       for each in reviews) or None  # fmt: skip

        await eventually(taken)

    async def waits(self, stage: str, what: str) -> None:
        """Until that run waits for it."""

        async def look() -> RunStatus | None:
            status = await self.runs[stage].query(EnquiryWorkflow.status)
            return status if status.waiting.what == what else None

        await eventually(look)

    async def shows(self, stage: str, shown: str) -> None:
        """Until that run is at it."""

        async def look() -> bool | None:
            status = await self.runs[stage].query(EnquiryWorkflow.status)
            return status.stage == shown or None

        await eventually(look)

    async def result(self, stage: str) -> EnquiryResult:
        """How that run ended."""
        return await self.runs[stage].result()


async def _start(office: Office, root: Path) -> InFlight:
    cards = cards_of(root)
    known = await search_attributes.existing(office.client)
    messages = {
        "resolution": CLEAR, "second revision": CLEAR, "hand-over": UNCLEAR, "question": WHO, "customer": WHO,
        "paused": CLEAR, "closing": CLEAR, "was it done": WHO, "failure": CLEAR, "retrying": CLEAR,
    }  # fmt: skip
    runs: dict[str, Handle] = {}
    for stage, message in messages.items():
        if stage == "failure":
            await office.fault(office.systems.orders_url, kind="fail", status=400, match={"path": "/customers"})
            await office.fault(office.systems.crm_url, kind="fail", status=400, match={"path": "/contacts"})
        if stage == "retrying":
            await office.fault(office.systems.crm_url, kind="fail", status=503, count=None, match={"path": "/contacts"})
            await office.fault(
                office.systems.orders_url, kind="fail", status=503, count=None, match={"path": "/customers"}
            )
        enquiry_id = f"INQ-{stage.replace(' ', '-')}-{office.settings.task_queue[-8:]}"
        runs[stage] = await office.client.start_workflow(
            names.ENQUIRY_WORKFLOW,
            {
                "enquiry": {
                    "enquiry_id": enquiry_id,
                    "message": message.model_dump(mode="json"),
                    "received_at": datetime.now(UTC).isoformat(),
                },
                "cards": cards,
                "search_attributes": list(known),
            },
            id=names.workflow_id(enquiry_id),
            task_queue=office.settings.task_queue,
            task_timeout=START_TASK_TIMEOUT,
            result_type=EnquiryResult,
        )
        if stage not in ("failure", "retrying"):
            await office.review(runs[stage])
        elif stage == "failure":
            assert (await office.review(runs[stage])).kind == "failure"
    return InFlight(office, runs)


async def _pause_and_doubt(flight: InFlight) -> None:
    """One run stands still, and of another's question to the customer nobody can tell whether it was sent."""
    await flight.runs["paused"].signal(names.PAUSE, Intervention(by="nomsa", reason="new code"))
    await flight.shows("paused", "paused")
    await flight.office.fault(flight.office.systems.mail_url, kind="cut_after")
    await flight.decide("was it done", "approve")
    asked = await flight.review("was it done")
    assert (asked.kind, {"done", "not_done"} <= {each.id for each in asked.choices}) == ("failure", True)


async def _reach_every_stage(flight: InFlight, *, pauses_and_doubts: bool) -> None:
    await flight.decide("second revision", "request_changes", comment="kinder")
    await flight.review("second revision")
    await flight.decide("customer", "approve")
    await flight.waits("customer", "customer")
    kinds = {stage: (await flight.review(stage)).kind for stage in ("resolution", "hand-over", "question", "failure")}
    assert kinds == {
        "resolution": "resolution", "hand-over": "hand_over", "question": "question", "failure": "failure",
    }  # fmt: skip
    await flight.waits("retrying", "nothing")
    if pauses_and_doubts:
        await _pause_and_doubt(flight)
    await flight.office.fault(
        flight.office.systems.crm_url, kind="fail", status=503, count=None, match={"path": "/entries"}
    )
    await flight.decide("closing", "reject")
    await flight.shows("closing", "closing")


async def _go_on(flight: InFlight, *, pauses_and_doubts: bool) -> dict[str, str]:
    """Every run is answered as its people would, and ends."""
    await flight.shows("closing", "closing")
    await flight.office.no_faults()
    if pauses_and_doubts:
        await _pause_and_doubt(flight)
    await flight.shows("paused", "paused")
    await flight.decide("resolution", "approve")
    await flight.decide("hand-over", "handled_outside")
    await flight.decide("question", "reject")
    await flight.decide("question", "handled_outside")
    await flight.decide("failure", "retry")
    reply = CustomerReplied(reply_id="r1", message=Message(text="I am Nobody Known. Where is my order?"))
    await flight.runs["customer"].signal(names.CUSTOMER_REPLIED, reply)
    await flight.decide("customer", "reject")
    await flight.decide("customer", "handled_outside")
    await flight.decide("was it done", "done")
    await flight.waits("was it done", "customer")
    await flight.runs["was it done"].signal(names.CUSTOMER_REPLIED, reply)
    await flight.decide("was it done", "reject")
    await flight.decide("was it done", "handled_outside")
    await flight.runs["paused"].signal(names.RESUME, Intervention(by="nomsa"))
    outcomes: dict[str, str] = {stage: (await flight.result(stage)).outcome for stage in DECIDED}
    for stage in ("failure", "retrying", "second revision", "paused"):
        await flight.decide(stage, "reject")
        outcomes[stage] = (await flight.result(stage)).outcome
    return outcomes


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
async def test_runs_that_wait_at_each_stage_go_on_under_new_code(
    client: Client, server: ServerAddress, tmp_path: Path, pair: Pair
) -> None:
    before, after = pair[0](tmp_path / "before"), pair[1](tmp_path / "after")
    is_recent = (before / "workflows/pausing.py").exists()  # older code neither pauses nor asks whether it was done
    async with systems_only(client, tmp_path, mail_tells=False) as office:
        async with worker_process(office.settings, server, tmp_path / "before.log", before):
            flight = await _start(office, before)
            await _reach_every_stage(flight, pauses_and_doubts=is_recent)
        async with worker_process(office.settings, server, tmp_path / "after.log", after):
            outcomes = await _go_on(flight, pauses_and_doubts=not is_recent)
        assert outcomes == {
            "resolution": "answered", "hand-over": "handled_outside", "question": "handled_outside",
            "failure": "rejected", "retrying": "rejected", "second revision": "rejected",
            "customer": "handled_outside", "was it done": "handled_outside", "closing": "rejected",
            "paused": "rejected",
        }  # fmt: skip
        assert len(await office.performed()) == 1
        assert len(await office.mails()) == MAILS
        assert len(await office.entries((await flight.result("closing")).enquiry_id)) == 1
        assert "nondeterminism" not in (tmp_path / "after.log").read_text(encoding="utf-8").lower()


def test_contributing_shows_the_very_change_that_is_tried_here() -> None:
    assert ANCHOR + CHANGE in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

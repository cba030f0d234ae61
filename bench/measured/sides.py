"""The sides that are compared, as their client sees them: hand an enquiry in, approve once asked, get the result."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode

from activities.capability import cards_of
from activities.cards import all_cards
from baton.contracts import names
from baton.contracts.agents import Card
from baton.contracts.enquiry import Enquiry
from baton.contracts.mail import Message
from baton.contracts.record import EnquiryStart
from baton.contracts.review import Actor, Decision, Review
from baton.temporal import search_attributes as sa
from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import ServerAddress
from baton.temporal.worker_options import STAGES_APART_S, START_TASK_TIMEOUT
from bench.measured.baton_steps import BatonSteps
from bench.measured.by_hand import HandWrittenEnquiry
from bench.measured.enquiry import enquiry
from bench.measured.hand_steps import Approval
from bench.measured.telling import Told
from bench.measured.with_baton import BatonEnquiry
from workflows.enquiry import EnquiryWorkflow

_ASKS_AGAIN_S = 0.002
Handle = WorkflowHandle[Any, Any]


class Side(Protocol):
    """One way to hold steps together."""

    async def start(self, enquiry_id: str) -> Handle:
        """Hand an enquiry in."""
        ...

    async def about_to_ask(self, handle: Handle) -> None:
        """Return when the run is about to ask, or does."""
        ...

    async def approve(self, handle: Handle) -> bool:
        """Look at what the run asks, and say yes; False when it does not ask yet."""
        ...


@dataclass(frozen=True)
class Served:
    """One enquiry from start to result, and how often the client looked until the run asked."""

    handle: Handle
    seconds: float
    looks: int


async def serve(side: Side) -> Served:
    """Hand one enquiry in, approve as soon as the run asks, await the result.

    The seconds count from before the start is sent until after the result has come: the start, at least one look at
    what is asked, the approval and the wait for the result are in them, on every side alike.
    """
    enquiry_id = f"INQ-{uuid4().hex[:16]}"
    begun = time.perf_counter()
    handle = await side.start(enquiry_id)
    await side.about_to_ask(handle)
    looks = 1
    while not await _approves(side, handle):
        looks += 1
        await asyncio.sleep(_ASKS_AGAIN_S)
    await handle.result()
    return Served(handle, time.perf_counter() - begun, looks)


async def _approves(side: Side, handle: Handle) -> bool:
    """A look that a busy server does not answer in time is repeated, as a person would."""
    try:
        return await side.approve(handle)
    except RPCError as late:
        if late.status not in (RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED):
            raise
        return False


@dataclass
class ByHand:
    """(a): the straight line."""

    client: Client
    queue: str
    told: Told

    @classmethod
    async def at(cls, server: ServerAddress, queue: str, told: Told) -> "ByHand":
        """A client with the converter that Temporal's documentation names."""
        return cls(await Client.connect(server.host_port, data_converter=pydantic_data_converter), queue, told)

    async def start(self, enquiry_id: str) -> Handle:
        """Hand an enquiry in."""
        return await self.client.start_workflow(
            HandWrittenEnquiry.run, enquiry(enquiry_id), id=f"hand/{enquiry_id}", task_queue=self.queue
        )

    async def about_to_ask(self, handle: Handle) -> None:
        """The draft is written."""
        await self.told.run(handle.id).wait()

    async def approve(self, handle: Handle) -> bool:
        """Look at the draft, and say yes."""
        if await handle.query(HandWrittenEnquiry.draft) is None:
            return False
        await handle.signal(HandWrittenEnquiry.approve, Approval(by="nomsa"))
        return True


@dataclass
class WithBaton:
    """(b): the same steps through ladder, context, review and record."""

    client: Client
    queue: str
    told: Told
    known: Sequence[str]

    @classmethod
    async def at(cls, server: ServerAddress, queue: str, told: Told) -> "WithBaton":
        """A client as ours."""
        client = await connect_embedded(server)
        return cls(client, queue, told, await sa.existing(client))

    async def start(self, enquiry_id: str) -> Handle:
        """Hand an enquiry in, as the command line does."""
        start = _start(enquiry(enquiry_id), cards_of([BatonSteps]), self.known)
        return await _started(self.client, BatonEnquiry.run, start, self.queue)

    async def about_to_ask(self, handle: Handle) -> None:
        """The draft is written."""
        await self.told.run(handle.id).wait()

    async def approve(self, handle: Handle) -> bool:
        """Look at the review, and say yes to what it shows."""
        return await _approved(handle, await handle.query(BatonEnquiry.reviews))


@dataclass
class Whole:
    """(c): EnquiryWorkflow itself, with all its steps, asked a question about an order of the demo shop."""

    client: Client
    queue: str
    known: Sequence[str]

    @classmethod
    async def at(cls, server: ServerAddress, queue: str, told: Told) -> "Whole":
        """A client as ours; nobody tells it anything."""
        client = await connect_embedded(server)
        return cls(client, queue, await sa.existing(client))

    async def start(self, enquiry_id: str) -> Handle:
        """Hand an enquiry in, as the command line does."""
        message = Message(
            text="Good morning\n\nWhere is my order #W1042207?\n\nThandi Nkosi",
            subject="My order",
            from_address="thandi.nkosi@posbus.example",
        )
        asked = Enquiry(enquiry_id=enquiry_id, message=message, received_at=datetime.now(UTC))
        return await _started(self.client, EnquiryWorkflow.run, _start(asked, all_cards(), self.known), self.queue)

    async def about_to_ask(self, handle: Handle) -> None:
        """A review's due time starts its timer: the first one in the history."""
        async for event in handle.fetch_history_events(wait_new_event=True):
            if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
                return

    async def approve(self, handle: Handle) -> bool:
        """Look at the review, and say yes to what it shows."""
        return await _approved(handle, await handle.query(EnquiryWorkflow.reviews))


def _start(asked: Enquiry, cards: list[Card], known: Sequence[str]) -> EnquiryStart:
    return EnquiryStart(enquiry=asked, cards=cards, search_attributes=list(known), stages_apart_s=STAGES_APART_S)


async def _started(client: Client, run: Any, start: EnquiryStart, queue: str) -> Handle:
    return await client.start_workflow(
        run,
        start,
        id=names.workflow_id(start.enquiry.enquiry_id),
        task_queue=queue,
        task_timeout=START_TASK_TIMEOUT,
        static_summary=f"Customer enquiry {start.enquiry.enquiry_id}",
        search_attributes=TypedSearchAttributes(
            [
                SearchAttributePair(sa.PROCESS, names.PROCESS_ENQUIRY),
                SearchAttributePair(sa.STAGE, "starting"),
                SearchAttributePair(sa.WAITING_ON, "nothing"),
            ]
        ),
    )


async def _approved(handle: Handle, reviews: Sequence[Review]) -> bool:
    review = next((review for review in reviews if review.status == "open"), None)
    if review is None:
        return False
    decision = Decision(
        decision_id=uuid4().hex,
        review_id=review.review_id,
        revision=review.revision,
        subject_digest=review.subject_digest,
        choice="approve",
        actor=Actor(id="nomsa", authenticated_by="the bench"),
        channel="bench",
    )
    await handle.signal(names.DECIDE_REVIEW, decision)
    return True

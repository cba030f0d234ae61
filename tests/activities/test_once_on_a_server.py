"""The words of an effect's attempts, as a real server keeps them from one attempt to the next."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.capability import capability
from activities.once import Ledger, Once
from baton.contracts.systems import OutcomeUnknown, Rejected, Unavailable
from baton.temporal.heartbeats import Heartbeats

A_BEAT_OR_TWO_S = 0.3
LONGER_THAN_A_HEARTBEAT_TIMEOUT_S = 1.2


class Letter(BaseModel):
    """A letter, and its key."""

    key: str = "INQ-1/reply/1/0"
    earlier_keys: list[str] = []
    unknown_keys: list[str] = []
    only_look: bool = False


class Posted(BaseModel):
    """It left."""

    key: str


class PostOffice:
    """Plays what a test writes, attempt by attempt: `sends` and `tells`, or nothing for a smooth one."""

    def __init__(
        self, sends: dict[int, Callable[[], Awaitable[None]]], tells: dict[int, Callable[[], Awaitable[None]]]
    ) -> None:
        self.sends = sends
        self.tells = tells
        self.sent = 0
        self.ledger = Ledger(self.find, same_key_is_safe=False)

    @capability(agent="post office", effect="irreversible", attempt_s=20)
    async def post(self, given: Letter) -> Posted:
        """Post it."""
        once = Once(self.ledger, given)
        return await once.look_up() or await once.dispatch(self.send)

    async def send(self) -> Posted:
        """Take it, or what was written for this attempt."""
        if played := self.sends.get(activity.info().attempt):
            await played()
        self.sent += 1
        return Posted(key="k")

    async def find(self, key: str) -> Posted | None:
        """What was written for this attempt; else that it keeps no list."""
        if played := self.tells.get(activity.info().attempt):
            await played()
        raise Rejected("no list is kept")


@workflow.defn
class PostWorkflow:
    """One step whose worker must show a sign of life every half second."""

    @workflow.run
    async def run(self) -> None:
        """Post a letter."""
        await workflow.execute_activity(
            "post",
            Letter(),
            start_to_close_timeout=timedelta(seconds=20),
            heartbeat_timeout=timedelta(milliseconds=500),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=50), maximum_attempts=5),
        )


async def post(client: Client, office: PostOffice) -> None:
    queue = f"post-{uuid4().hex[:8]}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[PostWorkflow],
        activities=[office.post],
        interceptors=[Heartbeats()],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        await client.execute_workflow(PostWorkflow.run, id=queue, task_queue=queue)


def played(fault: Exception, *, after_s: float = 0) -> Callable[[], Awaitable[None]]:
    async def play() -> None:
        await asyncio.sleep(after_s)
        raise fault

    return play


async def test_what_an_attempt_left_outlives_one_that_only_asked(client: Client) -> None:
    office = PostOffice(
        sends={1: played(OutcomeUnknown("lost"))},
        tells={2: played(Unavailable("down"), after_s=A_BEAT_OR_TWO_S)},
    )
    office.ledger.keeps_keys = True  # so that the second attempt is made
    with pytest.raises(WorkflowFailureError) as ended:
        await post(client, office)
    assert isinstance(ended.value.cause, ActivityError)
    unknown = ended.value.cause.cause
    assert isinstance(unknown, ApplicationError)
    assert (unknown.type, unknown.details) == ("OutcomeUnknown", (3, True))
    assert office.sent == 0


async def test_that_nothing_was_dispatched_is_known_after_a_slow_attempt_too(client: Client) -> None:
    office = PostOffice(
        sends={1: played(Unavailable("not reached"), after_s=LONGER_THAN_A_HEARTBEAT_TIMEOUT_S)}, tells={}
    )
    await post(client, office)
    assert office.sent == 1

"""A worker dies by kill -9 while another stands by: what it did is taken up within three seconds."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import JsonValue
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from baton.cli.eml import message_from_eml
from baton.contracts.mail import Message
from baton.temporal.embedded import ServerAddress
from baton.temporal.worker_options import START_TASK_TIMEOUT
from tests.workflows.driver import until
from workflows.enquiry import EnquiryWorkflow

from .crew import LONG_S, begun, crew, kill, next_event
from .office import ROOT
from .small_work import SmallWorkflow, small_worker

PROMISED_S = 3.0
TRIES = 3


async def promised(once: Callable[[Path], Awaitable[float]], place: Path) -> None:
    """`once` gives the seconds from kill to next event. The promise is for a quiet machine, so that the best counts."""
    took: list[float] = []
    while len(took) < TRIES and min(took, default=PROMISED_S) >= PROMISED_S:
        of_this_try = place / str(len(took))
        of_this_try.mkdir()
        took.append(await once(of_this_try))
    assert min(took) < PROMISED_S, f"seconds: {took}"


@pytest.fixture
def message() -> Message:
    """An enquiry whose resolution the rules can propose."""
    return message_from_eml((ROOT / "demo" / "enquiries" / "exchange.eml").read_bytes())


@pytest.mark.parametrize("step", ["check_orders", "exchange_items"])
async def test_a_step_in_flight_is_taken_up_within_three_seconds(
    client: Client, server: ServerAddress, tmp_path: Path, message: Message, step: str
) -> None:
    async def once(place: Path) -> float:
        async with crew(client, server, place) as two:
            acting = step == "exchange_items"
            where: dict[str, JsonValue] = {"method": "POST" if acting else "GET", "path": "/orders/*"}
            await two.shop.fault(two.shop.systems.orders_url, kind="slow", seconds=8, count=1, match=where)
            run = await two.shop.receive(message)
            if acting:
                await two.shop.decide(run, await two.shop.review(run), "approve")
            died = await kill(await two.at_step(run, step))
            taken_up = await begun(run, step, attempt=2)
            await run.terminate()
            return (taken_up.last_started_time.ToDatetime(UTC) - died).total_seconds()

    await promised(once, tmp_path)


async def test_a_decision_on_a_waiting_review_is_taken_up_within_three_seconds(
    client: Client, server: ServerAddress, tmp_path: Path, message: Message
) -> None:
    async def once(place: Path) -> float:
        async with crew(client, server, place) as two:
            run = await two.shop.receive(message)
            review = await two.shop.review(run)
            died = await kill(await two.at_run(run))
            await two.shop.decide(run, review, "approve")
            taken_up = await next_event(run, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, died)
            await run.terminate()
            return (taken_up - died).total_seconds()

    await promised(once, tmp_path)


async def test_a_query_is_answered_within_three_seconds(
    client: Client, server: ServerAddress, tmp_path: Path, message: Message
) -> None:
    async def once(place: Path) -> float:
        async with crew(client, server, place) as two:
            run = await two.shop.receive(message)
            await two.shop.review(run)
            died = await kill(await two.at_run(run))
            assert await run.query(EnquiryWorkflow.reviews, rpc_timeout=timedelta(seconds=20))
            took = (datetime.now(UTC) - died).total_seconds()
            await run.terminate()
            return took

    await promised(once, tmp_path)


async def test_a_local_activity_in_flight_is_taken_up_within_three_seconds(
    client: Client, server: ServerAddress, tmp_path: Path
) -> None:
    async def once(place: Path) -> float:
        queue = uuid4().hex
        async with small_worker(server, queue, place) as first, small_worker(server, queue, place) as second:
            run = await client.start_workflow(
                SmallWorkflow.run, True, id=f"small/{queue}", task_queue=queue, task_timeout=START_TASK_TIMEOUT
            )
            await until(lambda: any(place.glob("begun-*")), LONG_S)
            one = first if (place / f"begun-{first.pid}").exists() else second
            died = await kill(one)
            await until(lambda: len([*place.glob("begun-*")]) == 2, LONG_S)
            took = (datetime.now(UTC) - died).total_seconds()
            (place / "go").touch()
            await run.result()
            return took

    await promised(once, tmp_path)

"""A worker dies by kill -9 while another stands by: the seconds until its work goes on, for all that it can be at."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from pydantic import JsonValue
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from baton.cli.eml import message_from_eml
from baton.temporal.embedded import ServerAddress
from baton.temporal.worker_options import START_TASK_TIMEOUT
from tests.workflows.driver import until
from workflows.enquiry import EnquiryWorkflow

from .crew import LONG_S, begun, crew, kill, next_event
from .office import ROOT
from .small_work import SmallWorkflow, small_worker

MESSAGE = message_from_eml((ROOT / "demo" / "enquiries" / "exchange.eml").read_bytes())

TakeOver = Callable[[Client, ServerAddress, Path], Awaitable[float]]
"""Each needs an empty directory of its own."""


async def _step(step: str, client: Client, server: ServerAddress, place: Path) -> float:
    """Until its next attempt has begun."""
    async with crew(client, server, place) as two:
        acting = step == "exchange_items"
        where: dict[str, JsonValue] = {"method": "POST" if acting else "GET", "path": "/orders/*"}
        await two.shop.fault(two.shop.systems.orders_url, kind="slow", seconds=8, count=1, match=where)
        run = await two.shop.receive(MESSAGE)
        if acting:
            await two.shop.decide(run, await two.shop.review(run), "approve")
        died = await kill(await two.at_step(run, step))
        taken_up = await begun(run, step, attempt=2)
        await run.terminate()
        return (taken_up.last_started_time.ToDatetime(UTC) - died).total_seconds()


async def _local_step(client: Client, server: ServerAddress, place: Path) -> float:
    """Until a local activity has begun again."""
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


async def _decision(client: Client, server: ServerAddress, place: Path) -> float:
    """Until what a decision leads to is scheduled."""
    async with crew(client, server, place) as two:
        run = await two.shop.receive(MESSAGE)
        review = await two.shop.review(run)
        died = await kill(await two.at_run(run))
        await two.shop.decide(run, review, "approve")
        taken_up = await next_event(run, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, died)
        await run.terminate()
        return (taken_up - died).total_seconds()


async def _query(client: Client, server: ServerAddress, place: Path) -> float:
    """Until a question to a waiting run is answered."""
    async with crew(client, server, place) as two:
        run = await two.shop.receive(MESSAGE)
        await two.shop.review(run)
        died = await kill(await two.at_run(run))
        assert await run.query(EnquiryWorkflow.reviews, rpc_timeout=timedelta(seconds=20))
        took = (datetime.now(UTC) - died).total_seconds()
        await run.terminate()
        return took


TAKE_OVERS: dict[str, TakeOver] = {
    "a step that reads": partial(_step, "check_orders"),
    "a step that changes something": partial(_step, "exchange_items"),
    "a local activity": _local_step,
    "a decision on a waiting review": _decision,
    "a query": _query,
}

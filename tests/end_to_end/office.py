"""A whole installation for a test: real server, real systems over HTTP and SMTP, a real worker."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from pydantic import JsonValue
from temporalio.client import Client, WorkflowHandle

from activities.cards import all_cards
from baton.connectors.load import load_systems
from baton.contracts import names
from baton.contracts.agents import Card, Retry
from baton.contracts.enquiry import Enquiry, EnquiryOptions, EnquiryResult
from baton.contracts.mail import Message
from baton.contracts.record import EnquiryStart, RunRecord
from baton.contracts.review import Actor, Decision, Review
from baton.settings import Settings
from baton.temporal import search_attributes
from baton.temporal.embedded import ServerAddress
from baton.temporal.worker_options import START_TASK_TIMEOUT
from demo.servers import DemoSystems
from tests.workflows.driver import eventually
from worker import build_worker
from workflows.enquiry import EnquiryWorkflow

ROOT = Path(__file__).parents[2]
Handle = WorkflowHandle[EnquiryWorkflow, EnquiryResult]


@dataclass
class Office:
    """What a test does with an installation: hand in enquiries, decide, and look at the systems afterwards."""

    client: Client
    settings: Settings
    systems: DemoSystems

    async def receive(
        self,
        message: Message,
        *,
        enquiry_id: str | None = None,
        options: EnquiryOptions | None = None,
        attempts: int | None = None,
        attempt_s: float | None = None,
        heartbeat_s: float | None = None,
        wait_s: float | None = None,
    ) -> Handle:
        """Start an enquiry; with `attempts`, every step has that few, in quick succession, of at most `attempt_s`.

        `wait_s`: how long a step waits for who asks a model.
        """
        enquiry_id = enquiry_id or f"INQ-{uuid4().hex[:16]}"
        known = await search_attributes.existing(self.client)
        return await self.client.start_workflow(
            EnquiryWorkflow.run,
            EnquiryStart(
                enquiry=Enquiry(enquiry_id=enquiry_id, message=message, received_at=datetime.now(UTC)),
                options=options or EnquiryOptions(),
                cards=[
                    _hasty(card, attempts, attempt_s, heartbeat_s) if attempts else card
                    for card in (
                        card.model_copy(update={"wait_s": wait_s}) if wait_s and card.wait_s else card
                        for card in all_cards(self.settings.models, self.settings.task_queue)
                    )
                ],
                search_attributes=known,
            ),
            id=names.workflow_id(enquiry_id),
            task_queue=self.settings.task_queue,
            task_timeout=START_TASK_TIMEOUT,
            static_summary=f"Customer enquiry {enquiry_id}",
        )

    async def review(
        self, handle: WorkflowHandle[Any, Any], deadline_s: float = 60, every_s: float | None = None
    ) -> Review:
        """The open review of a run, once there is one."""

        async def look() -> Review | None:
            reviews = await handle.query(EnquiryWorkflow.reviews)
            return next((review for review in reviews if review.status == "open"), None)

        return await eventually(look, deadline_s, every_s)

    async def decide(
        self,
        handle: WorkflowHandle[Any, Any],
        review: Review,
        choice: str,
        *,
        value: JsonValue = None,
        comment: str = "",
    ) -> None:
        """Answer a review."""
        await handle.signal(
            names.DECIDE_REVIEW,
            Decision(
                decision_id=uuid4().hex,
                review_id=review.review_id,
                revision=review.revision,
                subject_digest=review.subject_digest,
                choice=choice,
                value=value,
                comment=comment,
                actor=Actor(id="nomsa", authenticated_by="a test"),
            ),
        )

    async def record(self, handle: Handle) -> RunRecord:
        """All that happened in a run."""
        return await handle.query(EnquiryWorkflow.record)

    async def orders(self) -> bytes:
        """The order system's tables, byte for byte."""
        return await _get(f"{self.systems.orders_url}/dump")

    async def order(self, order_id: str) -> dict[str, Any]:
        """One order as the order system has it."""
        async with httpx.AsyncClient() as http:
            found: dict[str, Any] = (await http.get(f"{self.systems.orders_url}/orders/{order_id.strip('#')}")).json()
            return found

    async def performed(self) -> list[dict[str, Any]]:
        """Every action that the order system carried out."""
        async with httpx.AsyncClient() as http:
            return _rows((await http.get(f"{self.systems.orders_url}/actions")).json())

    async def mails(self) -> list[dict[str, Any]]:
        """Every mail that arrived."""
        async with httpx.AsyncClient() as http:
            return _rows((await http.get(f"{self.systems.mail_url}/messages")).json())

    async def entries(self, enquiry_id: str) -> list[dict[str, Any]]:
        """What the CRM has on an enquiry."""
        async with httpx.AsyncClient() as http:
            found = await http.get(f"{self.systems.crm_url}/entries", params={"enquiry_id": enquiry_id})
            return _rows(found.json())

    async def fault(self, url: str, **fault: JsonValue) -> None:
        """Switch a fault on."""
        async with httpx.AsyncClient() as http:
            (await http.post(f"{url}/faults", json=fault)).raise_for_status()

    async def no_faults(self) -> None:
        """Switch all faults off."""
        async with httpx.AsyncClient() as http:
            for url in (self.systems.orders_url, self.systems.crm_url, self.systems.mail_url):
                (await http.delete(f"{url}/faults")).raise_for_status()


def _hasty(card: Card, attempts: int, attempt_s: float | None, heartbeat_s: float | None) -> Card:
    retry = Retry(attempts=attempts, first_delay_s=0.05, longest_delay_s=0.1)
    times = {"attempt_s": attempt_s or card.attempt_s, "heartbeat_s": heartbeat_s or card.heartbeat_s}
    return card.model_copy(update={"retry": retry, **times})


@asynccontextmanager
async def worker_process(
    settings: Settings, server: ServerAddress, log: Path, root: Path = ROOT, **more: str
) -> AsyncIterator[Process]:
    """`worker.py` of a checkout as a process of its own, for a test that reads its log or kills it.

    `more`: further settings by name, and PYTHONPATH.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "TEMPORAL_ADDRESS": server.host_port,
        "STATE_DIR": str(settings.state_dir),
        "TASK_QUEUE": settings.task_queue,
        "LOG_LEVEL": "debug",
        "ORDER_SYSTEM_URL": settings.order_system_options["url"],
        "CRM_URL": settings.crm_options["url"],
        "MAILBOX_HOST": settings.mailbox_options["host"],
        "MAILBOX_PORT": settings.mailbox_options["port"],
        "MAILBOX_SENT_URL": settings.mailbox_options["sent_url"],
        **more,
    }
    with log.open("ab") as file:
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "worker.py", cwd=root, env=environment, stdout=file, stderr=file
        )
    try:
        yield worker
    finally:
        if worker.returncode is None:
            worker.terminate()
        await worker.wait()


def _rows(found: Any) -> list[dict[str, Any]]:
    """A list of rows, whether bare or under one name."""
    if isinstance(found, dict):
        (found,) = [value for value in found.values() if isinstance(value, list)]
    return list(found)


async def _get(url: str) -> bytes:
    async with httpx.AsyncClient(timeout=30) as http:
        return (await http.get(url)).content


@asynccontextmanager
async def systems_only(
    client: Client,
    state: Path,
    orders_file: Path | None = None,
    *,
    keys: bool = True,
    mail_tells: bool = True,
    timeout_s: float = 10,
) -> AsyncIterator[Office]:
    """The stand-in systems with their data, and settings that point to them; no worker.

    `keys`: they keep idempotency keys; `mail_tells`: the mail system can be asked what it took over.
    """
    await search_attributes.ensure(client)
    timeout = {"timeout": str(timeout_s)}
    async with DemoSystems.started(state / "systems", orders_file, keys=keys) as systems:
        settings = (
            Settings(_env_file=None, state_dir=state / "baton", task_queue=f"queue-{uuid4().hex[:8]}")
            .with_options("ORDER_SYSTEM", {"url": systems.orders_url, **timeout})
            .with_options("CRM", {"url": systems.crm_url, **timeout})
            .with_options(
                "MAILBOX",
                {
                    "host": systems.smtp_host,
                    "port": str(systems.smtp_port),
                    "sent_url": systems.mail_url if mail_tells else "",
                    **timeout,
                },
            )
        )
        yield Office(client, settings, systems)


@asynccontextmanager
async def office(
    client: Client,
    state: Path,
    *,
    orders_file: Path | None = None,
    keys: bool = True,
    mail_tells: bool = True,
    timeout_s: float = 10,
) -> AsyncIterator[Office]:
    """The same, with one worker on a queue of its own."""
    async with (
        systems_only(client, state, orders_file, keys=keys, mail_tells=mail_tells, timeout_s=timeout_s) as opened,
        load_systems(opened.settings) as connected,
        build_worker(client, opened.settings, connected),
    ):
        yield opened


async def at_most(limit: int, work: Sequence[Any]) -> list[Any]:
    """The results of all, so many at a time."""
    gate = asyncio.Semaphore(limit)

    async def one(each: Any) -> Any:
        async with gate:
            return await each

    return list(await asyncio.gather(*(one(each) for each in work)))

"""The five breaks: which part fails, when, and how it is mended. Nothing is staged but the failure itself."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import httpx
from pydantic import JsonValue

from baton.cli.console import line
from baton.cli.counting import Books
from baton.cli.demo_systems import DemoAddresses
from baton.cli.installation import Installation
from baton.cli.problems import Problem
from baton.cli.returns import Shop
from baton.cli.runs import Runs
from baton.contracts import names
from baton.contracts.enquiry import EnquiryResult
from baton.contracts.mail import Message
from baton.contracts.record import RunStatus
from baton.contracts.review import Review

_LOOK_EVERY_S = 0.1
_SEEN_S = 0.5
"""Long enough to see the step at work on the screen. The answer is held back, so nothing depends on it."""
_LATE_LOG_WITHIN_S = 15.0
_ACT: Mapping[str, JsonValue] = {"method": "POST", "path": "/orders/*/actions"}


class Part(StrEnum):
    """What `--break` can break."""

    orders = "orders"
    crm = "crm"
    mail = "mail"
    worker = "worker"
    server = "server"


class Faults:
    """The fault switches of the demo systems."""

    def __init__(self, demo: DemoAddresses, http: httpx.AsyncClient) -> None:
        self._urls = {"orders": demo.orders_url, "crm": demo.crm_url, "mail": demo.mail_url}
        self._http = http

    async def on(self, system: Literal["orders", "crm", "mail"], **fault: JsonValue) -> None:
        """Switch one on; the oldest that fits a request is met first."""
        (await self._http.post(f"{self._urls[system]}/faults", json=fault)).raise_for_status()

    async def clear(self) -> None:
        """Mend all systems; one that is gone has no faults any more."""
        for url in self._urls.values():
            with suppress(httpx.HTTPError):
                await self._http.delete(f"{url}/faults")


@dataclass(frozen=True)
class Scene:
    """What a break has at hand."""

    installation: Installation
    runs: Runs
    shop: Shop
    faults: Faults
    books: Books


class Break:
    """One part that fails in the middle of a run. What a break does not need stays empty."""

    promise: str

    def __init__(self, scene: Scene) -> None:
        self._at = scene

    async def prepare(self, message: Message) -> None:
        """Before the message is handed in."""

    async def strike(self, enquiry_id: str) -> None:
        """While the run goes on."""

    async def mend(self, review: Review) -> None:
        """Before a person answers this review."""

    async def settle(self, ended: RunStatus) -> None:
        """After the run, before anything is counted."""


class WorkerKilled(Break):
    """The worker dies between an effect and its confirmation: the moment that everything here is made for."""

    promise = "the worker, killed (kill -9) after the order system acted and before it heard so"

    async def prepare(self, message: Message) -> None:
        """The order system will do the action, and keep its answer back."""
        await self._at.faults.on("orders", kind="hold", match=dict(_ACT))

    async def strike(self, enquiry_id: str) -> None:
        """Kill it once the action is done."""
        await _until(lambda: self._at.books.performed(enquiry_id))
        await asyncio.sleep(_SEEN_S)
        await self._kill()
        await self._at.faults.clear()  # the answer that was kept back is lost

    async def _kill(self) -> None:
        pid = self._at.installation.kill_worker()
        _tell(f"kill -9 {pid}: the worker. The order system has done the action, and nobody here knows.")


class ServerKilled(WorkerKilled):
    """The Temporal server dies at that moment; the worker lives, and has nobody to report to."""

    promise = "the Temporal server, killed (kill -9) while what you approved is being done"

    async def _kill(self) -> None:
        pid = self._at.installation.kill_server()
        _tell(f"kill -9 {pid}: the Temporal server. The order system has done the action; its answer is lost as well.")


class OrdersDown(Break):
    """The order system fails while it is read, and once more when it acts."""

    promise = "the order system: down while it is read; and its answer is lost when it acts"

    async def prepare(self, message: Message) -> None:
        """A short outage; one order that cannot be read at all; and an answer that gets lost."""
        await self._at.faults.on("orders", kind="fail", status=503, count=2, match={"path": "/customers"})
        for order_id in self._at.shop.others_of(message.from_address, message.text):
            await self._at.faults.on("orders", **_out_of_order(f"/orders/{order_id.strip('#')}"))
        await self._at.faults.on("orders", kind="cut_after", match=dict(_ACT))


class CrmDown(Break):
    """The CRM is out of order until the enquiry has ended without it."""

    promise = "the CRM: down until the enquiry has ended without it"

    async def prepare(self, message: Message) -> None:
        """No entry can be written or looked up."""
        await self._at.faults.on("crm", **_out_of_order("/entries"))

    async def settle(self, ended: RunStatus) -> None:
        """The CRM comes back, and the run that was left with the entry writes it."""
        later = (ended.result.log_entry or "") if isinstance(ended.result, EnquiryResult) else ""
        await self._at.faults.clear()
        if not later.startswith("later: "):
            return
        run_id = later.removeprefix("later: ")
        _tell(f"The enquiry has ended, and its entry is left with the run {run_id}. The CRM is mended.", "ok")
        try:
            async with asyncio.timeout(_LATE_LOG_WITHIN_S):
                await self._at.runs.client.get_workflow_handle(run_id).result()
        except TimeoutError:
            raise Problem(f"The entry was not written in time: see the run {run_id}.") from None
        _tell("The entry is written.", "ok")
        line("")


class MailRefused(Break):
    """The mail server puts off, then refuses; once mended it takes the mail over and loses its answer."""

    promise = "the mail server: it refuses the reply; and once mended, its answer is lost"

    async def prepare(self, message: Message) -> None:
        """Twice "later", then "no" until somebody mends it."""
        await self._at.faults.on("mail", kind="fail", status=451, stage="mail", count=2)
        await self._at.faults.on("mail", kind="fail", status=550, stage="mail", count=None)

    async def mend(self, review: Review) -> None:
        """Whoever is asked about the mail finds it mended; what comes next is an answer that gets lost."""
        if review.kind != "failure" or not review.review_id.startswith(f"failure/{names.SEND_REPLY.name}"):
            return
        await self._at.faults.clear()
        await self._at.faults.on("mail", kind="cut_after")
        _tell("Meanwhile somebody mends the mail server. The step can be tried again.", "ok")


BREAKS: Mapping[Part, type[Break]] = {
    Part.orders: OrdersDown,
    Part.crm: CrmDown,
    Part.mail: MailRefused,
    Part.worker: WorkerKilled,
    Part.server: ServerKilled,
}


def _out_of_order(path: str) -> dict[str, JsonValue]:
    """503 until cleared. Asked to come back soon, a step has used its attempts up after seconds instead of minutes."""
    return {"kind": "fail", "status": 503, "retry_after": "0.5", "count": None, "match": {"path": path}}


def _tell(words: str, style: str = "bad") -> None:
    line(words, style=style)


async def _until(look: Callable[[], Awaitable[int]]) -> None:
    """Wait for what happens in another process; the run's end is the deadline."""
    while not await look():  # noqa: ASYNC110  another process sets no event
        await asyncio.sleep(_LOOK_EVERY_S)

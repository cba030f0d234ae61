"""Answers that are lost after the work was done, over real HTTP and SMTP: with keys and without, nothing is doubled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from baton.cli.eml import message_from_eml
from baton.connectors.http_crm import HttpCrm
from baton.contracts.record import RecordEntry
from baton.contracts.review import Review

from .office import ROOT, Handle, Office, office

POST: dict[str, Any] = {"method": "POST"}


class Approved:
    """An enquiry whose resolution was approved while something was wrong."""

    def __init__(self, shop: Office, handle: Handle) -> None:
        self.shop = shop
        self.handle = handle

    async def done(self) -> tuple[int, int, int]:
        """How many actions, mails and log entries there are in the systems."""
        result = await self.handle.result()
        assert result.outcome == "answered"
        entries = await self.shop.entries(result.enquiry_id)
        return len(await self.shop.performed()), len(await self.shop.mails()), len(entries)

    async def lines(self, step: str) -> list[RecordEntry]:
        """What the record says of a step."""
        return [line for line in (await self.shop.record(self.handle)).record if line.step.startswith(step)]

    async def doubtful(self) -> Review:
        """The review that asks whether it was done."""
        review = await self.shop.review(self.handle)
        assert review.kind == "failure"
        assert {"done", "not_done"} <= {choice.id for choice in review.choices}
        return review


@asynccontextmanager
async def approved(
    client: Client, state: Path, system: str, *, keys: bool = True, mail_tells: bool = True, **fault: Any
) -> AsyncIterator[Approved]:
    async with office(client, state, keys=keys, mail_tells=mail_tells, timeout_s=1.5) as shop:
        handle = await shop.receive(message_from_eml((ROOT / "demo" / "enquiries" / "exchange.eml").read_bytes()))
        review = await shop.review(handle)
        assert review.kind == "resolution"
        url = {"orders": shop.systems.orders_url, "crm": shop.systems.crm_url, "mail": shop.systems.mail_url}[system]
        await shop.fault(url, **fault)
        await shop.decide(handle, review, "approve")
        yield Approved(shop, handle)


SYSTEMS = [
    pytest.param("orders", True, id="orders that keep keys"),
    pytest.param("orders", False, id="orders", marks=pytest.mark.long),
    pytest.param("crm", True, id="a CRM that keeps keys", marks=pytest.mark.long),
    pytest.param("crm", False, id="a CRM"),
]


@pytest.fixture
def arrives_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing arrives later than this, in these tests."""
    monkeypatch.setattr("activities.once.LATE_S", 3.0)


@pytest.mark.parametrize(("system", "keys"), SYSTEMS)
@pytest.mark.usefixtures("arrives_soon")
async def test_what_was_done_before_the_answer_was_lost_is_found_and_taken(
    client: Client, tmp_path: Path, system: str, keys: bool
) -> None:
    async with approved(client, tmp_path, system, keys=keys, kind="cut_after", match=POST) as run:
        assert await run.done() == (1, 1, 1)
        [line] = await run.lines("exchange_items" if system == "orders" else "log_outcome")
        assert (line.kind, line.attempt) == ("done", 2)


@pytest.mark.parametrize(("system", "keys"), SYSTEMS)
@pytest.mark.usefixtures("arrives_soon")
async def test_what_was_done_although_the_answer_says_503_is_found_and_taken(
    client: Client, tmp_path: Path, system: str, keys: bool
) -> None:
    async with approved(client, tmp_path, system, keys=keys, kind="fail_after", status=503, match=POST) as run:
        assert await run.done() == (1, 1, 1)
        [line] = await run.lines("exchange_items" if system == "orders" else "log_outcome")
        assert (line.kind, line.attempt) == ("done", 2)


@pytest.mark.usefixtures("arrives_soon")
async def test_503_to_an_entry_that_nobody_can_look_up_is_a_persons_decision(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(HttpCrm, "find_entry")
    async with approved(client, tmp_path, "crm", keys=False, kind="fail_after", status=503, match=POST) as run:
        review = await run.doubtful()
        [line, *_] = await run.lines("log_outcome")
        assert (line.kind, line.attempt) == ("ambiguous", 1)
        await run.shop.decide(run.handle, review, "done")
        assert await run.done() == (1, 1, 1)


@pytest.mark.parametrize(("system", "keys"), SYSTEMS)
@pytest.mark.usefixtures("arrives_soon")
async def test_a_request_that_arrives_after_we_stopped_waiting_is_not_done_a_second_time(
    client: Client, tmp_path: Path, system: str, keys: bool
) -> None:
    async with approved(client, tmp_path, system, keys=keys, kind="slow", seconds=2.5, match=POST) as run:
        assert await run.done() == (1, 1, 1)


@pytest.mark.parametrize(("system", "keys"), SYSTEMS)
@pytest.mark.usefixtures("arrives_soon")
async def test_nonsense_in_answer_to_a_write_is_looked_into_and_then_it_is_done(
    client: Client, tmp_path: Path, system: str, keys: bool
) -> None:
    async with approved(client, tmp_path, system, keys=keys, kind="garbage", match=POST) as run:
        assert await run.done() == (1, 1, 1)


async def test_a_mail_that_may_have_left_is_a_persons_decision_where_the_mail_system_cannot_be_asked(
    client: Client, tmp_path: Path
) -> None:
    async with approved(client, tmp_path, "mail", mail_tells=False, kind="cut_after") as run:
        review = await run.doubtful()
        [line] = await run.lines("send_reply")
        assert (line.kind, line.attempt) == ("ambiguous", 1)
        await run.shop.decide(run.handle, review, "done")
        assert await run.done() == (1, 1, 1)


@pytest.mark.parametrize("mail_tells", [True, False])
async def test_a_mail_that_did_not_leave_is_sent_after_all(client: Client, tmp_path: Path, mail_tells: bool) -> None:
    async with approved(
        client, tmp_path, "mail", mail_tells=mail_tells, kind="fail", status=451, stage="data", count=2
    ) as run:
        assert await run.done() == (1, 1, 1)
        [line] = await run.lines("send_reply")
        assert (line.kind, line.attempt) == ("done", 3)


@pytest.mark.usefixtures("arrives_soon")
async def test_a_mail_that_the_mail_system_has_not_got_is_sent_again_after_a_while(
    client: Client, tmp_path: Path
) -> None:
    """The stand-in forgets a message whose sender is gone before it was taken over."""
    async with approved(client, tmp_path, "mail", kind="slow", seconds=5) as run:
        assert await run.done() == (1, 1, 1)
        [line] = await run.lines("send_reply")
        assert line.attempt == 3

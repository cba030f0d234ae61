"""The same mail is handed in more than once: it is one enquiry, also when Temporal has forgotten it."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import Client

from baton.cli.messages import Incoming, from_file
from baton.cli.problems import RanBefore, Running
from baton.cli.runs import Runs
from baton.cli.starting import start
from baton.contracts import names
from baton.contracts.enquiry import EnquiryResult
from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import EmbeddedServer
from tests.end_to_end.office import ROOT, Handle, Office, office


@pytest.fixture
def mail(tmp_path: Path) -> Incoming:
    """One mail, with the id that it always has."""
    text = (ROOT / "demo" / "enquiries" / "exchange.eml").read_text(encoding="utf-8")
    file = tmp_path / "mail.eml"
    file.write_text(re.sub(r"(?<=Message-ID: <)[^>]+", f"{uuid4().hex}@posbus.example", text), encoding="utf-8")
    return from_file(str(file))


@pytest_asyncio.fixture(loop_scope="session")
async def shop(client: Client, tmp_path: Path) -> AsyncIterator[Office]:
    """A fresh installation."""
    async with office(client, tmp_path) as opened:
        yield opened


async def test_a_mail_that_is_handed_in_many_times_at_once_is_one_enquiry(shop: Office, mail: Incoming) -> None:
    runs = _runs(shop)
    became = await asyncio.gather(*(start(runs, mail) for _ in range(5)), return_exceptions=True)
    assert [type(each) for each in became if isinstance(each, Exception)] == [Running] * 4
    await _approved(shop, mail)
    assert len(await shop.performed()) == len(await shop.mails()) == 1


async def test_a_mail_whose_history_has_expired_is_known_from_the_archive(
    shop: Office, mail: Incoming, tmp_path: Path
) -> None:
    await start(_runs(shop), mail)
    await _approved(shop, mail)
    async with EmbeddedServer(tmp_path / "another") as address:  # it knows of nothing, as when all has expired
        forgetful = Runs(await connect_embedded(address), shop.settings, ui="")
        with pytest.raises(RanBefore, match=mail.enquiry_id):
            await start(forgetful, mail)
    record = forgetful.archived(mail.enquiry_id)
    assert record is not None
    assert record.result is not None
    assert record.result.outcome == "answered"
    assert len(await shop.performed()) == len(await shop.mails()) == 1


def _runs(shop: Office) -> Runs:
    return Runs(shop.client, shop.settings, ui="")


async def _approved(shop: Office, mail: Incoming) -> None:
    handle: Handle = shop.client.get_workflow_handle(names.workflow_id(mail.enquiry_id), result_type=EnquiryResult)
    await shop.decide(handle, await shop.review(handle), "approve")
    assert (await handle.result()).outcome == "answered"

"""The outcome is logged once, with keys and without, and by whoever comes to it in the end."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import httpx
import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.crm_desk import CrmDesk
from baton.connectors.http_crm import HttpCrm
from baton.contracts.enquiry import LogOutcome
from baton.contracts.systems import Crm, CrmEntry, CrmLogged
from demo.servers import DemoSystems

from .attempts import attempt, word

ENTRY = CrmEntry(enquiry_id="INQ-1", outcome="answered", summary="Asked: cancel", at=datetime(2026, 11, 23, tzinfo=UTC))
KEY = "INQ-1/log/1/0"


class Blind:
    """A CRM that keeps no keys and finds no entry by what it says."""

    def __init__(self, crm: HttpCrm) -> None:
        self.log = crm.log
        self.find_logged = crm.find_logged


@pytest_asyncio.fixture(loop_scope="session", params=[True, False], ids=["keys", "no keys"])
async def systems(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[DemoSystems]:
    async with DemoSystems.started(tmp_path, keys=request.param) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def crm(systems: DemoSystems) -> AsyncIterator[HttpCrm]:
    connector = HttpCrm({"url": systems.crm_url})
    yield connector
    await connector.aclose()


def desk(crm: object) -> CrmDesk:
    return CrmDesk(cast(Crm, crm), cast(Client, None), "queue")


def entries(systems: DemoSystems) -> int:
    return len(httpx.get(f"{systems.crm_url}/entries").json())


async def test_the_outcome_is_logged(crm: HttpCrm, systems: DemoSystems) -> None:
    answer = await attempt().run(desk(crm).log_outcome, LogOutcome(entry=ENTRY, key=KEY).model_dump(mode="json"))
    assert CrmLogged.model_validate(answer.value).entry_id == "CRM-000001"
    assert entries(systems) == 1


async def test_what_a_lost_attempt_wrote_is_found(crm: HttpCrm, systems: DemoSystems) -> None:
    await crm.log(ENTRY, key=KEY)
    handed = LogOutcome(entry=ENTRY, key=KEY).model_dump(mode="json")
    answer = await attempt(2, last_word=word("dispatching")).run(desk(crm).log_outcome, handed)
    assert CrmLogged.model_validate(answer.value).entry_id == "CRM-000001"
    assert entries(systems) == 1


async def test_the_later_run_finds_what_the_enquiry_itself_had_written(crm: HttpCrm, systems: DemoSystems) -> None:
    await crm.log(ENTRY, key=KEY)
    later = LogOutcome(entry=ENTRY, key=KEY, unknown_keys=[KEY]).model_dump(mode="json")
    await attempt().run(desk(crm).log_outcome, later)
    assert entries(systems) == 1


async def test_a_crm_that_can_tell_neither_way_leaves_it_to_a_person(tmp_path: Path) -> None:
    handed = LogOutcome(entry=ENTRY, key=KEY).model_dump(mode="json")
    async with DemoSystems.started(tmp_path, keys=False) as systems:
        crm = HttpCrm({"url": systems.crm_url})
        with pytest.raises(ApplicationError) as caught:
            await attempt(2, last_word=word("dispatching")).run(desk(Blind(crm)).log_outcome, handed)
        await crm.aclose()
        assert entries(systems) == 0
    assert (caught.value.type, caught.value.non_retryable, caught.value.details) == ("OutcomeUnknown", True, (2, True))

"""What every Crm does."""

import asyncio
import uuid
from datetime import UTC, datetime

import pytest

from baton.contracts.systems import Crm, CrmEntry, CustomerQuery, NotFound, Rejected

from .sample import Sample


def entry() -> CrmEntry:
    return CrmEntry(
        enquiry_id=f"INQ-{uuid.uuid4().hex[:8]}",
        outcome="resolved",
        summary="Tried by the contract suite",
        actions=["cancel_order: done"],
        decided_by="ops",
        at=datetime.now(UTC),
        archive="enquiries.jsonl",
    )


async def test_it_says_that_it_is_well(crm: Crm) -> None:
    health = await crm.health()
    assert health.ok, health.detail


async def test_a_contact_is_found_each_way_whatever_the_letter_case(crm: Crm, sample: Sample) -> None:
    for query in (
        CustomerQuery(customer_id=sample.customer_id),
        CustomerQuery(email=sample.email.upper()),
        CustomerQuery(name=sample.name.lower(), postcode=sample.postcode),
    ):
        assert [found.customer_id for found in await crm.find_contacts(query)] == [sample.customer_id]


async def test_nobody_is_an_empty_list(crm: Crm) -> None:
    assert await crm.find_contacts(CustomerQuery(email="nobody-at-all@nowhere.example")) == []


async def test_its_copy_of_an_order_is_marked_as_old(crm: Crm, sample: Sample) -> None:
    copy = await crm.last_known_order(sample.order_id)

    assert copy.stale_since is not None
    assert copy.stale_since <= datetime.now(UTC)
    assert copy.customer_id == sample.customer_id
    with pytest.raises(NotFound):
        await crm.last_known_order("#999999999")


async def test_an_entry_is_written_once_per_key(crm: Crm) -> None:
    written, key = entry(), f"contract/{uuid.uuid4()}"
    try:
        assert await crm.find_logged(key) is None
    except Rejected:
        pytest.skip("this CRM keeps no keys")

    several = await asyncio.gather(*(crm.log(written, key=key) for _ in range(4)))
    again = await crm.log(written, key=key)
    found = await crm.find_logged(key)

    assert [each.replayed for each in several].count(False) == 1
    assert again.replayed
    assert found is not None
    assert {each.entry_id for each in (*several, again, found)} == {again.entry_id}


async def test_an_entry_is_found_by_what_it_says_where_that_is_offered(crm: Crm) -> None:
    find = getattr(crm, "find_entry", None)
    if find is None:
        pytest.skip("this CRM does not offer it")
    written, key = entry(), f"contract/{uuid.uuid4()}"
    assert await find(written) is None

    logged = await crm.log(written, key=key)

    assert (await find(written)).entry_id == logged.entry_id
    assert await find(written.model_copy(update={"outcome": "another"})) is None

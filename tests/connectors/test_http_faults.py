"""Every row of the table in baton/connectors/faults.py, met at a real server."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from baton.connectors.faults import pause_of
from baton.connectors.http_crm import HttpCrm
from baton.connectors.http_orders import HttpOrders
from baton.contracts.discretion import discreet, without_personal_data
from baton.contracts.orders import CancelOrder
from baton.contracts.systems import (
    Conflict,
    CrmEntry,
    CustomerQuery,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    Rejected,
    SystemFault,
    Throttled,
    Unavailable,
    Unexpected,
)
from baton.temporal.heartbeats import Overtaken
from demo.servers import DemoSystems
from tests.activities.attempts import overtaken

from .conftest import switch_on

ORDER = "#W1043118"


def cancelled(version: str = "1", order_id: str = ORDER) -> CancelOrder:
    return CancelOrder(action_id="a1", order_id=order_id, order_version=version, reason="no longer needed")


async def cancel(orders: HttpOrders, key: str = "k1", version: str = "1") -> object:
    return await orders.perform(cancelled(), key=key, expected_version=version)


def entries(systems: DemoSystems) -> int:
    return len(httpx.get(f"{systems.crm_url}/entries").json())


def performed(systems: DemoSystems) -> int:
    return len(httpx.get(f"{systems.orders_url}/actions").json())


@pytest.mark.parametrize(
    ("status", "reading", "writing"),
    [
        (400, Rejected, Rejected),
        (401, Misconfigured, Misconfigured),
        (403, Misconfigured, Misconfigured),
        (404, NotFound, NotFound),
        (405, Unexpected, Unexpected),
        (408, Unavailable, OutcomeUnknown),
        (409, Rejected, Rejected),
        (410, NotFound, NotFound),
        (412, Conflict, Conflict),
        (418, Rejected, Rejected),
        (422, Rejected, Rejected),
        (425, Unavailable, Unavailable),
        (428, Unexpected, Unexpected),
        (429, Throttled, Throttled),
        (500, Unavailable, OutcomeUnknown),
        (502, Unavailable, OutcomeUnknown),
        (503, Unavailable, OutcomeUnknown),
        (504, Unavailable, OutcomeUnknown),
        (520, Unavailable, OutcomeUnknown),
    ],
)
async def test_each_status_is_its_fault(
    systems: DemoSystems, orders: HttpOrders, status: int, reading: type[SystemFault], writing: type[SystemFault]
) -> None:
    switch_on(systems.orders_url, kind="fail", status=status, count=2)

    with pytest.raises(SystemFault) as read:
        await orders.get_order(ORDER)
    with pytest.raises(SystemFault) as written:
        await cancel(orders)

    assert (read.type, written.type) == (reading, writing)
    assert str(status) in str(read.value)
    assert performed(systems) == 0


@pytest.mark.parametrize(("status", "pause"), [(429, "7"), (503, "7"), (429, "36000")])
async def test_a_pause_that_is_asked_for_is_told_and_capped(
    systems: DemoSystems, orders: HttpOrders, status: int, pause: str
) -> None:
    switch_on(systems.orders_url, kind="fail", status=status, retry_after=pause)

    with pytest.raises(Throttled) as fault:
        await orders.get_order(ORDER)

    assert fault.value.retry_after == min(float(pause), 300)


@pytest.mark.parametrize("status", [408, 502, 503, 504])
async def test_an_error_that_may_be_a_proxys_leaves_a_write_unknown_and_its_pause_is_told(
    systems: DemoSystems, orders: HttpOrders, status: int
) -> None:
    switch_on(systems.orders_url, kind="fail_after", status=status, retry_after=7)

    with pytest.raises(OutcomeUnknown) as fault:
        await cancel(orders)

    assert (fault.value.retry_after, performed(systems)) == (7, 1)


def test_a_pause_may_be_a_date_and_never_lies_behind_us() -> None:
    now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    assert pause_of(format_datetime(now + timedelta(seconds=90), usegmt=True), now) == 90
    assert pause_of(format_datetime(now - timedelta(seconds=90), usegmt=True), now) == 0
    assert pause_of(format_datetime(now + timedelta(days=9), usegmt=True), now) == 300
    assert [pause_of(said, now) for said in (None, "", "soon", "-5", "1e9", "١٢")] == [None] * 6


async def test_a_refused_connection_is_unavailable_for_reading_and_writing(
    systems: DemoSystems, orders: HttpOrders
) -> None:
    systems.stop_system("orders")

    with pytest.raises(Unavailable):
        await orders.get_order(ORDER)
    with pytest.raises(Unavailable):
        await cancel(orders)
    assert not (await orders.health()).ok


async def test_an_unknown_host_is_unavailable() -> None:
    orders = HttpOrders({"url": "http://no-such-host.invalid:8001", "timeout": "5"})
    with pytest.raises(Unavailable):
        await cancel(orders)
    await orders.aclose()


async def test_a_write_cut_after_the_work_is_of_unknown_outcome_and_found_by_its_key(
    systems: DemoSystems, orders: HttpOrders
) -> None:
    switch_on(systems.orders_url, kind="cut_after")

    with pytest.raises(OutcomeUnknown):
        await cancel(orders)

    found = await orders.find_performed("k1")
    assert found is not None
    assert (found.order.status, found.replayed) == ("cancelled", True)
    again = await orders.perform(cancelled(), key="k1", expected_version="1")
    assert (again.replayed, again.reference, performed(systems)) == (True, found.reference, 1)


async def test_an_attempt_that_nobody_counts_on_writes_nothing_and_may_read(
    systems: DemoSystems, orders: HttpOrders
) -> None:
    with overtaken():
        with pytest.raises(Overtaken, match="stood still"):
            await cancel(orders)
        assert (await orders.get_order(ORDER)).order_id == ORDER
    assert performed(systems) == 0
    await cancel(orders)
    assert performed(systems) == 1


async def test_a_read_that_is_cut_is_unavailable(systems: DemoSystems, orders: HttpOrders) -> None:
    switch_on(systems.orders_url, kind="cut_after")

    with pytest.raises(Unavailable):
        await orders.get_order(ORDER)


async def test_a_write_without_an_answer_in_time_is_of_unknown_outcome_and_is_not_sent_again(
    systems: DemoSystems,
) -> None:
    orders = HttpOrders({"url": systems.orders_url, "timeout": "0.2"})
    switch_on(systems.orders_url, kind="slow", seconds=0.5)

    with pytest.raises(OutcomeUnknown):
        await cancel(orders)

    for _ in range(250):
        if await orders.find_performed("k1") is not None:
            break
        await asyncio.sleep(0.02)
    assert performed(systems) == 1
    switch_on(systems.orders_url, kind="slow", seconds=0.5)
    with pytest.raises(Unavailable):
        await orders.get_order(ORDER)
    await orders.aclose()


async def test_an_answer_that_trickles_without_end_stops_at_the_time_limit() -> None:
    """httpx alone counts each piece anew: such a server would hold an activity for ever."""

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.05)

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    orders = HttpOrders({"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "timeout": "0.4"})
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable):
            await orders.get_order(ORDER)
    await orders.aclose()
    server.close()


async def test_a_connection_that_is_never_accepted_is_unavailable_for_a_write() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        port = deaf.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for each in fillers:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        orders = HttpOrders({"url": f"http://127.0.0.1:{port}", "timeout": "0.5"})
        with pytest.raises(Unavailable):
            await cancel(orders)
        await orders.aclose()
        for each in fillers:
            each.close()


async def test_what_is_not_json_or_of_another_shape_is_unexpected(systems: DemoSystems, orders: HttpOrders) -> None:
    switch_on(systems.orders_url, kind="garbage")
    with pytest.raises(Unexpected, match="not JSON"):
        await orders.get_order(ORDER)

    crm_as_orders = HttpOrders({"url": systems.crm_url})
    with pytest.raises(Unexpected, match="another shape"):
        await crm_as_orders.get_order(ORDER)
    await crm_as_orders.aclose()

    orders_as_crm = HttpCrm({"url": systems.orders_url})
    with pytest.raises(Unexpected, match="another shape") as fault:
        await orders_as_crm.last_known_order(ORDER)
    assert "Thandi" not in str(fault.value)
    await orders_as_crm.aclose()


async def test_a_redirect_says_that_the_address_is_not_the_final_one() -> None:
    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 301 Moved\r\nLocation: https://shop.example/\r\nContent-Length: 0\r\n\r\n")

    server = await asyncio.start_server(redirect, "127.0.0.1", 0)
    orders = HttpOrders({"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"})
    with pytest.raises(Misconfigured, match="final"):
        await orders.get_order(ORDER)
    await orders.aclose()
    server.close()


async def test_a_stale_version_is_a_conflict_and_nothing_is_done(systems: DemoSystems, orders: HttpOrders) -> None:
    with pytest.raises(Conflict):
        await cancel(orders, version="7")
    assert performed(systems) == 0


async def test_the_shops_no_is_rejected_in_its_own_words(orders: HttpOrders) -> None:
    delivered = cancelled(order_id="#W1042207")
    with pytest.raises(Rejected, match="Only a pending order can be cancelled"):
        await orders.perform(delivered, key="k1", expected_version="1")


async def test_what_is_not_there_is_not_found(orders: HttpOrders) -> None:
    with pytest.raises(NotFound):
        await orders.get_order("#W0")
    with pytest.raises(NotFound):
        await orders.get_product("../health")


async def test_an_order_number_cannot_lead_to_another_address(
    systems: DemoSystems, orders: HttpOrders, crm: HttpCrm
) -> None:
    for trick in ("../customers?email=thandi.nkosi@posbus.example", "W1/../../dump", "..", "?x", "W1043118/actions"):
        with pytest.raises((NotFound, Unexpected)):
            await orders.get_order(trick)
    for no_number in ("W1043118/", "W" * 200_000, "W1\ud800"):
        for ask in (orders.get_order, orders.get_product, crm.last_known_order):
            with pytest.raises(NotFound):
                await ask(no_number)
    with pytest.raises(Rejected):
        await orders.find_customers(CustomerQuery(customer_id="t" * 200_000))


async def test_the_crm_writes_once_per_key_and_its_faults_are_the_same(systems: DemoSystems, crm: HttpCrm) -> None:
    entry = CrmEntry(enquiry_id="INQ-1", outcome="resolved", summary="done", at=datetime.now(UTC))
    switch_on(systems.crm_url, kind="cut_after")

    with pytest.raises(OutcomeUnknown):
        await crm.log(entry, key="k")
    logged = await crm.log(entry, key="k")

    assert logged.replayed
    assert await crm.find_logged("k") == logged
    assert entries(systems) == 1


async def test_a_token_travels_in_the_header_and_in_no_text() -> None:
    seen: list[str] = []

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0)
    orders = HttpOrders({"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "token": "s3cret-token"})
    with pytest.raises(Misconfigured) as fault:
        await orders.find_customers(CustomerQuery(email="thandi.nkosi@posbus.example"))
    health = await orders.health()

    assert "authorization: bearer s3cret-token" in seen[0].lower()
    for text in (str(fault.value), health.detail):
        assert "s3cret" not in text
        assert "thandi" not in text
    await orders.aclose()
    server.close()


async def test_no_fault_names_the_customer_that_was_asked_for(systems: DemoSystems, orders: HttpOrders) -> None:
    for fault in ({"kind": "fail", "status": 422}, {"kind": "cut_after"}, {"kind": "garbage"}, {"kind": "down"}):
        switch_on(systems.orders_url, **fault)
        with pytest.raises(SystemFault) as met:
            await orders.find_customers(CustomerQuery(name="Thandi Nkosi", postcode="0083"))
        assert "Thandi" not in str(met.value)
        assert "0083" not in str(met.value)


def test_a_title_that_names_somebody_is_cleaned() -> None:
    said = "No customer thandi.nkosi@posbus.example\nwith phone +27 82 555 0134 here"
    assert without_personal_data(said) == "No customer [address] with phone [number] here"


def test_what_looks_like_a_secret_is_cleaned_too() -> None:
    said = "401 for token=s3cret at 'Bearer abc.def': key sk_live_51H8xQz2eZvKYlo2C, api_key: x, user a@b.example"
    cleaned = discreet(said)
    for secret in ("s3cret", "abc.def", "sk_live", "a@b"):
        assert secret not in cleaned
    assert discreet("no such option 'page_size' in module_of_some_length.py") == (
        "no such option 'page_size' in module_of_some_length.py"
    )


async def test_cancelling_the_caller_is_no_fault(systems: DemoSystems, orders: HttpOrders) -> None:
    switch_on(systems.orders_url, kind="slow", seconds=5)
    asking = asyncio.create_task(orders.get_order(ORDER))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

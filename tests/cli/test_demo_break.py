"""`demo --break` as real processes: each part fails in the middle, and the run ends rightly all the same."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import AsyncMock, Mock

import httpx
import pytest

from baton.archive import Archive
from baton.cli.breaking import Breaking
from baton.cli.breaks import Part
from baton.cli.demo_enquiries import DemoDiary
from baton.cli.demo_systems import DemoAddresses, read_addresses
from baton.cli.installation import Installation
from baton.cli.problems import Problem
from baton.settings import Settings
from tests.cli.command_line import run
from tests.cli.programs import Program, needs_proc, nothing_left, started

FOUND_DONE = "an earlier attempt had done it: looked up, not done again"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One shop for all breaks, one after the other: each needs a return that was not asked for before."""
    return tmp_path_factory.mktemp("state")


@asynccontextmanager
async def broken(state: Path, *words: str) -> AsyncIterator[Program]:
    """The demo with a break, to its end, with what every break must come to."""
    async with started(state, "demo", "--yes", "--break", *words) as demo:
        await demo.says("Nothing was lost, and nothing was done twice.", 120)
        yield demo
    for counted in ("approved action carried out", "mail delivered", "entry in the customer's history"):
        assert re.search(rf"^{counted} +[\w ]+? +1 +1$", demo.said, re.M), demo.said
    assert demo.said.count("Done and answered.") == 2, demo.said  # after the steps, and under the record
    assert "Traceback" not in demo.said
    await nothing_left(state)


def recorded(state: Path, demo: Program) -> str:
    """What the kept record says, a line each: kind, step, attempt and words."""
    shown = re.search(r"INQ-demo-\w+", demo.said)
    assert shown
    record = Archive(state).find(shown[0])
    assert record is not None
    lines = (f"{entry.kind} {entry.step} {entry.attempt} {entry.text}" for entry in record.record)
    return "\n".join(lines)


@needs_proc
async def test_a_worker_killed_after_the_effect_does_not_do_it_again(state: Path) -> None:
    async with broken(state, "worker") as demo:
        assert await demo.ends() == 0
    assert re.search(r"kill -9 \d+: the worker", demo.said)
    assert "The worker ended (exit -9). Starting it again" in demo.said
    assert re.search(rf"^done return_items/a1/1 2 .+{FOUND_DONE}$", recorded(state, demo), re.M), demo.said


@pytest.mark.long
@needs_proc
async def test_a_server_is_killed_in_the_middle_and_a_demo_stopped_before_in_its_middle_ends_rightly_too(
    state: Path,
) -> None:
    async with started(state, "demo", "--yes", "--break", "worker") as stopped:
        await stopped.says("nobody here knows")
        stopped.process.send_signal(signal.SIGINT)
        assert await stopped.ends() == 130
    assert "Nothing is lost" in stopped.said
    await nothing_left(state)
    async with broken(state, "server") as demo:
        assert await demo.ends() == 0
    assert re.search(r"kill -9 \d+: the Temporal server", demo.said)
    assert "Nothing is lost. Starting it again" in demo.said
    for program in (stopped, demo):
        assert FOUND_DONE in recorded(state, program)


@pytest.mark.long
@needs_proc
async def test_an_order_system_that_is_down_is_tried_again_and_replaced_and_asked_whether_it_acted(state: Path) -> None:
    async with broken(state, "orders", "--keep") as demo:
        await demo.says("Everything keeps running.")
        addresses = read_addresses(state)
        assert addresses is not None
        async with httpx.AsyncClient() as http:
            for url in (addresses.orders_url, addresses.crm_url, addresses.mail_url):
                assert (await http.get(f"{url}/faults")).json() == []
        demo.process.send_signal(signal.SIGINT)
        assert await demo.ends() == 130
    assert re.search(r"… Check order #\w+ · attempt \d+: order system: GET /orders/\S+ answered 503", demo.said)
    record = recorded(state, demo)
    assert "done find_customer 3 " in record
    assert re.search(
        r"^failed check_orders/#\w+ \d+ Throttled: .+\nfell_back .+ CRM \(old copy\) is fallback 1", record, re.M
    )
    assert re.search(rf"^done return_items/a1/1 2 .+{FOUND_DONE}$", record, re.M), record


@pytest.mark.long
@needs_proc
async def test_a_crm_that_is_down_gets_its_entry_once_it_is_back(state: Path) -> None:
    async with broken(state, "crm") as demo:
        assert await demo.ends() == 0
    assert re.search(r"… Log it in the CRM · attempt \d+: CRM: \w+ /entries answered 503", demo.said)
    assert re.search(
        r"^failed log_outcome .+\nfell_back .+ CRM \(later attempts\) is fallback 1", recorded(state, demo), re.M
    )
    assert re.search(
        r"its entry is left with the run log/INQ-demo-\w+\. The CRM is mended\.\nThe entry is written", demo.said
    )


@needs_proc
async def test_a_mail_server_that_refuses_has_a_person_asked_and_no_mail_is_sent_twice(state: Path) -> None:
    async with broken(state, "mail") as demo:
        assert await demo.ends() == 0
    assert re.search(r"… Send the reply · attempt \d: SMTP: the sender was refused \(451\)", demo.said)
    assert "• mail: Rejected: SMTP: the sender was refused (550)" in demo.said
    assert "Meanwhile somebody mends the mail server." in demo.said
    assert "--yes answers: retry" in demo.said
    assert re.search(rf"^done send_reply 2 .+{FOUND_DONE}$", recorded(state, demo), re.M), demo.said


async def test_what_somebody_else_runs_is_not_broken(tmp_path: Path) -> None:
    joined = Installation(Settings(_env_file=None, state_dir=tmp_path), tell=print)
    joined.demo = DemoAddresses(orders_url="", crm_url="", mail_url="", smtp_host="", smtp_port=1, pid=1)
    breaking = Breaking(Part.crm, joined)
    with pytest.raises(Problem, match="another `up` or `demo` runs in"):
        async with breaking.prepared(Mock(), DemoDiary(joined.settings), None):
            raise AssertionError("it went on")


async def test_a_demo_in_which_nothing_could_be_broken_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installation = Installation(Settings(_env_file=None, state_dir=tmp_path), tell=print)
    breaking = Breaking(Part.worker, installation)
    breaking._break = Mock(strike=AsyncMock(side_effect=lambda _: installation.kill_worker()))
    assert await breaking.during("INQ-1", asyncio.sleep(0.01, "ended")) == "ended"
    assert capsys.readouterr().out == "Nothing was broken: no worker runs.\n"
    with pytest.raises(Problem, match="no Temporal server runs"):
        installation.kill_server()


async def test_a_system_of_ones_own_is_not_broken(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_URL", "http://crm.shop.example")
    said = await run("demo", "--break", "worker")
    assert said.code == 1
    assert "the settings name your own for CRM" in said.complaint


async def test_only_the_five_parts_can_be_broken(alone: Path) -> None:
    said = await run("demo", "--break", "everything")
    assert said.code == 2
    assert "orders" in said.err

"""docs/writing-a-process.md: its code runs as it stands there, in real workers of which one is killed in the middle."""

import json
import re
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from activities.cards import plan_cards, process_cards
from baton.archive import Archive
from baton.cli.enquiries import NO_WORKER
from baton.cli.shapes import Inbox, Reviews, RunList
from baton.contracts.record import RunStatus
from baton.processes.loading import load_processes
from baton.temporal.embedded import ServerAddress
from tests.cli.command_line import Said, run
from tests.cli.programs import worker_that_stops
from tests.end_to_end.office import Office, systems_only, worker_process
from tests.workflows.driver import eventually

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "writing-a-process.md").read_text(encoding="utf-8")
(CODE,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

ORDER = "W1042207"
RUN = "returns/RET-7"
MENDED = "returns/RET-8"
LONG_S = 60.0


@pytest.fixture
def my_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """my_shop/returns.py as the page says to write it."""
    place = tmp_path / "my_shop"
    place.mkdir()
    (place / "__init__.py").touch()
    (place / "returns.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield place / "returns.py"
    for name in ("my_shop", "my_shop.returns"):
        sys.modules.pop(name, None)


@pytest_asyncio.fixture(loop_scope="session")
async def shop(
    client: Client, server: ServerAddress, tmp_path: Path, my_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    """Its systems, a command line that has the process in its settings, and no worker."""
    async with systems_only(client, tmp_path) as opened:
        monkeypatch.setenv("TEMPORAL_ADDRESS", server.host_port)
        monkeypatch.setenv("STATE_DIR", str(opened.settings.state_dir))
        monkeypatch.setenv("TASK_QUEUE", opened.settings.task_queue)
        monkeypatch.setenv("PROCESSES", "my_shop.returns")
        monkeypatch.setenv("LOGNAME", "nomsa")
        yield opened


def written(file: Path, source: str) -> None:
    """The module has this source from now on."""
    file.write_text(source, encoding="utf-8")


def working(shop: Office, server: ServerAddress, my_shop: Path) -> AbstractAsyncContextManager[Process]:
    """A worker process that finds the module."""
    place = my_shop.parents[1]
    return worker_process(
        shop.settings, server, place / "worker.log", PROCESSES="my_shop.returns", PYTHONPATH=str(place)
    )


async def start(place: Path, run_id: str = RUN, **given: object) -> Said:
    """Hand a parcel in."""
    file = place / "parcel.json"
    file.write_text(json.dumps({"order_id": ORDER, **given}), encoding="utf-8")
    return await run("start", "process", "returns", str(file), "--id", run_id.partition("/")[2])


async def ends(run_id: str) -> RunStatus:
    """How it ended, once it has."""

    async def look() -> RunStatus | None:
        said = await run("status", run_id, "--json")
        # A worker was killed a moment ago, has no time, or the task that failed is not done anew yet.
        if said.code != 0 or NO_WORKER in said.err:
            return None
        status = RunStatus.model_validate_json(said.out)
        return status if status.stage.startswith("ended") else None

    return await eventually(look, LONG_S)


async def reviewed(run_id: str) -> Reviews:
    """Its open review, once there is one."""

    async def look() -> Reviews | None:
        said = await run("review", run_id, "--json")
        if said.code:
            return None
        found = Reviews.model_validate_json(said.out)
        return found if any(each.status == "open" for each in found.reviews) else None

    return await eventually(look, LONG_S)


def test_the_process_on_the_page_has_fewer_than_60_lines() -> None:
    assert len(CODE.splitlines()) < 60


async def test_it_is_started_looked_at_paused_approved_and_done_once_though_its_worker_is_killed_twice(
    shop: Office, server: ServerAddress, my_shop: Path
) -> None:
    place = my_shop.parents[1]
    async with working(shop, server, my_shop) as first:
        said = await start(place)
        assert f"Started {RUN}." in said.out, said
        (review,) = (await reviewed(RUN)).reviews
        assert isinstance(review.subject, dict)
        assert (review.kind, review.subject["order_id"]) == ("approval", f"#{ORDER}")
        inbox = Inbox.model_validate_json((await run("inbox", "--json", "--limit", "1000")).out)
        assert RUN in [each.enquiry_id for each in inbox.waiting]
        first.kill()
        await first.wait()
    assert await shop.performed() == []
    await shop.fault(shop.systems.orders_url, kind="hold", count=1, match={"method": "POST"})
    async with working(shop, server, my_shop) as second:
        await reviewed(RUN)
        assert (await run("pause", RUN, "--reason", "stocktaking")).code == 0
        assert (await run("approve", RUN)).code == 0
        assert "stocktaking" in (await run("status", RUN)).out
        assert await shop.performed() == []
        assert (await run("resume", RUN)).code == 0
        await eventually(lambda: _done(shop), LONG_S)  # it is done, and the worker waits to hear so
        second.kill()
        await second.wait()
    async with working(shop, server, my_shop):
        status = await ends(RUN)
        assert status.result is not None
        assert (status.process, status.result.outcome) == ("returns", "done")
        shown = await run("record", RUN)
        assert "Take the items back" in shown.out
        assert "Done." in shown.out
        runs = RunList.model_validate_json((await run("list", "--json", "--limit", "1000")).out).runs
        assert [each.state for each in runs if each.enquiry_id == RUN] == ["completed"]
    assert len(await shop.performed()) == 1
    assert [mail["copies"] for mail in await shop.mails()] == [1]
    assert len(await shop.entries(RUN.replace("/", ":"))) == 1
    _keeps_its_record(shop)
    again = await start(place)
    assert (again.code, again.complaint) == (4, f"{RUN} ran before. See how with: uv run starter.py record {RUN}")


async def _done(shop: Office) -> bool | None:
    return bool(await shop.performed()) or None


def _keeps_its_record(shop: Office) -> None:
    kept = Archive(shop.settings.state_dir).find(RUN)
    assert kept is not None
    steps = [line.step for line in kept.record if line.kind == "done"]
    assert steps[0] == "get_order"
    assert set(steps[1:3]) == {"check_return_window", "get_customer"}
    assert steps[3] == "return_items_of_order"
    assert set(steps[4:]) == {"send_mail", "log_note"}
    assert not [line for line in kept.record if line.kind in ("failed", "ambiguous")]
    keys = {line.step: line.key for line in kept.record if line.key}
    assert keys["return_items_of_order"] == "returns:RET-7/return_items_of_order/1/0"


async def test_a_person_may_write_it_otherwise_reject_it_or_cancel_the_run(
    shop: Office, server: ServerAddress, my_shop: Path
) -> None:
    place = my_shop.parents[1]
    async with working(shop, server, my_shop):
        for number in (1, 2, 3):
            assert (await start(place, f"returns/RET-{number}")).code == 0
        subject = (await reviewed("returns/RET-1")).reviews[0].subject
        assert isinstance(subject, dict)
        wrong = await run("edit", "returns/RET-1", "--value", json.dumps({**subject, "refund": 1}))
        assert wrong.code == 1, wrong
        otherwise = json.dumps({**subject, "mail": "Thank you, it is here."})
        assert (await run("edit", "returns/RET-1", "--value", otherwise)).code == 0
        assert (await ends("returns/RET-1")).stage == "ended: done"
        await reviewed("returns/RET-2")
        assert (await run("reject", "returns/RET-2", "--comment", "empty box")).code == 0
        rejected = (await ends("returns/RET-2")).result
        assert rejected is not None
        assert rejected.summary == "Take the items back: rejected by nomsa: empty box"
        await reviewed("returns/RET-3")
        assert (await run("cancel", "returns/RET-3", "--reason", "handed in twice")).code == 0
    kept = Archive(shop.settings.state_dir).find("returns/RET-3")
    assert kept is not None
    assert kept.result is not None
    assert (kept.result.outcome, kept.result.summary) == (
        "cancelled",
        "cancelled by the operator: nomsa: handed in twice",
    )
    assert [mail["text"].strip().splitlines()[0] for mail in await shop.mails()] == ["Thank you, it is here."]
    assert len(await shop.performed()) == 1


async def test_a_mistake_in_the_code_stops_its_run_which_goes_on_with_a_mended_worker(
    shop: Office, server: ServerAddress, my_shop: Path
) -> None:
    written(my_shop, CODE.replace("return done.statement", "return done.told"))
    async with working(shop, server, my_shop):
        assert (await start(my_shop.parents[1], MENDED)).code == 0
        await reviewed(MENDED)
        assert (await run("approve", MENDED)).code in (0, 3)
        said = await eventually(lambda: _task_failure(shop.client), LONG_S)
    assert "'ReturnOpened' object has no attribute 'told'" in said
    written(my_shop, CODE)
    async with working(shop, server, my_shop):
        assert (await ends(MENDED)).stage == "ended: done"
    assert (len(await shop.performed()), len(await shop.mails())) == (1, 1)


async def _task_failure(client: Client) -> str | None:
    for event in (await client.get_workflow_handle(MENDED).fetch_history()).events:
        if event.HasField("workflow_task_failed_event_attributes"):
            return event.workflow_task_failed_event_attributes.failure.message
    return None


async def test_what_is_handed_in_must_fit_before_anything_starts(shop: Office, my_shop: Path) -> None:
    said = await start(my_shop.parents[1], item_ids="7310040021")
    assert said.code == 1
    assert "parcel.json is no Delivery: item_ids: Input should be a valid list" in said.complaint
    said = await run("start", "process", "repairs", "-", typed="{}")
    assert said.complaint == "There is no process 'repairs' here. There are: returns."


def test_the_worker_stops_with_the_message_of_the_page(my_shop: Path, server: ServerAddress, tmp_path: Path) -> None:
    my_shop.write_text(CODE.replace('"get_order"', '"get_ordr"'), encoding="utf-8")
    ended = worker_that_stops(my_shop.parents[1], server.host_port, tmp_path / "state", PROCESSES="my_shop.returns")
    assert ended.returncode == 1
    (message,) = re.findall(r"^```\n(my_shop\.returns:.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert ended.stderr.strip() == message.strip()


async def test_every_capability_that_the_page_uses_is_there(my_shop: Path) -> None:
    (process,) = load_processes(["my_shop.returns"], process_cards(plan_cards()))
    assert process.name == "returns"
    assert len(process.uses) == 6
